// The key in a request: exactly one, where the schemes say.

import { failure } from '../core/errors.js';
import { Refusal } from './refusal.js';

/** @typedef {import('../index.js').SchemeSpec} SchemeSpec */

/** A header that may carry a key, and how it is read; no key where it is of a scheme that is not taken. @typedef {{ name: string, key: (value: string) => string | undefined }} Place */

/** Where keys are looked for. @param {readonly SchemeSpec[]} schemes @returns {Place[]} */
export function placesOf(schemes) {
  /** @type {Place[]} */
  const places = [];
  for (const scheme of schemes) {
    if (scheme.type === 'header') places.push({ name: scheme.name.toLowerCase(), key: (value) => own(value, scheme, schemes) });
  }
  const hasBearer = schemes.some(({ type }) => type === 'bearer');
  // What nearly every request has is told at one look; the rest takes its time.
  const key = (/** @type {string} */ value) => (hasBearer && BEARER.test(value) ? value.slice(7) : authorization(value, schemes));
  if (places.length < schemes.length) places.push({ name: 'authorization', key });
  return places;
}

/**
 * @param {any} request a Request, or whatever has headers
 * @param {readonly Place[]} places @param {readonly SchemeSpec[]} schemes
 * @returns {string}
 */
export function credentialOf(request, places, schemes) {
  let found;
  for (const { name, key } of places) {
    const values = valuesOf(request, name);
    if (values === undefined) continue;
    const isOne = typeof values === 'string' || values.length === 1;
    const one = isOne ? key(String(values)) : '';
    if (one === undefined) continue;
    if (!isOne || found !== undefined) throw malformed('The request carries more than one API key. Send exactly one.', schemes);
    found = one;
  }
  if (found !== undefined) return found;
  throw new Refusal('no_credential', { detail: `This needs an API key. Send it as ${ways(schemes)}.`, schemes });
}

const SPACE = /[ \t]/;
const BEARER = /^bearer [^\s,]+$/i;

/** The key in an `Authorization` header; none where it is of another scheme. @param {string} value @param {readonly SchemeSpec[]} schemes */
function authorization(value, schemes) {
  const text = value.trim();
  const end = text.search(SPACE);
  const name = (end < 0 ? text : text.slice(0, end)).toLowerCase();
  const rest = end < 0 ? '' : text.slice(end).trim();
  const scheme = schemes.find(({ type }) => type === name);
  if (scheme?.type === 'bearer' && rest !== '' && !/[\s,]/.test(rest)) return rest;
  // Two such headers that were joined into one.
  if (/,\s*(?:bearer|basic)\s/i.test(text)) throw malformed('The request carries more than one Authorization header. Send exactly one.', schemes);
  if (rest === '') throw malformed(`The Authorization header is malformed. Send ${ways(schemes)}.`, schemes);
  if (!scheme) return undefined;
  if (scheme.type === 'basic') return basic(rest, scheme, schemes);
  throw malformed(`The Authorization header is malformed. Send ${ways(schemes)}.`, schemes);
}

/** @param {string} encoded @param {{ type: 'basic', user?: string }} scheme @param {readonly SchemeSpec[]} schemes */
function basic(encoded, { user }, schemes) {
  let text = '';
  try {
    text = new TextDecoder().decode(Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0)));
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
  // `Headers`, Node and gateways join two headers of one name so; in a Bearer header no key has a comma either.
  if (key.includes(',')) throw malformed(`The request carries more than one header ${name}. Send exactly one.`, schemes);
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
 * The value of a header, or a list where it was sent more than once.
 * @param {any} request @param {string} name in lower case
 * @returns {string | string[] | undefined}
 */
function valuesOf(request, name) {
  try {
    const { headers } = request;
    // Of two spellings a Map has two entries, where `Headers` joins them.
    if (typeof headers.get === 'function' && headers[Symbol.toStringTag] !== 'Map') return text(headers.get(name) ?? undefined);
    // A framework's own request has Node's within.
    const { rawHeaders } = request.rawHeaders ? request : (request.raw ?? request.req ?? request);
    // Of two `Authorization` headers Node keeps the first in `headers`, so they are counted where all are.
    if (Array.isArray(rawHeaders)) {
      if (isRepeated(rawHeaders, name)) return [];
      if (headers[name] !== undefined) return text(headers[name]);
    }
    const values = pairsOf(headers, (other) => other.toLowerCase() === name).flatMap(([, value]) => value ?? []);
    return values.length ? text(values) : undefined;
  } catch {
    throw failure('invalid_argument', 'request', 'expected a Request, or an object with headers that can be read.');
  }
}

/**
 * The headers of a name: in a Map or a list of pairs, or as members of an object. What hands events over, as serverless
 * platforms do, keeps names as they were sent.
 * @param {any} headers @param {(name: string) => boolean} isOne @returns {any[][]}
 */
function pairsOf(headers, isOne) {
  // A promise of headers has none, nor has a text.
  if (typeof headers !== 'object' || typeof headers.then === 'function') throw new TypeError();
  if (typeof headers[Symbol.iterator] !== 'function') return Object.keys(headers).filter(isOne).map((name) => [name, headers[name]]);
  const pairs = [...headers];
  if (!pairs.every(Array.isArray)) throw new TypeError();
  return pairs.filter(([name]) => isOne(name));
}

/** @param {any[]} list of names and values in turn @param {string} name */
function isRepeated(list, name) {
  let times = 0;
  for (let at = 0; at < list.length; at += 2) {
    const other = list[at];
    if (other.length === name.length && other.toLowerCase() === name) times += 1;
  }
  return times > 1;
}

/** @param {any} value @returns {string | string[] | undefined} */
function text(value) {
  if (typeof value === 'string' || value === undefined) return value;
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')) return value;
  throw new TypeError();
}
