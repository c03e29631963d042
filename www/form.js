// A form that is sent once at a time, says on its button that it is at work, and what went
// wrong above its fields.

import { Failure, Speech } from '/keylatch/dist/element/element-parts.js';
import { part } from './dom.js';

/**
 * Makes a form work. `valid()` looks at what was typed, `send()` does the work, `explain(error)`
 * gives a sentence, or nothing where it has said it elsewhere.
 */
export function startForm(form, { valid, send, explain }) {
  const button = form.querySelector('[type=submit]');
  const failure = new Failure(new Speech('en'));
  part(form, 'error').replaceWith(failure.element, failure.wait);
  let words;
  const setBusy = (isBusy) => {
    // Not `disabled`: that would take the focus away, and the colours that can be read.
    if (isBusy) words = button.textContent;
    button.setAttribute('aria-disabled', isBusy);
    form.setAttribute('aria-busy', isBusy);
    button.textContent = isBusy ? button.dataset.busy : words;
  };
  const isBusy = () => button.getAttribute('aria-disabled') === 'true';
  /** Counts who sent: a form that was cleared waits for no answer. */
  let turn = 0;

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy() || !valid()) return;
    const own = turn += 1;
    failure.clear();
    setBusy(true);
    try {
      await send();
    } catch (error) {
      if (own !== turn) return;
      failure.show(error, explain(error) ?? '');
    }
    if (own === turn) setBusy(false);
  });

  return {
    /** Forgets what it said and what it waits for. */
    clear() {
      turn += 1;
      failure.clear();
      if (isBusy()) setBusy(false);
    },
  };
}
