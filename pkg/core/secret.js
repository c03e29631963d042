// Secrets by slot: the text stays in the memory of the offline module.

import { textOf } from '#offline';

import { hasBrand } from './brand.js';
import { failure, isError } from './errors.js';
import { enter, fresh, isCurrent, LONGEST, read, short, SIZE, utf8Of, write } from './offline.js';
import { secrets } from './parts.js';

const inspect = Symbol.for('nodejs.util.inspect.custom');
/** Not every platform has it yet. @type {typeof Symbol.dispose} */
export const dispose = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));
const REDACTED = '[redacted]';
/** What a secret of another copy of the package, or of another realm, hands its bytes out by: a copy, which is wiped after use. */
const BYTES = Symbol.for('keylatch.bytes');
const SECRET = Symbol.for('keylatch.Secret');
const REVEAL_ONCE = Symbol.for('keylatch.RevealOnce');

/**
 * Where a secret stands. `at` and `length` are known here too, so that it can be
 * saved from an instance that has trapped.
 * @typedef {{ core: import('./offline.js').Offline, slot: number, at: number, length: number, isWiped: boolean, compared?: string }} Held
 */

/** Wipes what was forgotten without being disposed of. @type {FinalizationRegistry<Held> | undefined} */
let forgotten;
/** Marks a secret that is held already, instead of a text. */
const adopted = Symbol();
/** What a Secret or RevealOnce holds; nothing for any other value. @type {(value: any) => Held | undefined} */
let heldOf;

/** What is held now, for those who keep it out of texts. @type {Set<Held>} */
const living = new Set();
let version = 0;

/** Another number after each change of {@link livingSecrets}. */
export const secretsVersion = () => version;

/** The bytes of every secret that is alive, where they stand. */
export function* livingSecrets() {
  for (const held of living) yield bytesIn(held);
}

let forget = () => {};

/** Says what lets go of the copies that were made of {@link livingSecrets}, as soon as one of them is wiped. @param {() => void} work */
export function whenWiped(work) {
  forget = work;
}

export class Redacted {
  /** @type {Held} */
  #held;

