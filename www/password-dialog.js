// "Change password": the old one and a new one, for an account of this server.

import { announce, byId, part, setFieldError } from './dom.js';
import { startForm } from './form.js';

const SHORTEST = 8;
const dialog = byId('password-dialog');
const form = dialog.querySelector('form');
const old = byId('password-old');
const next = byId('password-new');
/** Sends the request, for as long as the dialog is open. */
let call;

const sent = startForm(form, {
  valid,
  async send() {
    await call(send);
    dialog.close();
    announce('Your password is changed. Every other session of yours has ended.');
  },
  explain(error) {
    // The sign-in form takes over.
    if (error.code === 'unauthorized') dialog.close();
    return error.message;
  },
});
for (const input of [old, next]) input.addEventListener('input', () => setFieldError(input));
part(dialog, 'cancel').addEventListener('click', () => dialog.close());
// Nothing that was typed stays in the page.
dialog.addEventListener('close', () => {
  form.reset();
  sent.clear();
  for (const input of [old, next]) setFieldError(input);
});

/** Asks for both, and changes it through `callWith(send)`. */
export function changePassword(user, callWith) {
  call = callWith;
  byId('password-user').value = user ?? '';
  dialog.showModal();
  old.focus();
}

function valid() {
  setFieldError(old, old.value ? '' : 'Enter the password that you have now.');
  setFieldError(next, [...next.value].length < SHORTEST ? `A password has ${SHORTEST} characters at least.` : '');
  const wrong = [old, next].find((input) => input.hasAttribute('aria-invalid'));
  wrong?.focus();
  return !wrong;
}

/** By hand: the client of the package is for keys, and has no call for this. */
async function send() {
  const answer = await fetch('/v1/account/password', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ old: old.value, new: next.value }),
  }).catch(() => { throw new Error('The server cannot be reached. Check the connection, and try again.'); });
  if (answer.ok) return true;
  const { type = '', detail } = await answer.json().catch(() => ({}));
  const error = new Error(detail ?? `The server answered with the status ${answer.status}. Try again in a moment.`);
  const retryAfter = Number(answer.headers.get('retry-after')) || undefined;
  // The session has ended: that is for the page to see.
  throw Object.assign(error, { code: type.replace(/^.*\//, ''), retryAfter });
}
