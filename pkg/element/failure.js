// What went wrong, above the form that did it. Where there is a time to wait, it is
// counted down.

import { el } from './dom.js';

const SECOND = 1000;

export class Failure {
  #timer = 0;

  /** @param {import('./speech.js').Speech} speech */
  constructor(speech) {
    this.speech = speech;
    this.element = el('p', { class: 'error', part: 'error', role: 'alert' });
    // The seconds are for the eyes: read out one by one they would drown everything else.
    this.wait = el('p', { class: 'hint wait', 'aria-hidden': 'true', hidden: true });
  }

  /** @param {any} error @param {string} [words] In place of the error's own. */
  show(error, words) {
    this.clear();
    const { retryAfter } = error;
    if (!(retryAfter > 0)) {
      this.element.textContent = words ?? this.speech.problem(error);
      return;
    }
    const end = Date.now() + retryAfter * SECOND;
    this.element.textContent = this.#words(retryAfter);
    this.wait.hidden = false;
    const count = () => {
      const left = Math.ceil((end - Date.now()) / SECOND);
      this.wait.textContent = left > 0 ? this.speech.duration(left) : '';
      if (left > 0) return;
      this.clear();
      this.element.textContent = this.speech.say('error.waited');
    };
    count();
    this.#timer = window.setInterval(count, SECOND);
  }

  clear() {
    clearInterval(this.#timer);
    this.element.textContent = '';
    this.wait.hidden = true;
  }

  /** @param {number} seconds */
  #words(seconds) {
    return this.speech.say('error.wait', { time: this.speech.duration(seconds) });
  }
}
