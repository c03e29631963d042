// What a table says of a key, read once when it is looked up. Whatever decides
// must be said: a row without `revokedAt` may be one of a query that has forgotten
// the column, and is not taken for a key that was never revoked.

import { failure } from '../core/errors.js';
import { freeze, plain } from '../client/plain.js';

/**
 * @typedef {{ id: string, owner: string, scopes: readonly string[], metadata: any, prefix: string | undefined,
 *   expiresAt: number | null, isRevoked: boolean, isDisabled: boolean, server?: import('./remote/answer.js').OfServer }} Known
 */

/**
 * @param {any} row @param {string} hash that was asked for
 * @returns {Known | undefined} `undefined` where the table has none
 */
export function readRow(row, hash) {
  if (row === undefined || row === null) return undefined;
  if (typeof row !== 'object' || Array.isArray(row)) throw faulty('', 'expected one row, an object, or undefined when there is none.');
  const { id, owner, scopes, metadata, prefix, expiresAt, revokedAt, disabled, hash: own } = row;
  if (own !== undefined && own !== hash) throw faulty('.hash', 'it is not the hash that was looked up.');
  return {
    id: text(id, '.id'),
    owner: text(owner, '.owner'),
    scopes: scopesIn(scopes),
    metadata: metadataIn(metadata),
    prefix: typeof prefix === 'string' ? prefix : undefined,
    expiresAt: moment(expiresAt, '.expiresAt'),
    isRevoked: moment(revokedAt, '.revokedAt') !== null,
    isDisabled: flag(disabled),
  };
}

/** @param {unknown} value @param {string} path */
function text(value, path) {
  if (typeof value === 'string') return value;
  throw faulty(path, 'expected a string.');
}

/** @param {any} value */
function scopesIn(value) {
  if (!Array.isArray(value) || !value.every((scope) => typeof scope === 'string')) throw faulty('.scopes', 'expected an array of strings.');
  return Object.freeze(Array.from(value));
}

/** A copy, as it is kept for other requests too. @param {unknown} value */
function metadataIn(value) {
  if (value === undefined || value === null) return freeze({});
  if (typeof value !== 'object') throw faulty('.metadata', 'expected an object; parse the JSON of a text column.');
  return freeze(plain(value, 'row.metadata'));
}

/** With its time zone: what is without one is another moment on each computer. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/i;

/** @param {any} value @param {string} path */
function moment(value, path) {
  if (value === null) return null;
  if (value === undefined) throw faulty(path, 'it is missing. Select it; null means that there is no such moment.');
  let time = NaN;
  // JavaScript counts on from the end of a month: 30 February would be 2 March.
  if (typeof value === 'string') time = TIMESTAMP.test(value) && new Date(value.slice(0, 10)).getUTCDate() === +value.slice(8, 10) ? Date.parse(value) : NaN;
  else if (typeof value === 'number' || typeof value === 'bigint' || Object.prototype.toString.call(value) === '[object Date]') time = Number(value);
  // `Date` holds none that is farther from 1970.
  if (Math.abs(time) <= 8.64e15) return time;
  throw faulty(path, 'expected null, a Date, Unix milliseconds, or a timestamp with its time zone.');
}

/** @param {unknown} value */
function flag(value) {
  if (value === true || value === 1 || value === 1n) return true;
  if (value === false || value === 0 || value === 0n) return false;
  throw faulty('.disabled', 'expected true or false (or 1 or 0).');
}

/** @param {string} path @param {string} why */
const faulty = (path, why) => failure('invalid_argument', `lookup: row${path}`, why);
