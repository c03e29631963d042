// Keys in bytes, all at once or piece by piece.

import { utf8Of } from '../core/offline.js';
import { CONTEXT } from '../find/engine.js';
import { wordEnd } from '../find/search.js';

/** @typedef {import('../find/search.js').Search} Search @typedef {import('../find/search.js').Found} Found */

export class Bytes {
  #search;
  #instead;
  /** What is not decided yet, with what stands before it. */
  #pending = new Uint8Array(0);
  /** How much of that was given on already. */
  #given = 0;
  /** Whether the last key has no end yet. */
  #goesOn = false;

  /** @param {Search} search @param {(key: string, shape: Found['shape']) => string} instead */
  constructor(search, instead) {
    this.#search = search;
    this.#instead = instead;
  }

  /** All bytes: the same ones where nothing was found. @param {Uint8Array} bytes @returns {Uint8Array} */
  whole(bytes) {
    const parts = this.#parts(bytes, 0, true).parts;
    return parts.length === 1 && parts[0].length === bytes.length ? bytes : joined(parts);
  }

  /** The next bytes of a stream: what can be given on. @param {Uint8Array} bytes @returns {Uint8Array[]} */
  next(bytes) {
    if (this.#goesOn) {
      const end = wordEnd(bytes, 0);
      if (end === bytes.length) return [];
      bytes = bytes.subarray(end);
      this.#goesOn = false;
    }
    // A copy, as what is given on must not change with what was given.
    const all = joined([this.#pending, bytes]);
    const { parts, decided, goesOn } = this.#parts(all, this.#given, false);
    this.#goesOn = goesOn;
    const from = Math.max(0, decided - CONTEXT);
    this.#pending.fill(0);
    this.#pending = all.slice(from);
    this.#given = decided - from;
    return parts;
  }

  /** The stream is over: the rest. @returns {Uint8Array[]} */
  end() {
    const { parts } = this.#parts(this.#pending, this.#given, true);
    this.#pending = new Uint8Array(0);
    this.#given = 0;
    return parts;
  }

  /** @param {Uint8Array} bytes @param {number} from @param {boolean} isWhole */
  #parts(bytes, from, isWhole) {
    /** @type {Uint8Array[]} */
    const parts = [];
    let at = from;
    const { decided, goesOn } = this.#search.inBytes(bytes, isWhole, ({ start, end, shape }) => {
      if (start > at) parts.push(bytes.subarray(at, start));
      parts.push(utf8Of(this.#instead(new TextDecoder().decode(bytes.subarray(start, end)), shape)));
      at = end;
    }, from);
    if (decided > at) parts.push(bytes.subarray(at, decided));
    return { parts, decided, goesOn };
  }
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
