// A box that checks a pasted key as it is typed. What is in it is visible, for
// else one could not point at a place, and is gone when the page is left.

import { checkKey, identifyKey, maskKey, provider } from '../entries/index.js';
import { button, el } from './dom.js';
import { position, renderMarked } from './marked-text.js';

/** @typedef {import('../index.js').KeyCheck} KeyCheck */
/** @typedef {import('../index.js').KeyProblem} KeyProblem */

const MAX_SHOWN = 20;
const SPEAKING_PAUSE = 600;

export class CheckBox {
  #speaking = 0;
  /** The key that was meant, if the text holds one. @type {string | undefined} */
  #fixed;

  /**
   * @param {import('./element.js').Scene} scene
   * @param {{ others: string[], onSwitch: (id: string) => void, onCheck: (found: KeyCheck) => void }} steps
   *   `others` are the services that the page can turn to.
   */
  constructor(scene, { others, onSwitch, onCheck }) {
    const { speech, offer } = scene;
    this.scene = scene;
    this.others = others;
    this.onCheck = onCheck;
    this.input = el('textarea', {
      id: 'check-text', rows: 2, autocomplete: 'off', autocapitalize: 'none', autocorrect: 'off', spellcheck: 'false', translate: 'no', dir: 'ltr',
      placeholder: example(offer.provider), 'aria-describedby': 'check-hint check-summary',
    });
    this.marked = el('p', { class: 'marked', translate: 'no', dir: 'ltr', 'aria-hidden': 'true' });
    this.verdict = el('p', { class: 'verdict' });
    this.hints = el('p', { class: 'others' });
    this.problems = el('ul', { class: 'problems', role: 'list' });
    this.result = el('div', { class: 'check-result', hidden: true }, this.marked, this.verdict, this.hints, this.problems, el('button', { type: 'reset', class: 'quiet', part: 'button' }, speech.say('check.clear')));
    this.summary = el('p', { id: 'check-summary', class: 'visually-hidden', role: 'status' });
    const form = el('form', { autocomplete: 'off' },
      el('div', { class: 'field' }, el('label', { for: 'check-text' }, speech.say('check.label', { service: offer.title })), this.input), this.result, this.summary);
    this.element = el('section', { class: 'check card', part: 'check', 'aria-labelledby': 'check-title' },
      el('div', {}, el('h2', { id: 'check-title', part: 'title' }, speech.say('check.title')), el('p', { class: 'lead', id: 'check-hint' }, speech.say('check.hint'))), form);

    this.input.addEventListener('input', () => this.check());
    form.addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
    form.addEventListener('reset', () => {
      this.input.focus();
      queueMicrotask(() => this.clear());
    });
    this.hints.addEventListener('click', (/** @type {any} */ { target }) => {
      const { id, repair } = target.closest('button')?.dataset ?? {};
      if (repair !== undefined) this.#use();
      else if (id) {
        this.input.focus();
        onSwitch(id);
      }
    });
  }

  clear() {
    this.input.value = '';
    this.check();
  }

