// What is looked for: kinds of the catalogue, services of the user's own, and every secret
// that is alive.

import { failure } from '../core/errors.js';
import { livingSecrets, secretsVersion, whenWiped } from '../core/secret.js';
import { serviceOf } from '../core/services.js';
import { unescaped } from '../keys/unescape.js';
import { buffer, CONTEXT, enter, list, SIZE, write } from './engine.js';
import { kinds } from './kinds.js';

/**
 * @typedef {import('./kinds.js').Kind} Kind
 * @typedef {{ kind: Kind, shape: string, isSearched: boolean }} Shape
 * @typedef {{ start: number, end: number, shape: Shape | undefined, isDoubtful: boolean, isEscaped: boolean, encoded: [number, number] | undefined }} Found a place in bytes,
 *   and for the base64 of a header the place in what it stands for
 */

/** The kind of a match by value: find/src/engine.rs. */
const VALUE = 0xffffffff;
/** Of most texts nothing is found. @type {Found[]} */
const NONE = [];
/** A text is taken in pieces of so many units, which have three bytes at most. */
const PIECE = Math.floor(SIZE / 3);

export class Search {
  /** @type {import('./engine.js').Core | undefined} */
  #core;
  #number = 0;
  #version = -1;

  /** @param {Shape[]} shapes */
  constructor(shapes) {
    this.shapes = shapes;
  }

