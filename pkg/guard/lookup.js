// A table of the user's own, as what a guard asks.

import { failure } from '../core/errors.js';
import { readRow } from './row.js';

/** @typedef {(hash: string, options: { signal: AbortSignal }) => any} Lookup */

/** @param {Lookup} lookup @returns {import('./table.js').Source} */
export function ownTable(lookup) {
  if (typeof lookup !== 'function') throw failure('invalid_argument', 'lookup', 'expected a function that finds a row by the hash of its key.');
  return {
    ask: ({ hash }, options) => lookup(hash, options),
    read: (row, { hash }) => ({ known: readRow(row, hash), fresh: Infinity }),
    late: (timeout) => failure('invalid_argument', 'lookup', `it did not answer within ${timeout} ms.`),
    close: async () => {},
  };
}
