// What the dialogs with a form have in common: they open, send, show what went wrong
// without losing what was typed, and close.

import { button, el, setText, showModal } from './dom.js';
import { Failure } from './failure.js';

/** @typedef {import('./element.js').Scene} Scene */

let count = 0;

export class FormDialog {
  /**
   * @param {Scene} scene
   * @param {{ name: string, title: any, body: any, submit: string, busy: string, isDangerous?: boolean, isAlert?: boolean }} given
   *   `submit` and `busy` are what the button says before and while it works.
   */
  constructor(scene, { name, title, body, submit, busy, isDangerous = false, isAlert = false }) {
    const { speech } = scene;
    const id = `${name}-${count += 1}`;
    this.scene = scene;
    this.failure = new Failure(speech);
    this.words = { submit, busy };
    this.cancel = button({ part: 'button', 'data-cancel': true, 'data-first': isDangerous }, speech.say('action.cancel'));
    this.submit = el('button', { type: 'submit', class: isDangerous ? 'danger' : 'primary', part: `button ${isDangerous ? 'danger' : 'primary'}` }, submit);
    this.form = el('form', { novalidate: true, autocomplete: 'off' }, el('h2', { id }, title), this.failure.element, this.failure.wait,
      el('div', { class: 'body', id: `${id}-body` }, body), el('div', { class: 'buttons' }, this.cancel, this.submit));
    this.element = el('dialog', {
      class: name, part: 'dialog', role: isAlert ? 'alertdialog' : undefined, 'aria-labelledby': id, 'aria-describedby': isAlert ? `${id}-body` : undefined,
    }, this.form);
  }

  /**
   * Opens it. Resolves with what `submit` resolved with, or with `undefined` when the
   * person went back. When `submit` rejects, the dialog stays and says why.
   * @param {{ submit: () => Promise<any>, valid?: () => boolean, explain?: (error: any) => Promise<string | undefined> }} steps
   *   `explain` may find out more of what went wrong than the error says.
   */
  open({ submit, valid = () => true, explain = async () => undefined }) {
    const { element, form, failure } = this;
    const listeners = new AbortController();
    const on = (/** @type {any} */ target, /** @type {string} */ type, /** @type {(event: any) => void} */ listener) => target.addEventListener(type, listener, { signal: listeners.signal });
    /** @type {any} */
    let result;
    let isBusy = false;
    const setBusy = (/** @type {boolean} */ value) => {
      isBusy = value;
      this.#showBusy(value);
    };

    failure.clear();
    this.scene.root.append(element);
    showModal(element);

    return new Promise((resolve) => {
      on(form, 'submit', async (event) => {
        event.preventDefault();
        if (isBusy || !valid()) return;
        failure.clear();
        setBusy(true);
        try {
          result = await submit();
          setBusy(false);
          element.close();
        } catch (/** @type {any} */ error) {
          const words = error.code === 'unauthorized' ? undefined : await explain(error);
          setBusy(false);
          // Whoever is signed in no more is told so by the page.
          if (error.code === 'unauthorized') element.close();
          else failure.show(error, words);
        }
      });
      on(this.cancel, 'click', () => element.close());
      // Some browsers close at the second Escape whatever `cancel` says. While
      // an answer is awaited the dialog must stay: the answer may be a key.
      on(element, 'keydown', (event) => { if (isBusy && event.key === 'Escape') event.preventDefault(); });
      on(element, 'cancel', (event) => { if (isBusy) event.preventDefault(); });
      on(element, 'close', () => {
        if (isBusy && element.isConnected) return showModal(element);
        listeners.abort();
        failure.clear();
        element.remove();
        resolve(result);
      });
    });
  }

  /** How far the work is, on the button. @param {string} words */
  say(words) {
    this.submit.textContent = words;
  }

  /** Not `disabled`: that would throw the focus out of the dialog. @param {boolean} isBusy */
  #showBusy(isBusy) {
    this.form.setAttribute('aria-busy', String(isBusy));
    this.submit.setAttribute('aria-disabled', String(isBusy));
    this.submit.textContent = isBusy ? this.words.busy : this.words.submit;
    this.cancel.disabled = isBusy;
  }
}

/** A note that is hidden while it is empty. */
export function note() {
  const element = el('p', { class: 'note', role: 'status', hidden: true });
  return {
    element,
    /** @param {string} text @param {boolean} [warns] */
    say(text, warns = false) {
      setText(element, text);
      element.classList.toggle('warn', warns);
    },
  };
}
