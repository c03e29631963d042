// What the dialogs with a form have in common: they open, send, show what went
// wrong without losing what was typed, and close.

import { part } from './dom.js';

/**
 * Opens the dialog. Resolves with what `submit` resolved with, or with
 * `undefined` when the person went back.
 *
 * @param {HTMLDialogElement} dialog
 * @param {{ submit: () => Promise<unknown>, valid?: () => boolean }} steps
 *   `submit` does the work; when it rejects, the dialog stays and says why.
 */
export function openDialog(dialog, { submit, valid = () => true }) {
  const form = dialog.querySelector('form');
  const failure = part(dialog, 'error');
  const listeners = new AbortController();
  const on = (target, type, listener) => target.addEventListener(type, listener, { signal: listeners.signal });
  let busy = false;
  let result;

  failure.textContent = '';
  dialog.showModal();

  return new Promise((resolve) => {
    on(form, 'submit', async (event) => {
      event.preventDefault();
      if (busy || !valid()) return;
      failure.textContent = '';
      setBusy(true);
      try {
        result = await submit();
        setBusy(false);
        dialog.close();
      } catch (error) {
        setBusy(false);
        // The sign-in form takes over; see app.js.
        if (error.code === 'unauthorized') dialog.close();
        else failure.textContent = error.message;
      }
    });
    on(part(dialog, 'cancel'), 'click', () => dialog.close());
    // Some browsers close at the second Escape whatever `cancel` says. While
    // an answer is awaited the dialog must stay: the answer may be a key.
    on(dialog, 'keydown', (event) => { if (busy && event.key === 'Escape') event.preventDefault(); });
    on(dialog, 'cancel', (event) => { if (busy) event.preventDefault(); });
    on(dialog, 'close', () => {
      if (busy) return dialog.showModal();
      listeners.abort();
      resolve(result);
    });
  });

  // Not `disabled`: that would throw the focus out of the dialog.
  function setBusy(value) {
    busy = value;
    form.setAttribute('aria-busy', value);
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-disabled', value);
    part(dialog, 'cancel').disabled = value;
  }
}
