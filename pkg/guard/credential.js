// The key in a request: exactly one, where the schemes say.

import { failure } from '../core/errors.js';
import { Refusal } from './refusal.js';

/** @typedef {import('../index.js').SchemeSpec} SchemeSpec */

/**
 * @param {any} request a Request, or whatever has headers
 * @param {readonly SchemeSpec[]} schemes
 * @returns {string}
 */
export function credentialOf(request, schemes) {
  const found = [];
  let isAuthorizationRead = false;
  for (const scheme of schemes) {
    if (scheme.type === 'header') {
      for (const value of valuesOf(request, scheme.name.toLowerCase())) found.push(own(value, scheme, schemes));
    } else if (!isAuthorizationRead) {
      isAuthorizationRead = true;
      for (const value of valuesOf(request, 'authorization')) {
        const key = authorization(value, schemes);
        if (key !== undefined) found.push(key);
      }
    }
  }
  if (found.length === 1) return found[0];
  if (found.length > 1) throw malformed('The request carries more than one API key. Send exactly one.', schemes);
  throw new Refusal('no_credential', { detail: `This needs an API key. Send it as ${ways(schemes)}.`, schemes });
}

/** What nearly every request has. */
const BEARER = /^Bearer [^\s,]+$/;

/** The key in an `Authorization` header; none where it is of another scheme. @param {string} value @param {readonly SchemeSpec[]} schemes */
function authorization(value, schemes) {
  if (schemes[0].type === 'bearer' && BEARER.test(value)) return value.slice(7);
  const text = value.trim();
  const end = text.search(/[ \t]/);
  const name = (end < 0 ? text : text.slice(0, end)).toLowerCase();
  const rest = end < 0 ? '' : text.slice(end).trim();
  const scheme = schemes.find(({ type }) => type === name);
  // Two such headers that were joined into one.
  if (/,\s*(?:bearer|basic)\s/i.test(text)) throw malformed('The request carries more than one Authorization header. Send exactly one.', schemes);
  if (rest === '') throw malformed(`The Authorization header is malformed. Send ${ways(schemes)}.`, schemes);
  if (!scheme) return undefined;
  if (scheme.type === 'basic') return basic(rest, scheme, schemes);
  if (/[\s,]/.test(rest)) throw malformed(`The Authorization header is malformed. Send ${ways(schemes)}.`, schemes);
  return rest;
}

/** @param {string} encoded @param {{ type: 'basic', user?: string }} scheme @param {readonly SchemeSpec[]} schemes */
function basic(encoded, { user }, schemes) {
  let text = '';
  try {
    text = atob(encoded);
  } catch {
    // Told below: what is not base64 has no colon either.
  }
  const colon = text.indexOf(':');
  const [name, password] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
  const [key, other] = user === undefined ? [name, password] : [password, name];
  if (colon >= 0 && key !== '' && other === (user ?? '')) return key;
  throw malformed(`The Authorization header is malformed. Send ${ways(schemes)}.`, schemes);
}

/** The key in a header of one's own. @param {string} value @param {{ type: 'header', name: string }} scheme @param {readonly SchemeSpec[]} schemes */
function own(value, { name }, schemes) {
  const key = value.trim();
  if (key === '') throw malformed(`The header ${name} is empty. Send ${ways(schemes)}.`, schemes);
  // `Headers` and Node join two headers of one name so, and no key has white space.
  if (/,\s/.test(key)) throw malformed(`The request carries more than one header ${name}. Send exactly one.`, schemes);
  return key;
}

/** @param {string} detail @param {readonly SchemeSpec[]} schemes */
const malformed = (detail, schemes) => new Refusal('invalid_request', { detail, schemes });

/** @param {readonly SchemeSpec[]} schemes */
const ways = (schemes) => schemes.map(way).join(' or ');

/** @param {SchemeSpec} scheme */
function way(scheme) {
  if (scheme.type === 'bearer') return '`Authorization: Bearer KEY`';
  if (scheme.type === 'header') return `\`${scheme.name}: KEY\``;
  return scheme.user === undefined ? 'Basic authentication with the key as user name and no password' : `Basic authentication with the user name ${scheme.user} and the key as password`;
}

/**
 * The values of a header, one for each time that it was sent.
 * @param {any} request @param {string} name in lower case
 * @returns {string[]}
 */
function valuesOf(request, name) {
  try {
    return read(request, name);
  } catch {
    throw failure('invalid_argument', 'request', 'expected a Request, or an object with headers that can be read.');
  }
}

/** @param {any} request @param {string} name @returns {string[]} */
function read(request, name) {
  const { headers } = request;
  if (typeof headers.get === 'function') {
    const value = headers.get(name);
    return value === null || value === undefined ? [] : [text(value)];
  }
  // Of two `Authorization` headers Node keeps the first in `headers`, so they are counted where all are.
  const { rawHeaders } = request;
  if (Array.isArray(rawHeaders)) {
    const values = [];
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      const other = rawHeaders[at];
      if (other.length === name.length && other.toLowerCase() === name) values.push(text(rawHeaders[at + 1]));
    }
    if (values.length > 0) return values;
  }
  const own = headers[name];
  if (own !== undefined) return [own].flat().map(text);
  // What hands events over, as serverless platforms do, keeps names as they were sent.
  return Object.keys(headers)
    .filter((other) => other.toLowerCase() === name && headers[other] !== undefined && headers[other] !== null)
    .flatMap((other) => headers[other])
    .map(text);
}

/** @param {unknown} value */
function text(value) {
  if (typeof value !== 'string') throw new TypeError();
  return value;
}
