// The few things that every module of the page does with its document.

export const byId = (id) => document.getElementById(id);

/** The element inside `parent` that carries the attribute `data-<name>`. */
export const part = (parent, name) => parent.querySelector(`[data-${name}]`);

/** Shows another symbol of the sprite in index.html. */
export function setIcon(svg, name) {
  svg.querySelector('use').setAttribute('href', `#icon-${name}`);
}

/** Shows or clears the message at a field; the field's `<id>-error` holds it. */
export function setFieldError(input, message = '') {
  byId(`${input.id}-error`).textContent = message;
  if (message) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

/** Shows a text and tells it to screen readers, or hides the element when there is none. */
export function setText(element, text = '') {
  element.hidden = !text;
  element.textContent = text;
}

/**
 * Adds a style sheet to a document or a shadow tree, for a part of the page that is not there from the beginning. A sheet as the
 * element's, which no policy of the page has to allow. Where it cannot be had, the part is plain and works.
 */
export async function dress(root, url) {
  const sheet = new CSSStyleSheet();
  const answer = await fetch(url).catch(() => undefined);
  if (!answer?.ok) return;
  await sheet.replace(await answer.text());
  root.adoptedStyleSheets.push(sheet);
}

let toastTimer;

/** Says in passing that something was done. Never call it with a key. */
export function announce(message) {
  const toast = byId('toast');
  clearTimeout(toastTimer);
  toast.textContent = message;
  toastTimer = setTimeout(() => { toast.textContent = ''; }, 6000);
}
