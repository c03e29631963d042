// Options of which every one is known, and each has its kind.

import { failure, object } from './errors.js';

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
