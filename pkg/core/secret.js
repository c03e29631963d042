// Secrets by slot: the text stays in the memory of the offline module.

import { textOf } from '#offline';

import { failure } from './errors.js';
import { buffer, enter, isCurrent, LONGEST, offline, read, short, SIZE, utf8Of, write } from './offline.js';

const inspect = Symbol.for('nodejs.util.inspect.custom');
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
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
/** @type {WeakMap<object, Held>} */
const kept = new WeakMap();

/** What is held now, for those who keep it out of texts. @type {Set<Held>} */
const living = new Set();
let version = 0;

/** Another number after each change of {@link livingSecrets}. */
export const secretsVersion = () => version;

/** The bytes of every secret that is alive, where they stand. */
export function* livingSecrets() {
  for (const held of living) yield bytesIn(held);
}

export class Redacted {
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
    wipe(/** @type {Held} */ (kept.get(this)));
  }
}

export class Secret extends Redacted {
  // Bundling shortens names; this one is seen.
  static name = 'Secret';

  /** @param {any} text @param {symbol} [how] */
  constructor(text, how) {
    super();
    if (how !== adopted && typeof text !== 'string') throw failure('invalid_argument', 'text', 'expected a string.');
    keep(this, how === adopted ? text : hold(text));
  }

  expose() {
    return exposed(/** @type {Held} */ (kept.get(this)));
  }

  mask() {
    const held = /** @type {Held} */ (kept.get(this));
    if (held.length > SIZE) return masked(ends(exposed(held)));
    return enter((core) => read(core, core.wasm.mask(loaded(core, held))));
  }
}

export class RevealOnce extends Redacted {
  // Bundling shortens names; this one is seen.
  static name = 'RevealOnce';

  /** @param {any} held @param {symbol} [how] */
  constructor(held, how) {
    super();
    if (how !== adopted) throw new TypeError('RevealOnce comes from create() and rotate() only.');
    keep(this, held);
  }

  reveal() {
    const held = /** @type {Held} */ (kept.get(this));
    const text = exposed(held);
    wipe(held);
    return text;
  }

  get revealed() {
    return /** @type {Held} */ (kept.get(this)).isWiped;
  }
}

/** @param {object} owner @param {Held} held */
function keep(owner, held) {
  kept.set(owner, held);
  living.add(held);
  version++;
  if (typeof FinalizationRegistry === 'undefined') return;
  (forgotten ??= new FinalizationRegistry(wipe)).register(owner, held);
}

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
    const slot = core.wasm.reserve(bytes.length);
    const at = core.wasm.pointer(slot);
    new Uint8Array(core.wasm.memory.buffer).set(bytes, at);
    const { length } = bytes;
    bytes.fill(0);
    return { core, slot, at, length, isWiped: false };
  });
}

/** @param {import('./offline.js').Offline} core @param {number} slot @returns {Held} */
function held(core, slot) {
  const length = core.wasm.load(slot);
  core.wasm.clear(length);
  return { core, slot, at: core.wasm.pointer(slot), length, isWiped: false };
}

/** @param {Held} held */
function exposed(held) {
  refuseWiped(held);
  return textOf(new Uint8Array(held.core.wasm.memory.buffer), held.at, held.length);
}

/** @param {Held} held */
function refuseWiped(held) {
  if (held.isWiped) throw failure('already_revealed');
}

/** @param {Held} held */
function wipe(held) {
  if (held.isWiped) return;
  held.isWiped = true;
  living.delete(held);
  version++;
  const { core, slot, at, length } = held;
  if (isCurrent(core)) enter(({ wasm }) => wasm.free(slot));
  // An instance that has trapped is not entered again.
  else new Uint8Array(core.wasm.memory.buffer, at, length).fill(0);
}

/**
 * Puts a secret into the buffer: its length.
 * @param {import('./offline.js').Offline} core @param {Held} held
 */
function loaded(core, held) {
  buffer(core).set(bytesIn(held));
  return held.length;
}

/** The bytes of a secret, where they stand. @param {Held} held */
function bytesIn(held) {
  refuseWiped(held);
  return new Uint8Array(held.core.wasm.memory.buffer, held.at, held.length);
}

/** A secret whose slot is new. @param {number} slot */
export const adoptSlot = (slot) => new Secret(held(offline(), slot), adopted);

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
  const held = heldBy(value, name);
  // A character is three bytes at most. The rest of the buffer is for what follows.
  if (held.length > 3 * LONGEST) throw failure('invalid_argument', name, `it has more than ${LONGEST} characters, so it is no key.`);
  return loaded(core, held);
}

/** The text of a Secret or RevealOnce, for the header that it is sent in. @param {any} value @param {string} name */
export const exposedBy = (value, name) => exposed(heldBy(value, name));

/**
 * The bytes of a string, Secret or RevealOnce, for another memory. The caller wipes
 * them.
 * @param {any} value @param {string} name
 */
export function bytesOf(value, name) {
  return typeof value === 'string' ? utf8Of(value) : bytesIn(heldBy(value, name)).slice();
}

/** A secret of its own with the same text. @param {any} value @param {string} name */
export function copyOf(value, name) {
  return new Secret(typeof value === 'string' ? hold(value) : holdBytes(bytesIn(heldBy(value, name)).slice()), adopted);
}

/** @param {any} value @param {string} name */
function heldBy(value, name) {
  const found = typeof value === 'object' && value !== null ? kept.get(value) : undefined;
  if (!found) throw failure('invalid_argument', name, 'expected a string or a Secret.');
  return found;
}
