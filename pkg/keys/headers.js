// How a key is sent.

import { patterns } from '#data';

import { failure, object } from '../core/errors.js';
import { enter, read, short, write } from '../core/offline.js';
import { exposedBy } from '../core/secret.js';
import { serviceOf } from '../core/services.js';

/** @typedef {import('../index.js').SchemeSpec} SchemeSpec */

/** What a header refuses is at a place: src/wasm/offline/rules.rs. */
const REFUSED = 0x80000000;

/** What the headers can carry, by scheme; the same as in src/scheme.rs. @type {Record<string, RegExp | undefined>} */
const carried = {};

/** @param {any} service @param {unknown} secret @param {{ scheme?: string }} [options] */
export function authHeaders(service, secret, options) {
  const name = options === undefined ? undefined : object(options).scheme;
  const { data } = serviceOf(service);
  const scheme = schemeOf(data, name);
  if (!scheme) throw failure('invalid_argument', 'provider', `how a key is sent to ${data.title} is not known.`);
  if (scheme.type === 'bearer') return { Authorization: headerValue(scheme, secret) };
  return { [headerName(scheme)]: headerValue(scheme, secret) };
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

/** @param {SchemeSpec} scheme @param {any} secret */
export function headerValue(scheme, secret) {
  const { type } = scheme;
  const pattern = (carried[type] ??= new RegExp(patterns[type] ?? '[]'));
  // Nothing has to be decided of a key that a header carries as it is.
  const text = typeof secret === 'string' ? secret : exposedBy(secret, 'secret');
  if (type !== 'basic' && text.length <= 16_384 && pattern.test(text)) return type === 'bearer' ? `Bearer ${text}` : text;
  return enter((core) => {
    const user = type === 'basic' && scheme.user !== undefined ? scheme.user : '';
    const kind = type === 'bearer' ? 0 : type === 'header' ? 3 : user ? 2 : 1;
    // The buffer is written in words of four bytes, so the key goes first into place.
    const value = user + short(text, 'secret');
    if (!text) throw failure('invalid_argument', 'key', 'it is empty.');
    const userLength = write(core, user);
    const length = core.wasm.header(kind, userLength, write(core, value) - userLength);
    if (length < 0) throw failure('invalid_header', 'key', String(length & ~REFUSED));
    return read(core, length);
  });
}
