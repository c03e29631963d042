// "Create API key": a name, a lifetime, and whether it may manage keys.

import { byId, part, setFieldError, setText } from './dom.js';
import { openDialog } from './dialog.js';
import { formatDay } from './format-time.js';
import { dateProblem, dateValue, endOf, endOfDay } from './lifetime.js';

const MAX_NAME = 100;
/** A character that one sees: no space, no zero-width one, no filler. */
const SEEN = /[^\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** What breaks a line, or turns the direction of writing so that a name reads as another one. */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** For a service that takes no name the client wants one all the same; it is not sent. */
const NAMELESS = 'API key';
/** What managing keys is called where keys have scopes. */
const MANAGING = ['keys:read', 'keys:write'];
const FOREVER = 'This key works until someone revokes it, even if it leaks and nobody notices. Prefer an end date and rotate the key regularly.';

const dialog = byId('create-dialog');
const form = dialog.querySelector('form');
const name = byId('key-name');
const lifetime = byId('key-lifetime');
const date = byId('key-date');
const manages = byId('key-manages');
let takesName = true;
let takesEnd = true;
let takesScopes = true;

lifetime.addEventListener('change', showLifetime);
name.addEventListener('input', () => setFieldError(name));
date.addEventListener('input', () => setFieldError(date));
// Going back on purpose starts afresh; Escape and a lost session do not.
part(dialog, 'cancel').addEventListener('click', forgetCreate);

/** Asks for what the service wants to know, and runs `submit({ name, expiresIn, scopes })`. Resolves with its result, or `undefined`. */
export async function askCreate(service, submit) {
  takesName = service.asks('create', 'name');
  takesEnd = service.capabilities.expiry;
  takesScopes = service.capabilities.scopes;
  byId('key-name-field').hidden = !takesName;
  byId('key-lifetime-field').hidden = !takesEnd;
  byId('key-manages-field').hidden = !takesScopes;
  setText(byId('create-terms'), termsOf(service));
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

/** What one should know of a key that cannot be told how long to live. */
function termsOf({ title, capabilities }) {
  if (capabilities.oneKey) return `${title} allows one key per user. This one works until it is replaced or deleted.`;
  return capabilities.expiry ? '' : `Keys of ${title} have no end date: this one works until someone deletes it.`;
}

function values() {
  const expiresIn = lifetime.value === 'date' ? endOfDay(date.value) : lifetime.value;
  return {
    name: takesName ? name.value.trim() : NAMELESS,
    expiresIn: takesEnd ? expiresIn : undefined,
    scopes: takesScopes && manages.checked ? MANAGING : undefined,
  };
}

function showLifetime() {
  const value = takesEnd ? lifetime.value : '';
  byId('key-date-field').hidden = value !== 'date';
  setText(byId('key-never'), value === 'never' ? FOREVER : '');
  const end = value.startsWith('P') ? `Ends on ${formatDay(endOf(value))}` : '';
  byId('key-lifetime-end').textContent = value === 'P3M' ? `${end}, which suits most keys` : end;
}

function valid() {
  setFieldError(name, takesName ? nameProblem(name.value.trim()) : '');
  // `value` of a half-typed date is empty; `badInput` tells it from none.
  setFieldError(date, !takesEnd || lifetime.value !== 'date' ? ''
    : date.validity.badInput ? 'This is not a whole date.' : dateProblem(date.value));
  const wrong = [name, date].find((input) => input.hasAttribute('aria-invalid'));
  wrong?.focus();
  return !wrong;
}

function nameProblem(text) {
  const { length } = [...text];
  if (!SEEN.test(text)) return 'Give the key a name, so that you know it later.';
  if (length > MAX_NAME) return `A name has ${MAX_NAME} characters at most; this one has ${length}.`;
  if (CONTROL.test(text)) return 'A name has no tabs or other control characters.';
  return '';
}
