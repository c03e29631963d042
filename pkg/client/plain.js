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
    throw failure('invalid_argument', name, 'expected plain data, as JSON has it, not nested too deeply.');
  }
}

/** @param {any} value @param {number} depth @param {{ left: number }} budget @returns {any} */
function copy(value, depth, budget) {
  budget.left -= 1;
  const kind = typeof value;
  if (budget.left < 0) throw new RangeError();
  if (value === undefined || value === null) return null;
  if (kind === 'string') return wellFormed(value);
  if (kind === 'number' || kind === 'boolean') return value;
  if (kind !== 'object' || depth === 0) throw new TypeError();
  if (!Array.isArray(value)) {
    // A date, a Map, an address: nothing of what they hold is a member.
    if (Object.prototype.toString.call(value) !== '[object Object]') throw new TypeError();
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
