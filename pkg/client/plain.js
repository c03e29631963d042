// Plain data of the user's. Reading it may run code of the user's (a getter, a
// proxy), so it is copied once, and only the copy is looked at.

import { failure } from '../core/errors.js';

/** Deeper data is refused, as a cyclic object has no end; the same as `MAX_DEPTH` of src/value.rs. */
const MAX_DEPTH = 24;

/** More values than this are no declaration, but an array that lies about its length. */
const MOST = 250_000;

/** A copy of plain data. @param {unknown} value @param {string} name of the argument */
export function plain(value, name) {
  try {
    return copy(value, MAX_DEPTH, { left: MOST });
  } catch {
    const why = 'expected plain data, as JSON has it, that can be read and is not nested too deeply.';
    throw failure('invalid_argument', name, why);
  }
}

/** @param {any} value @param {number} depth @param {{ left: number }} budget @returns {any} */
function copy(value, depth, budget) {
  budget.left -= 1;
  const isObject = typeof value === 'object' && value !== null;
  if (budget.left < 0 || (isObject && depth === 0)) throw new RangeError();
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (!isObject) throw new TypeError();
  if (!Array.isArray(value)) {
    // `fromEntries` defines members, so that one called `__proto__` is a member.
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [wellFormed(name), copy(item, depth - 1, budget)]));
  }
  const { length } = value;
  if (typeof length !== 'number' || !(length <= MOST)) throw new RangeError();
  const items = [];
  for (let at = 0; at + 1 <= length; at += 1) items.push(copy(value[at], depth - 1, budget));
  return items;
}

/** Half a surrogate pair cannot be sent. @param {string} text */
function wellFormed(text) {
  // Where the platform has a way of its own, it takes milliseconds for megabytes.
  const { toWellFormed } = /** @type {any} */ (text);
  return toWellFormed ? toWellFormed.call(text) : text.replace(/\p{Cs}+/gu, (run) => '\uFFFD'.repeat(run.length));
}

/** The same data, in which nothing can be changed. @template T @param {T} value @returns {T} */
export function freeze(value) {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
