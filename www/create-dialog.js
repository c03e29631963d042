// "Create API key": a name and a lifetime.

import { byId, part, setFieldError, setText } from './dom.js';
import { openDialog } from './dialog.js';
import { formatDay } from './format-time.js';
import { dateProblem, dateValue, endOf, endOfDay } from './lifetime.js';

const MAX_NAME = 100;
const FOREVER = 'This key works until someone revokes it, even if it leaks and nobody notices. Prefer an end date and rotate the key regularly.';

const dialog = byId('create-dialog');
const form = dialog.querySelector('form');
const name = byId('key-name');
const lifetime = byId('key-lifetime');
const date = byId('key-date');

lifetime.addEventListener('change', showLifetime);
name.addEventListener('input', () => setFieldError(name));
date.addEventListener('input', () => setFieldError(date));
// Going back on purpose starts afresh; Escape and a lost session do not.
part(dialog, 'cancel').addEventListener('click', forgetCreate);

/** Asks for name and lifetime, and runs `submit({ name, expiresIn })`. Resolves with its result, or `undefined`. */
export async function askCreate(submit) {
  date.min = dateValue(new Date());
  date.max = dateValue(endOf('P10Y'));
  showLifetime();
  const result = await openDialog(dialog, { valid, submit: () => submit(values()) });
  if (result) forgetCreate();
  return result;
}

/** Empties the form. */
export function forgetCreate() {
  form.reset();
  setFieldError(name);
  setFieldError(date);
}

function values() {
  const expiresIn = lifetime.value === 'date' ? endOfDay(date.value) : lifetime.value;
  return { name: name.value.trim(), expiresIn };
}

function showLifetime() {
  const { value } = lifetime;
  byId('key-date-field').hidden = value !== 'date';
  setText(byId('key-never'), value === 'never' ? FOREVER : '');
  const end = value.startsWith('P') ? `Ends on ${formatDay(endOf(value))}` : '';
  byId('key-lifetime-end').textContent = value === 'P3M' ? `${end}, which suits most keys` : end;
}

function valid() {
  setFieldError(name, nameProblem(name.value.trim()));
  // `value` of a half-typed date is empty; `badInput` tells it from none.
  setFieldError(date, lifetime.value !== 'date' ? ''
    : date.validity.badInput ? 'This is not a whole date.' : dateProblem(date.value));
  const wrong = [name, date].find((input) => input.hasAttribute('aria-invalid'));
  wrong?.focus();
  return !wrong;
}

function nameProblem(text) {
  const { length } = [...text];
  if (!length) return 'Give the key a name, so that you know it later.';
  if (length > MAX_NAME) return `A name has ${MAX_NAME} characters at most; this one has ${length}.`;
  if (/\p{Cc}/u.test(text)) return 'A name has no tabs or other control characters.';
  return '';
}
