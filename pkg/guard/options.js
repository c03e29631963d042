// What the guard is told: every option is known, and each has its kind.

import { failure, object } from '../core/errors.js';

/**
 * The options of a call, copied: reading one may run code of the user's. One that
 * is not known is refused, as it would otherwise be left out of a decision unseen.
 * @param {unknown} options @param {readonly string[]} names
 * @returns {Record<string, any>}
 */
export function optionsOf(options, names) {
  /** @type {Record<string, any>} */
  let copy;
  try {
    copy = { ...object(options) };
  } catch {
    throw failure('invalid_argument', 'options', 'expected an object.');
  }
  for (const name in copy) if (!names.includes(name)) throw unknown(name, names);
  return copy;
}

/** @param {string} other @param {readonly string[]} names */
function unknown(other, names) {
  // A key that was passed in the wrong place does not get into the message.
  const shown = /^[a-z]{1,24}$/i.test(other) ? other : 'options';
  return failure('invalid_argument', shown, `no such option. There are ${names.join(', ')}.`);
}

/** @param {any} value @param {string} name @param {number} otherwise @param {{ least?: number, most?: number }} [bounds] @returns {number} */
export function numberOf(value, name, otherwise, { least = 0, most = Infinity } = {}) {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && value >= least && value <= most) return value;
  const upTo = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  throw failure('invalid_argument', name, `expected a number ${upTo}.`);
}

/** A copy of an array; none of what is no array or cannot be read. @param {any} value @returns {any[] | undefined} */
export function listOf(value) {
  try {
    return Array.isArray(value) ? [...value] : undefined;
  } catch {
    return undefined;
  }
}

/** The characters of a scope: RFC 6749, appendix A.4. */
const SCOPE = /^[!#-[\]-~]{1,100}$/;

/** @param {any} value @param {string} name @returns {string[]} */
export function scopesOf(value, name = 'scopes') {
  if (value === undefined) return [];
  const scopes = listOf(value);
  if (!scopes) throw failure('invalid_argument', name, 'expected an array of strings.');
  if (scopes.every((scope) => typeof scope === 'string' && SCOPE.test(scope))) return scopes;
  throw failure('invalid_argument', name, 'a scope is a string of 1 to 100 visible ASCII characters, without quotation marks and backslashes.');
}

/** The most that one request may cost, as on the server. */
const DEAREST = 1_000_000;

/** @typedef {{ scopes: readonly string[] | undefined, cost: number, address: any, waitUntil: ((work: Promise<void>) => void) | undefined }} Needed */

/**
 * What is asked of one request. It is read each time, so what the scopes are made of
 * is looked at when one is missing, and they are told.
 * @param {any} options @param {readonly string[]} names @returns {Needed}
 */
export function neededBy(options, names) {
  const { scopes, cost = 1, address, waitUntil } = optionsOf(options, names);
  if (!Number.isInteger(cost) || cost < 0 || cost > DEAREST) throw failure('invalid_argument', 'cost', `expected a whole number from 0 to ${DEAREST}.`);
  if (waitUntil !== undefined && typeof waitUntil !== 'function') throw failure('invalid_argument', 'waitUntil', 'expected a function.');
  return { scopes: scopes === undefined ? undefined : (listOf(scopes) ?? scopesOf(scopes)), cost, address, waitUntil };
}