  check() {
    const text = this.input.value;
    this.result.hidden = !text;
    this.#fixed = undefined;
    this.input.removeAttribute('aria-invalid');
    if (!text) {
      for (const part of [this.marked, this.hints, this.problems]) part.replaceChildren();
      return this.#speak('');
    }
    const { speech, offer } = this.scene;
    const found = checkKey(offer.provider, text);
    const problems = found.ok ? [] : found.problems;
    if (!found.ok) {
      this.#fixed = found.fixed;
      this.input.setAttribute('aria-invalid', 'true');
    }
    renderMarked(this.marked, text, problems);
    this.problems.replaceChildren(...this.#problemItems(text, problems));
    this.result.classList.toggle('ok', found.ok);
    const verdict = this.#verdictOf(found, text);
    const others = this.#othersOf(found, text);
    this.verdict.textContent = verdict;
    this.hints.replaceChildren(...this.#repairWords(), ...others.flatMap((other) => this.#otherWords(other)));
    const looks = others.map(({ title }) => speech.say('check.looksLike', { service: title }));
    this.#speak([verdict, ...looks, ...problems.slice(0, 3).map((problem) => this.#sentence(problem))].join(' '));
    this.onCheck(found);
  }

  /** Puts the key in the place of what was pasted. */
  #use() {
    this.input.value = this.#fixed;
    this.input.focus();
    this.check();
  }

  /** @param {KeyCheck} found @param {string} text */
  #verdictOf(found, text) {
    const { speech, offer: { title, provider } } = this.scene;
    if (!found.ok) {
      const at = found.fixed === undefined ? -1 : text.indexOf(found.fixed);
      return at < 0 ? speech.say('check.problems', { count: found.problems.length }) : speech.say('check.standsIn', { place: position(text, at) });
    }
    const hasChecksum = provider.format?.parts.some((part) => typeof part === 'object' && 'checksum' in part);
    // No more than is known.
    const word = found.certainty !== 'documented' ? found.certainty : !found.prefix ? 'noPrefix' : hasChecksum ? 'checksum' : 'documented';
    return speech.say(`check.${word}`, { service: title, prefix: found.prefix ?? '' });
  }

  /** The other services whose keys have this form. @param {KeyCheck} found @param {string} text */
  #othersOf(found, text) {
    // A service whose format nobody knows takes any text; a known form says more.
    const ids = !found.ok ? found.looksLike
      : found.certainty !== 'unknown' ? []
      : identifyKey(text).filter(({ certainty }) => certainty !== 'unknown').map(({ provider }) => provider);
    return ids.filter((id) => id !== this.scene.offer.id).map((id) => provider(id));
  }

  #repairWords() {
    if (this.#fixed === undefined) return [];
    const { speech } = this.scene;
    return [speech.say('check.oneInside'), ' ', button({ class: 'link', 'data-repair': true }, speech.say('check.use', { key: maskKey(this.#fixed) })), ' '];
  }

  /** @param {{ id: string, title: string }} other */
  #otherWords({ id, title }) {
    const { speech } = this.scene;
    const words = [speech.say('check.looksLike', { service: title }), ' '];
    return this.others.includes(id) ? [...words, button({ class: 'link', 'data-id': id }, speech.say('check.switch', { service: title })), ' '] : words;
  }

  /** @param {KeyProblem} problem */
  #sentence({ code, message }) {
    const { speech } = this.scene;
    return speech.has(`problem.${code}`) ? speech.say(`problem.${code}`) : message;
  }

  /** @param {string} text @param {KeyProblem[]} problems */
  #problemItems(text, problems) {
    const { speech } = this.scene;
    const items = problems.slice(0, MAX_SHOWN).map((problem) => {
      const { code, index, length } = problem;
      const place = position(text, index);
      const end = position(text, index + length) - 1;
      const where = index >= text.length ? speech.say('check.end') : end > place ? speech.say('check.places', { place, end }) : speech.say('check.place', { place });
      return el('li', { 'data-code': code }, el('span', { class: 'place' }, where), ' ', this.#sentence(problem));
    });
    const rest = problems.length - MAX_SHOWN;
    return rest > 0 ? [...items, el('li', {}, speech.say('check.more', { count: rest }))] : items;
  }

  /** To screen readers, once the typing pauses. @param {string} sentence */
  #speak(sentence) {
    clearTimeout(this.#speaking);
    this.#speaking = window.setTimeout(() => { this.summary.textContent = sentence; }, sentence ? SPEAKING_PAUSE : 0);
  }
}

/** The beginning of its keys, where there is one: of several, the one for tests, which nobody misses. @param {import('../index.js').Provider} provider */
function example({ format }) {
  const starts = [format?.parts[0]].flat().filter((part) => typeof part === 'string');
  const start = starts.find((text) => text.includes('test')) ?? starts[0];
  return start === undefined ? undefined : `${start}…`;
}
