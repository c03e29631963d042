// How a key is sent.

import { doubtfulKey } from '#data';

import { failure, object } from '../core/errors.js';
import { enter, LONGEST, read, short, write } from '../core/offline.js';
import { secrets } from '../core/parts.js';
import { exposedBy } from '../core/secret.js';
import { serviceOf } from '../core/services.js';
import { surroundings } from './check.js';

/** @typedef {import('../index.js').SchemeSpec} SchemeSpec */

/** What a header refuses is at a place: src/wasm/offline/rules.rs. */
const REFUSED = 0x80000000;

/** A key of which something has to be decided: src/scheme.rs. @type {RegExp | undefined} */
let doubtful;
/** Problems that a key of no service may have. What else cannot be sent is refused by the check of the header. */
const AROUND = ['empty', 'surrounding_space', 'quotes', 'scheme_prefix', 'assignment_prefix', 'placeholder'];

/** @param {any} service @param {unknown} secret @param {{ scheme?: string }} [options] */
export function authHeaders(service, secret, options) {
  const { data } = serviceOf(service);
  const scheme = options === undefined ? data.schemes?.[0] : schemeOf(data, object(options).scheme);
  if (!scheme) throw failure('invalid_argument', 'provider', `how a key is sent to ${data.title} is not known.`);
  if (scheme.type === 'bearer') return { Authorization: headerValue(scheme, secret, data.title) };
  return { [headerName(scheme)]: headerValue(scheme, secret, data.title) };
}

/** The scheme of a name, or the service's first. @param {import('../index.js').Provider} provider @param {any} name @returns {SchemeSpec} */
export function schemeOf({ schemes = [] }, name) {
  if (name === undefined || name === null) return schemes[0];
  const found = schemes.find(({ type }) => type === short(name, 'scheme'));
  if (found) return found;
  throw failure('invalid_argument', 'scheme', `the service takes ${schemes.map(({ type }) => type).join(' or ')}.`);
}

/** @param {SchemeSpec} scheme */
export const headerName = (scheme) => (scheme.type === 'header' ? scheme.name : 'Authorization');

/** @param {SchemeSpec} scheme @param {any} secret @param {string} title of the service */
export function headerValue(scheme, secret, title) {
  const { type } = scheme;
  const text = typeof secret === 'string' ? secret : exposedBy(secret, 'secret');
  if (type !== 'basic' && isPlain(text)) return type === 'bearer' ? `Bearer ${text}` : text;
  return composed(scheme, text, title);
}

/** Whether every header carries a text, and nothing is wrong with it. @param {string} text */
const isPlain = (text) => text.length <= LONGEST && !(doubtful ??= new RegExp(doubtfulKey)).test(text);

/** What the WebAssembly makes of a key. @param {SchemeSpec} scheme @param {string} text @param {string} title */
function composed(scheme, text, title) {
  const { type } = scheme;
  refuseNoKey(short(text, 'secret'), title);
  return enter((core) => {
    // Of Basic alone.
    const { user = '' } = /** @type {any} */ (scheme);
    const kind = type === 'bearer' ? 0 : type === 'header' ? 3 : user ? 2 : 1;
    // The buffer is written in words of four bytes, so the key goes first into place.
    const value = user + text;
    const userLength = write(core, user);
    const length = secrets(core).header(kind, userLength, write(core, value) - userLength);
    if (length < 0) throw failure('invalid_header', 'key', String(length & ~REFUSED));
    const sent = read(core, length);
    core.wasm.clear(length);
    return sent;
  });
}

/** @param {string} text @param {string} title */
function refuseNoKey(text, title) {
  if (!text) throw failure('invalid_argument', 'key', 'it is empty.');
  const problem = surroundings(text).find(({ code }) => AROUND.includes(code));
  if (problem) throw failure('invalid_key', title, problem.message);
}
