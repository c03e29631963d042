// Options as the server takes them. What only the server can judge, it judges; a key in
// the place of anything else never gets there, as it would be written down.

import { duration, lifetime } from '../client/lifetime.js';
import { plain } from '../client/plain.js';
import { failure } from '../core/errors.js';
import { listOf, optionsOf } from '../core/options.js';
import { isOwnerId } from '../core/owner-id.js';
import { exposedBy } from '../core/secret.js';
import { declaredProvider } from '../core/services.js';
import { checkKey } from '../keys/check.js';
import { KEYS } from '../server/format.js';

const IDS = /** @type {const} */ ({ app: 'of an application', key: 'of a key', mgmt: 'of a management key' });

/** An id of the server's, to stand in an address. @param {unknown} id @param {keyof typeof IDS} kind */
export function idOf(id, kind) {
  const isId = typeof id === 'string' && new RegExp(`^${kind}_[0-9A-Za-z]{16,64}$`).test(id);
  refuseKey(isId ? id : '', 'id');
  if (isId) return id;
  throw failure('invalid_argument', 'id', `expected the id ${IDS[kind]}, "${kind}_" and letters and digits.`);
}

/** The same of an owner, whose id is the user's own. @param {unknown} id */
export function ownerOf(id) {
  if (!isOwnerId(id)) throw failure('invalid_argument', 'owner', 'expected your own id of a customer: 1 to 128 visible ASCII characters, none of them / ? # % or \\.');
  refuseKey(id, 'owner');
  return encodeURIComponent(id);
}

/**
 * What stands in the body: each option that was given, by the name that the server has for it.
 * @param {Record<string, any>} given
 */
export function bodyOf({ expiresIn, scopes, limits, rule, keys, key, ...rest }) {
  const members = named(rest);
  const end = lifetime(expiresIn);
  // A moment, or how long.
  if (end !== undefined) members[/^\d/.test(end) ? 'expires_at' : 'expires_in'] = end;
  if (scopes !== undefined) members.scopes = plain(scopes, 'scopes');
  if (limits !== undefined) members.limits = limits === null ? null : limitsOf(limits);
  const { pepper, ...known } = rule === undefined ? {} : optionsOf(rule, RULE);
  if (rule !== undefined) members.rule = named(known);
  if (keys !== undefined) members.keys = itemsOf(keys, 'keys').map((one) => bodyOf(optionsOf(one, TO_IMPORT)));
  for (const [name, value] of Object.entries(members)) refuseKey(JSON.stringify(value), name);
  if (pepper !== undefined) members.rule.pepper = textOf(pepper, 'pepper');
  if (key !== undefined) members.key = textOf(key, 'key');
  return members;
}

const RULE = ['algorithm', 'input', 'separator', 'encoding', 'pepper', 'idPart'];
const TO_IMPORT = ['hash', 'idPart', 'owner', 'name', 'environment', 'scopes', 'metadata', 'limits', 'allowedAddresses', 'createdAt', 'expiresAt'];
const LIMIT = ['name', 'kind', 'limit', 'windowSeconds', 'refill', 'timeZone'];

/** What stands behind the question mark. @param {Record<string, any>} given */
export function queryOf(given) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(named(given))) {
    if (typeof value !== 'string' && typeof value !== 'number') throw failure('invalid_argument', name, 'expected a string or a number.');
    refuseKey(String(value), name);
    query.set(name, String(value));
  }
  const text = query.toString();
  return text && `?${text}`;
}

/** How long an old key lives on, in seconds. @param {unknown} overlap */
export function secondsOf(overlap) {
  const text = duration(overlap, 'overlap') ?? 'PT0S';
  const [all, ...parts] = /^P(?=.)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,15})S)?)?$/i.exec(text) ?? [];
  if (all === undefined) throw failure('invalid_argument', 'overlap', 'use a number of seconds, or an ISO 8601 duration of weeks, days, hours, minutes and seconds such as "PT1H".');
  return parts.reduce((seconds, digits, at) => seconds + Number(digits ?? 0) * [604_800, 86_400, 3600, 60, 1][at], 0);
}

/** @param {any} limits */
const limitsOf = (limits) => itemsOf(limits, 'limits').map((limit) => named(optionsOf(limit, LIMIT)));

/** @param {any} value @param {string} name @returns {any[]} */
function itemsOf(value, name) {
  const copy = listOf(value);
  if (copy) return copy;
  throw failure('invalid_argument', name, 'expected an array.');
}

/** Options that were given, by the server's names for them. @param {Record<string, any>} given */
function named(given) {
  /** @type {Record<string, any>} */
  const out = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    out[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = /At$/.test(name) ? momentOf(value, name) : plain(value, name);
  }
  return out;
}

/** @param {any} value @param {string} name */
function momentOf(value, name) {
  try {
    return Date.prototype.toISOString.call(value);
  } catch {
    throw failure('invalid_argument', name, 'expected a Date that is valid.');
  }
}

/** @param {any} value @param {string} name */
function textOf(value, name) {
  const text = typeof value === 'string' ? value : exposedBy(value, name);
  if (text) return text;
  throw failure('invalid_argument', name, 'it is empty.');
}

/** What a key of keylatch-server could stand in. */
const LIKE_KEYS = /[a-z0-9_]{1,23}_[0-9A-Za-z]{36}(?![0-9A-Za-z])/g;
/** @type {import('../index.js').Provider | undefined} */
let service;

/** @param {string} text @param {string} name */
export function refuseKey(text, name) {
  for (const [like] of text.matchAll(LIKE_KEYS)) {
    service ??= declaredProvider({ id: 'own', title: 'own', format: KEYS });
    if (checkKey(service, like).ok) throw failure('invalid_argument', name, 'there is a key in it, and nothing was sent. A key belongs in the credential alone.');
  }
}