  /** Its number in the instance that is in use. @param {import('./engine.js').Core} core */
  number(core) {
    if (this.#core !== core) {
      this.#number = core.wasm.engine();
      for (const { shape, isSearched } of this.shapes) {
        const length = core.wasm.add(this.#number, write(core, shape), isSearched);
        if (length > 0) throw failure('invalid_argument', 'formats', String.fromCharCode(...buffer(core).subarray(0, length)));
      }
      const without = core.wasm.compile(this.#number);
      if (without > 0) throw failure('invalid_argument', 'formats', `keys of ${this.shapes[without - 1].kind.provider} begin like anything, so they cannot be looked for.`);
      this.#core = core;
      this.#version = -1;
    }
    return this.#number;
  }

  /**
   * Its number in the instance that is in use, and with values what it looks for by value brought up to date.
   * @param {import('./engine.js').Core} core @param {boolean} [hasValues] whether living secrets are looked for
   */
  ready(core, hasValues = true) {
    const number = this.number(core);
    if (!hasValues || this.#version === secretsVersion()) return number;
    this.#version = secretsVersion();
    for (const bytes of livingSecrets()) {
      // A secret that is longer has its beginning looked for.
      const part = bytes.subarray(0, SIZE);
      buffer(core).set(part);
      core.wasm.addValue(part.length);
    }
    core.wasm.setValues(number);
    // No copy outlives its secret; the next search makes those that it needs anew.
    prepared.add(this);
    whenWiped(forgetAll);
    return number;
  }

  /** Takes the living secrets out of the module. @param {import('./engine.js').Core} core */
  forget(core) {
    // Those of an instance that has trapped went with it.
    if (this.#core === core) core.wasm.setValues(this.#number);
    this.#version = -1;
  }

  /** What the last scan has found. @param {import('./engine.js').Core} core @returns {Found[]} */
  #found(core) {
    const numbers = list(core);
    return Array.from({ length: numbers.length / 4 }, (_, at) => {
      const [start, end, kind, flags] = numbers.subarray(4 * at, 4 * at + 4);
      return { start, end, shape: kind === VALUE ? undefined : this.shapes[kind], isDoubtful: (flags & 1) > 0, isEscaped: (flags & 2) > 0, encoded: flags > 3 ? [(flags >>> 2) & 32_767, flags >>> 17] : undefined };
    });
  }

  /**
   * Finds the keys of what stands in the buffer, and how far that is decided. A key that began before the buffer could
   * take more, and does not end in it, is given with `goesOn`: what follows of its word belongs to it.
   * @param {import('./engine.js').Core} core @param {number} number @param {number} from what stands before is context
   * @param {number} length @param {'whole' | 'full' | 'open'} how whether nothing follows, or nothing more can be held back
   * @param {(found: Found, goesOn: boolean) => void} give
   */
  scan(core, number, from, length, how, give) {
    const held = core.wasm.scan(number, from, length, how === 'whole') >>> 0;
    if (core.wasm.listLength() > 0) for (const found of this.#found(core)) give(found, false);
    if (how !== 'full' || held > CONTEXT) return held;
    core.wasm.scan(number, held, length, true);
    const word = buffer(core).subarray(0, length);
    // What is escaped may be cut by the end of the buffer.
    for (const found of this.#found(core)) give(found, length - found.end < CONTEXT && wordEnd(word, found.end) === length);
    return length;
  }

  /**
   * The keys of a text, by place in UTF-16 code units.
   * @param {string} text @param {boolean} [hasValues] whether living secrets are looked for
   * @returns {Found[]}
   */
  inText(text, hasValues = true) {
    return enter((core) => {
      const number = this.ready(core, hasValues);
      let all = NONE;
      let used = 0;
      for (let decided = 0, isLast = false; !isLast; ) {
        const base = Math.max(0, decided - CONTEXT);
        isLast = base + PIECE >= text.length;
        const piece = base === 0 && isLast ? text : text.slice(base, base + PIECE);
        const from = decided === 0 ? 0 : write(core, piece.slice(0, decided - base));
        const length = write(core, piece);
        used = Math.max(used, length);
        const units = length === piece.length ? itself : unitsIn(core);
        let last = 0;
        const held = this.scan(core, number, from, length, isLast ? 'whole' : 'full', (found, goesOn) => {
          found.start = base + units(found.start);
          found.end = last = goesOn ? wordEnd(text, base + piece.length) : base + units(found.end);
          if (all === NONE) all = [];
          all.push(found);
        });
        decided = isLast ? text.length : Math.max(last, base + units(held));
      }
      buffer(core).fill(0, 0, used);
      return all;
    });
  }

  /** The keys of bytes. @param {Uint8Array} bytes @param {(found: Found) => void} give */
  inBytes(bytes, give) {
    enter((core) => {
      const number = this.ready(core);
      for (let decided = 0, isLast = false; !isLast; ) {
        const base = Math.max(0, decided - CONTEXT);
        const end = Math.min(bytes.length, base + SIZE);
        isLast = end === bytes.length;
        buffer(core).set(bytes.subarray(base, end));
        let last = 0;
        const held = this.scan(core, number, decided - base, end - base, isLast ? 'whole' : 'full', (found, goesOn) => {
          found.start += base;
          found.end = last = goesOn ? wordEnd(bytes, end) : base + found.end;
          give(found);
        });
        decided = Math.max(last, base + held);
      }
      buffer(core).fill(0, 0, Math.min(SIZE, bytes.length));
    });
  }
}

/** The key that stands at a place that was found. @param {Found} found @param {string} text what stands there */
export function keyOf({ isEscaped, encoded }, text) {
  if (!encoded) return isEscaped ? unescaped(text) : text;
  try {
    return atob(text).slice(...encoded);
  } catch {
    // The header went on where it was cut, and not as base64.
    return text;
  }
}

/** @param {number} at */
const itself = (at) => at;

/** Turns places of the text in the buffer, which must not go back, into UTF-16 code units. @param {import('./engine.js').Core} core */
function unitsIn(core) {
  let [bytes, units] = [0, 0];
  return (/** @type {number} */ at) => {
    units += core.wasm.units(bytes, at);
    bytes = at;
    return units;
  };
}

/** Where the word that goes on at a place ends. @param {Uint8Array | string} text @param {number} at */
export function wordEnd(text, at) {
  while (at < text.length && isOfWord(typeof text === 'string' ? text.charCodeAt(at) : text[at])) at++;
  return at;
}

/** Letters, digits and what stands among them in keys, also where it is escaped by `%` or a backslash. @param {number} byte */
const isOfWord = (byte) => (byte >= 48 && byte < 58) || ((byte | 32) >= 97 && (byte | 32) < 123) || [37, 43, 45, 46, 47, 61, 92, 95].includes(byte);

/** @type {Map<string, Search>} */
const made = new Map();
/** Those that have copies of living secrets. @type {Set<Search>} */
const prepared = new Set();

function forgetAll() {
  if (prepared.size > 0) enter((core) => prepared.forEach((search) => search.forget(core)));
  prepared.clear();
}

/** All kinds of the catalogue. */
export const everything = () => once('*', () => shapesOf(kinds(), () => true));

/** The secrets of the catalogue. */
export const secrets = () => once('secrets', () => shapesOf(kinds(), ({ purpose }) => purpose === 'secret'));

/** @param {string} name @param {() => Shape[]} shapes */
function once(name, shapes) {
  let search = made.get(name);
  if (!search) made.set(name, (search = new Search(shapes())));
  return search;
}

/**
 * A search for chosen formats: an id means the secrets of a service, `id/kind` one kind of it whatever it is for, and
 * a declaration its own keys.
 * @param {unknown} formats
 */
export function searchFor(formats) {
  if (formats === undefined) return secrets();
  if (!Array.isArray(formats)) throw failure('invalid_argument', 'formats', 'expected an array of ids and declarations.');
  const shapes = formats.flatMap(chosen);
  if (formats.every((format) => typeof format === 'string')) return once(formats.join(' '), () => shapes);
  return new Search(shapes);
}

/** @param {unknown} format @returns {Shape[]} */
function chosen(format) {
  if (typeof format === 'string') {
    const [id, name] = format.split('/');
    const of = kinds().filter(({ provider }) => provider === id);
    const found = name === undefined ? of.filter(({ purpose, needsContext }) => purpose === 'secret' && !needsContext) : of.filter((kind) => kind.name === name);
    if (found.length > 0) return shapesOf(found, () => true);
    if (of.length === 0) serviceOf(format);
    const names = of.filter(({ needsContext }) => !needsContext).map((kind) => kind.name);
    throw failure('invalid_argument', 'formats', names.length > 0 ? `${id} has ${names.join(', ')}.` : `keys of ${id} begin like anything, so they cannot be looked for.`);
  }
  const { data, id, certainty } = serviceOf(format);
  if (!data.format) throw failure('invalid_argument', 'formats', `the format of ${id} is not known.`);
  /** @type {Kind} */
  const kind = { provider: id, name: 'key', purpose: 'secret', isTest: false, needsContext: false, certainty, shapes: [], facts: {} };
  return [{ kind, shape: data.format.parts.map(written).join(''), isSearched: true }];
}

/** @param {Kind[]} kinds @param {(kind: Kind) => boolean} isSearched @returns {Shape[]} */
function shapesOf(kinds, isSearched) {
  return kinds.flatMap((kind) => kind.shapes.map((shape) => ({ kind, shape, isSearched: !kind.needsContext && isSearched(kind) })));
}

/** The names of alphabets in shapes. @type {Record<string, string>} */
const ALPHABETS = { base62: 'b62', alphanumeric: 'b62', hex: 'hex', hex_lower: 'hexl', base64url: 'b64u', digits: 'dig' };

/** A part of a declared format, as format/src/shape.rs reads it. @param {import('../index.js').FormatPart} part @param {number} _ @param {import('../index.js').FormatPart[]} parts @returns {string} */
function written(part, _, parts) {
  if (Array.isArray(part)) {
    if (part.some((text) => /[()|]/.test(text))) throw failure('invalid_argument', 'formats', 'a choice with "(", ")" or "|" in it cannot be looked for.');
    return `(${part.join('|')})`;
  }
  if (typeof part === 'string') return part.replace(/[<(]/g, '<[$&]:1>');
  if ('checksum' in part) {
    const [first, ...runs] = parts.slice(0, -1);
    if (part.covers === 'all') return `<crc32-b62:${part.length}>`;
    if (typeof first === 'string' && runs.every((run) => typeof run === 'object' && 'alphabet' in run)) return `<crc32-b62:${part.length}@${first.length}>`;
    // Fixed text stands among the runs, which a shape cannot leave out.
    return `<b62:${part.length}>`;
  }
  const { min, max } = typeof part.length === 'number' ? { min: part.length, max: part.length } : part.length;
  const own = [...new Set(part.alphabet)].sort((a, b) => Number(a === '-') - Number(b === '-')).join('');
  if (!ALPHABETS[part.alphabet] && /[>\]]/.test(own)) throw failure('invalid_argument', 'formats', 'an alphabet with ">" or "]" in it cannot be looked for.');
  return `<${ALPHABETS[part.alphabet] ?? `[${own}]`}:${min === max ? min : `${min}-${max}`}>`;
}
