// Secrets by slot: the text stays in the memory of the offline module.

import { textOf } from '#offline';

import { failure } from './errors.js';
import { enter, fresh, isCurrent, LONGEST, read, short, SIZE, utf8Of, write } from './offline.js';

const inspect = Symbol.for('nodejs.util.inspect.custom');
/** Not every platform has it yet. @type {typeof Symbol.dispose} */
export const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
const REDACTED = '[redacted]';

/**
 * Where a secret stands. `at` and `length` are known here too, so that it can be
 * saved from an instance that has trapped.
 * @typedef {{ core: import('./offline.js').Offline, slot: number, at: number, length: number, isWiped: boolean }} Held
 */

/** Wipes what was forgotten without being disposed of. @type {FinalizationRegistry<Held> | undefined} */
let forgotten;
/** Marks a secret that is held already, instead of a text. */
const adopted = Symbol();
/** What a Secret or RevealOnce holds; nothing for any other object. @type {(value: object) => Held | undefined} */
let heldOf;

class Redacted {
  /** @type {Held} */
  #held;

  static {
    heldOf = (value) => (#held in value ? value.#held : undefined);
  }

  /** @param {Held} held */
  constructor(held) {
    this.#held = held;
    if (typeof FinalizationRegistry !== 'undefined') (forgotten ??= new FinalizationRegistry(wipe)).register(this, held);
  }

  toString() {
    return REDACTED;
  }

  toJSON() {
    return REDACTED;
  }

  [inspect]() {
    return `${this.constructor.name} { ${REDACTED} }`;
  }

  [dispose]() {
    wipe(this.#held);
  }
}

export class Secret extends Redacted {
  // Bundling shortens names; this one is seen.
  static name = 'Secret';

  /** @param {any} text @param {symbol} [how] */
  constructor(text, how) {
    if (how !== adopted && typeof text !== 'string') throw failure('invalid_argument', 'text', 'expected a string.');
    super(how === adopted ? text : hold(text));
  }

  expose() {
    return exposed(own(this));
  }

  mask() {
    const held = own(this);
    if (held.length > SIZE) return masked(ends(exposed(held)));
    return enter((core) => read(core, core.wasm.mask(loaded(core, held))));
  }
}

export class RevealOnce extends Redacted {
  // Bundling shortens names; this one is seen.
  static name = 'RevealOnce';

  /** @param {any} held @param {symbol} [how] */
  constructor(held, how) {
    if (how !== adopted) throw new TypeError('RevealOnce comes from create() and rotate() only.');
    super(held);
  }

  reveal() {
    const held = own(this);
    const text = exposed(held);
    wipe(held);
    return text;
  }

  get revealed() {
    return own(this).isWiped;
  }
}

/** What the `this` of a method holds. @param {Redacted} owner */
const own = (owner) => /** @type {Held} */ (heldOf(owner));

/** Enough of a text to recognise it by. @param {string} text */
export const masked = (text) => enter((core) => read(core, core.wasm.mask(write(core, ends(text)))));

/** What a mask depends on of a long text. @param {string} text */
const ends = (text) => (text.length > LONGEST ? text.slice(0, 64) + text.slice(-64) : text);

/** Takes a text over. @param {string} text @returns {Held} */
function hold(text) {
  if (text.length <= LONGEST) return enter((core) => held(core, core.wasm.hold(write(core, text))));
  // Too long for the buffer: no key, but a secret all the same.
  return holdBytes(utf8Of(text));
}

/** Takes bytes over, which are wiped. @param {Uint8Array} bytes @returns {Held} */
function holdBytes(bytes) {
  return enter((core) => {
    const room = held(core, core.wasm.reserve(bytes.length));
    core.memory.set(bytes, room.at);
    bytes.fill(0);
    return room;
  });
}

/** A new secret, which the module has just told the place of. @param {import('./offline.js').Offline} core @param {number} slot @returns {Held} */
function held(core, slot) {
  const [at, length] = fresh(core).words;
  return { core, slot, at, length, isWiped: false };
}

/** @param {Held} held */
function exposed(held) {
  refuseWiped(held);
  return textOf(fresh(held.core).memory, held.at, held.length);
}

/** @param {Held} held */
function refuseWiped(held) {
  if (held.isWiped) throw failure('already_revealed');
}

/** @param {Held} held */
function wipe(held) {
  if (held.isWiped) return;
  held.isWiped = true;
  const { core, slot, at, length } = held;
  if (isCurrent(core)) enter(({ wasm }) => wasm.free(slot));
  // An instance that has trapped is not entered again.
  else fresh(core).memory.fill(0, at, at + length);
}

/**
 * Puts a secret into the buffer: its length.
 * @param {import('./offline.js').Offline} core @param {Held} held
 */
function loaded(core, held) {
  fresh(core).bytes.set(bytesIn(held));
  return held.length;
}

/** The bytes of a secret, where they stand. @param {Held} held */
function bytesIn(held) {
  refuseWiped(held);
  return fresh(held.core).memory.subarray(held.at, held.at + held.length);
}

/** A secret that the module has just made. @param {import('./offline.js').Offline} core @param {number} slot */
export const adoptSlot = (core, slot) => new Secret(held(core, slot), adopted);

/** Bytes from another memory as a secret; they are wiped there. @param {Uint8Array} bytes */
export const adopt = (bytes) => new Secret(holdBytes(bytes), adopted);

/** The same, to be seen once. @param {Uint8Array} bytes */
export const adoptOnce = (bytes) => new RevealOnce(holdBytes(bytes), adopted);

/**
 * Puts the text of a string, Secret or RevealOnce into the buffer: its length.
 * Using a RevealOnce so does not count as showing it.
 * @param {import('./offline.js').Offline} core @param {any} value @param {string} name
 */
export function lend(core, value, name) {
  if (typeof value === 'string') return write(core, short(value, name));
  const bytes = /** @type {Uint8Array} */ (dataOf(value, name));
  fresh(core).bytes.set(bytes);
  return bytes.length;
}

/**
 * The text of a string, or the bytes of a Secret or RevealOnce where they stand.
 * @param {any} value @param {string} name @returns {string | Uint8Array}
 */
export function dataOf(value, name) {
  if (typeof value === 'string') return short(value, name);
  const held = heldBy(value, name);
  // A character is three bytes at most.
  if (held.length > 3 * LONGEST) throw failure('invalid_argument', name, `it has more than ${LONGEST} characters.`);
  return bytesIn(held);
}

/** The text of a Secret or RevealOnce, for the header that it is sent in. @param {any} value @param {string} name */
export const exposedBy = (value, name) => exposed(heldBy(value, name));

/**
 * The bytes of a string, Secret or RevealOnce, for another memory. The caller wipes
 * them.
 * @param {any} value @param {string} name
 */
export function bytesOf(value, name) {
  const data = dataOf(value, name);
  return typeof data === 'string' ? utf8Of(data) : data.slice();
}

/** A secret of its own with the same text. @param {any} value @param {string} name */
export function copyOf(value, name) {
  return new Secret(typeof value === 'string' ? hold(value) : holdBytes(bytesIn(heldBy(value, name)).slice()), adopted);
}

/** @param {any} value @param {string} name */
function heldBy(value, name) {
  const found = typeof value === 'object' && value !== null ? heldOf(value) : undefined;
  if (!found) throw failure('invalid_argument', name, 'expected a string or a Secret.');
  return found;
}
