// Keys in bytes, all at once or piece by piece.

import { utf8Of } from '../core/offline.js';
import { buffer, CONTEXT, enter, SIZE } from '../find/engine.js';
import { wordEnd } from '../find/search.js';

/** @typedef {import('../find/search.js').Search} Search @typedef {import('../find/search.js').Found} Found */

/** @type {TextDecoder | undefined} */
let decoder;

export class Bytes {
  #search;
  #instead;
  /** What is not decided yet, with what stands before it. */
  #pending = new Uint8Array(0);
  /** How much of that was given on already. */
  #given = 0;
  /** Whether the last key has no end yet. */
  #goesOn = false;

  /** @param {Search} search @param {(text: string, found: Found) => string} instead */
  constructor(search, instead) {
    this.#search = search;
    this.#instead = instead;
  }

  /** All bytes: the same ones where nothing was found. @param {Uint8Array} bytes @returns {Uint8Array} */
  whole(bytes) {
    /** @type {Found[]} */
    const all = [];
    this.#search.inBytes(bytes, (found) => all.push(found));
    return all.length === 0 ? bytes : this.#without(all, bytes, 0, bytes.length);
  }

  /** The next bytes of a stream: what can be given on. @param {Uint8Array} bytes @returns {Uint8Array[]} */
  next(bytes) {
    /** @type {Uint8Array[]} */
    const parts = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#goesOn) {
        at = wordEnd(bytes, at);
        if (at === bytes.length) break;
        this.#goesOn = false;
      }
      const end = at + SIZE - this.#pending.length;
      parts.push(this.#piece(bytes.subarray(at, end), false));
      at = end;
    }
    return parts.filter(({ length }) => length > 0);
  }

  /** The stream is over: the rest. @returns {Uint8Array[]} */
  end() {
    return [this.#piece(new Uint8Array(0), true)].filter(({ length }) => length > 0);
  }

  /** What is decided by bytes that the buffer has room for. @param {Uint8Array} bytes @param {boolean} isEnd */
  #piece(bytes, isEnd) {
    return enter((core) => {
      const number = this.#search.ready(core);
      const before = this.#pending;
      const length = before.length + bytes.length;
      buffer(core).set(before);
      buffer(core).set(bytes, before.length);
      /** @type {Found[]} */
      const all = [];
      const decided = this.#search.scan(core, number, this.#given, length, isEnd ? 'whole' : length === SIZE ? 'full' : 'open', (found, goesOn) => {
        all.push(found);
        this.#goesOn = goesOn;
      });
      const here = buffer(core);
      // Copies, as what is given on must not change with what was given.
      const out = this.#without(all, here, this.#given, decided);
      const from = Math.max(0, decided - CONTEXT);
      before.fill(0);
      this.#pending = here.slice(from, length);
      this.#given = decided - from;
      here.fill(0, 0, length);
      return out;
    });
  }

  /** A part of bytes with something else in the place of keys. @param {Found[]} all @param {Uint8Array} bytes @param {number} from @param {number} to */
  #without(all, bytes, from, to) {
    if (all.length === 0) return bytes.slice(from, to);
    /** @type {Uint8Array[]} */
    const parts = [];
    let at = from;
    for (const found of all) {
      const text = (decoder ??= new TextDecoder()).decode(bytes.subarray(found.start, found.end));
      parts.push(bytes.subarray(at, found.start), utf8Of(this.#instead(text, found)));
      at = found.end;
    }
    return joined([...parts, bytes.subarray(at, to)]);
  }
}

/** @param {Uint8Array[]} parts */
export function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
