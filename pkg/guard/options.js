// What the guard is told of one request.

import { listOf, optionsOf } from '../core/options.js';
import { failure } from '../core/errors.js';

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
