// The few things that every part of the element does with the document. Elements are
// made one by one: there is no HTML in a text, so a strict Content-Security-Policy and
// Trusted Types have nothing to refuse.

/** @typedef {import('./speech.js').Speech} Speech */

const SVG = 'http://www.w3.org/2000/svg';

/** The drawings, in a box of 20 by 20. @type {Record<string, string>} */
const DRAWINGS = {
  check: 'M4.5 10.5l3.6 3.6 7.4-8',
  cross: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  question: 'M6.8 7.2a3.2 3.2 0 1 1 4.9 2.7c-1.1.7-1.7 1.3-1.7 2.4M10 15.6v.01',
  dots: 'M4 10h.01M10 10h.01M16 10h.01',
  plus: 'M10 4v12M4 10h12',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4',
  copy: 'M7 6.5A1.5 1.5 0 0 1 8.5 5h6A1.5 1.5 0 0 1 16 6.5v8a1.5 1.5 0 0 1-1.5 1.5h-6A1.5 1.5 0 0 1 7 14.5zM4 12V4.5A1.5 1.5 0 0 1 5.5 3H12',
  download: 'M10 3.5v9M6.5 9.5L10 13l3.5-3.5M4 16.5h12',
  warning: 'M10 3.5l7.5 13h-15zM10 8.5v3.5M10 14.300v.01',
  key: 'M12.5 3.5a4 4 0 1 1-3.3 6.2L3.500 15.500v1.500h2.500v-2h2v-2l1.300-1.300M13.500 6.500v.01',
  up: 'M10 15V5M5.500 9.500L10 5l4.500 4.500',
  down: 'M10 5v10M5.500 10.500L10 15l4.500-4.500',
};

/**
 * An element with attributes and children. An attribute that is `undefined` or `false`
 * is left out; `true` is an empty one.
 * @param {string} name
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {...any} children Nodes, texts, or lists of them.
 * @returns {any}
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined));
  return element;
}

/** A button that does not send its form. @param {Record<string, any>} attributes @param {...any} children @returns {any} */
export const button = (attributes, ...children) => el('button', { type: 'button', ...attributes }, ...children);

/** A drawing that says nothing to a screen reader. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(document.createElementNS(SVG, 'path'));
  setIcon(svg, name);
  return svg;
}

/** Draws something else. @param {Element} svg @param {string} name */
export function setIcon(svg, name) {
  svg.setAttribute('data-icon', name);
  /** @type {Element} */ (svg.firstElementChild).setAttribute('d', DRAWINGS[name]);
}

/** Shows a text, or hides the element when there is none. @param {any} element @param {string} [text] */
export function setText(element, text = '') {
  element.hidden = !text;
  element.textContent = text;
}

/** A labelled control with a hint and a place for what is wrong with it. @param {{ id: string, label: any, control: any, hint?: any }} given */
export function field({ id, label, control, hint }) {
  const error = el('p', { class: 'field-error', id: `${id}-error` });
  control.id = id;
  control.setAttribute('aria-describedby', [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(' '));
  const element = el('div', { class: 'field', part: 'field' },
    el('label', { for: id }, label), hint && el('p', { class: 'hint', id: `${id}-hint` }, hint), control, error);
  return {
    element,
    control,
    /** Shows or clears what is wrong. */
    setError(message = '') {
      error.textContent = message;
      if (message) control.setAttribute('aria-invalid', 'true');
      else control.removeAttribute('aria-invalid');
    },
  };
}

/**
 * Opens a dialog, with the focus on what has `data-first`. Not `autofocus`: what is put into a page with that is a
 * candidate for the focus of the whole page.
 * @param {any} dialog
 */
export function showModal(dialog) {
  dialog.showModal();
  dialog.querySelector('[data-first]')?.focus();
}

/** A `<time>` that says a moment relatively, with the exact one at hand. @param {Speech} speech @param {Date} date */
export function timeElement(speech, date) {
  const time = el('time', {}, '');
  showTime(speech, time, date);
  return time;
}

/** Another moment in the same `<time>`. @param {Speech} speech @param {any} time @param {Date} date */
export function showTime(speech, time, date) {
  time.dateTime = date.toISOString();
  time.title = speech.exact(date);
  time.firstChild.data = speech.ago(date);
}

/** Brings the texts of all `<time>` elements up to date. @param {Speech} speech @param {any} parent */
export function refreshTimes(speech, parent) {
  for (const time of parent.querySelectorAll('time[title]')) time.textContent = speech.ago(new Date(time.dateTime));
}