  static {
    heldOf = (value) => (typeof value === 'object' && value !== null && #held in value ? value.#held : undefined);
  }

  /** @param {Held} held */
  constructor(held) {
    this.#held = held;
    living.add(held);
    version++;
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

  [Symbol.toPrimitive]() {
    return REDACTED;
  }

  // Deep equality compares these two: Node, Jest and Vitest the tag, others the value.

  valueOf() {
    return `${this.constructor.name} ${compared(this)}`.trimEnd();
  }

  get [Symbol.toStringTag]() {
    return this.valueOf();
  }

  [BYTES]() {
    return bytesIn(own(this)).slice();
  }

  [dispose]() {
    wipe(own(this));
  }
}

export class Secret extends Redacted {
  // Bundling shortens names; this one is seen.
  static get name() {
    return 'Secret';
  }

  /** @param {any} text @param {symbol} [how] */
  constructor(text, how) {
    if (how !== adopted && typeof text !== 'string') throw failure('invalid_argument', 'text', 'expected a string.');
    super(how === adopted ? text : hold(text));
  }

  get [SECRET]() {
    return heldOf(this) !== undefined;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    return hasBrand(this, Secret, value, SECRET);
  }

  expose() {
    return exposed(own(this));
  }

  mask() {
    const held = own(this);
    if (held.length > SIZE) return masked(ends(exposed(held)));
    return enter((core) => read(core, secrets(core).mask(loaded(core, held))));
  }
}

export class RevealOnce extends Redacted {
  // Bundling shortens names; this one is seen.
  static get name() {
    return 'RevealOnce';
  }

  /** @param {any} held @param {symbol} [how] */
  constructor(held, how) {
    if (how !== adopted) throw failure('invalid_argument', 'RevealOnce', 'it comes from create() and rotate() only.');
    super(held);
  }

  get [REVEAL_ONCE]() {
    return heldOf(this) !== undefined;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    return hasBrand(this, RevealOnce, value, REVEAL_ONCE);
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

/** Where a secret of this copy of the package stands. @param {object} secret @returns {Held} */
function own(secret) {
  const held = heldOf(secret);
  if (held) return held;
  throw failure('invalid_argument', 'this', 'the method was taken from a Secret and called on something else.');
}

/** Bytes that are hashed at a time, behind what was hashed before them. */
const PIECE = 32_768;
/** Of this process alone, so that a digest tells nobody which key it is of. @type {Uint8Array | undefined} */
let salt;
/** Numbers for those of whom nothing is known that could be compared. */
let others = 0;

/**
 * What is the same for equal keys and for no others: a digest with a salt. One that
 * was wiped is equal to itself only.
 * @param {object} secret
 */
function compared(secret) {
  const held = heldOf(secret);
  // The prototype, or what inherits from a secret.
  if (!held) return '';
  try {
    return (held.compared ??= digest(bytesIn(held)));
  } catch {
    return (held.compared ??= `#${(others += 1)}`);
  }
}

/** @param {Uint8Array} bytes */
function digest(bytes) {
  salt ??= globalThis.crypto.getRandomValues(new Uint8Array(32));
  return enter((core) => {
    /** @type {Uint8Array} */
    let before = /** @type {Uint8Array} */ (salt);
    let digits = '';
    for (let at = 0; at === 0 || at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      const place = fresh(core).bytes;
      place.set(before);
      place.set(piece, before.length);
      digits = read(core, secrets(core).hash(before.length + piece.length));
      before = utf8Of(digits);
    }
    return digits.slice(0, 16);
  });
}

/** Enough of a text to recognise it by. @param {string} text */
export const masked = (text) => enter((core) => read(core, secrets(core).mask(write(core, ends(text)))));

/** What a mask depends on of a long text. @param {string} text */
const ends = (text) => (text.length > LONGEST ? text.slice(0, 64) + text.slice(-64) : text);

/** Takes a text over. @param {string} text @returns {Held} */
function hold(text) {
  if (text.length <= LONGEST) return enter((core) => held(core, secrets(core).hold(write(core, text))));
  // Too long for the buffer: no key, but a secret all the same.
  return holdBytes(utf8Of(text));
}

/** Takes bytes over, which are wiped. @param {Uint8Array} bytes @returns {Held} */
function holdBytes(bytes) {
  return enter((core) => {
    const room = held(core, secrets(core).reserve(bytes.length));
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
  held.compared = undefined;
  living.delete(held);
  version++;
  const { core, slot, at, length } = held;
  if (isCurrent(core)) enter((core) => secrets(core).free(slot));
  // An instance that has trapped is not entered again.
  else fresh(core).memory.fill(0, at, at + length);
  forget();
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
  return withData(value, name, (data) => {
    if (typeof data === 'string') return write(core, data);
    fresh(core).bytes.set(data);
    return data.length;
  });
}

/**
 * Works with the text of a string, or with the bytes of a Secret or RevealOnce where
 * they stand.
 * @template T
 * @param {any} value @param {string} name @param {(data: string | Uint8Array) => T} work
 * @returns {T}
 */
export function withData(value, name, work) {
  if (typeof value === 'string') return work(short(value, name));
  return withBytesOf(value, name, (bytes) => {
    // A character is three bytes at most. The rest of the buffer is for what follows.
    if (bytes.length > 3 * LONGEST) throw tooLong(name);
    return work(bytes);
  });
}

/** The text of a Secret or RevealOnce, for the header that it is sent in. @param {any} value @param {string} name */
export function exposedBy(value, name) {
  const held = heldOf(value);
  return held ? exposed(held) : withBytesOf(value, name, (bytes) => textOf(bytes, 0, bytes.length));
}

/**
 * The bytes of a string, Secret or RevealOnce, for another memory. The caller wipes
 * them.
 * @param {any} value @param {string} name
 */
export function bytesOf(value, name) {
  return withData(value, name, (data) => (typeof data === 'string' ? utf8Of(data) : data.slice()));
}

/** A secret of its own with the same text. @param {any} value @param {string} name */
export function copyOf(value, name) {
  return new Secret(typeof value === 'string' ? hold(value) : withBytesOf(value, name, copied), adopted);
}

/** @param {Uint8Array} bytes @returns {Held} */
function copied(bytes) {
  if (bytes.length > SIZE) return holdBytes(bytes.slice());
  return enter((core) => {
    fresh(core).bytes.set(bytes);
    return held(core, secrets(core).hold(bytes.length));
  });
}

/**
 * Works with the bytes of a Secret or RevealOnce, which may be of another copy of
 * the package, in whose memory they stay.
 * @template T
 * @param {any} value @param {string} name @param {(bytes: Uint8Array) => T} work
 * @returns {T}
 */
function withBytesOf(value, name, work) {
  const held = heldOf(value);
  if (held) return work(bytesIn(held));
  const bytes = foreignBytes(value, name);
  try {
    return work(bytes);
  } finally {
    bytes.fill(0);
  }
}

/** @param {any} value @param {string} name @returns {Uint8Array} */
function foreignBytes(value, name) {
  let bytes;
  try {
    bytes = typeof value === 'object' && value?.[BYTES]?.();
  } catch (thrown) {
    // Such as that it was revealed before.
    if (isError(thrown)) throw thrown;
  }
  if (!ArrayBuffer.isView(bytes)) throw failure('invalid_argument', name, 'expected a string or a Secret.');
  // Bytes of ours, whatever kind of view it is.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length > SIZE) throw tooLong(name);
  return view;
}

/** @param {string} name */
const tooLong = (name) => failure('invalid_argument', name, `it has more than ${LONGEST} characters, so it is no key.`);
