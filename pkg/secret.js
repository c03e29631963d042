// Secrets by handle: the text stays in WebAssembly memory until it is asked for.

import { core } from './core.js';
import { attempt, failure } from './errors.js';

const inspect = Symbol.for('nodejs.util.inspect.custom');
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
const REDACTED = '[redacted]';

/** @type {(secret: Secret) => import('./wasm/keylatch.js').Secret} */
let secretHandle;
/** @type {(once: RevealOnce) => import('./wasm/keylatch.js').RevealOnce} */
let revealHandle;
/** Marks a handle that is already there, instead of a text. */
const adopted = Symbol();

class Redacted {
  toString() {
    return REDACTED;
  }

  toJSON() {
    return REDACTED;
  }

  [inspect]() {
    return `${this.constructor.name} { ${REDACTED} }`;
  }
}

export class Secret extends Redacted {
  #handle;

  /** @param {any} text @param {symbol} [how] */
  constructor(text, how) {
    super();
    this.#handle = how === adopted ? text : attempt(() => new (core().Secret)(text, 'text'));
  }

  static {
    secretHandle = (secret) => secret.#handle;
  }

  expose() {
    return attempt(() => this.#handle.expose());
  }

  mask() {
    return attempt(() => this.#handle.mask());
  }

  [dispose]() {
    this.#handle.wipe();
  }
}

export class RevealOnce extends Redacted {
  #handle;

  /** @param {any} handle @param {symbol} [how] */
  constructor(handle, how) {
    super();
    if (how !== adopted) throw new TypeError('RevealOnce comes from create() and rotate() only.');
    this.#handle = handle;
  }

  static {
    revealHandle = (once) => once.#handle;
  }

  reveal() {
    return attempt(() => this.#handle.reveal());
  }

  get revealed() {
    return this.#handle.revealed;
  }

  [dispose]() {
    this.#handle.wipe();
  }
}

/** @param {import('./wasm/keylatch.js').Secret} handle */
export const adoptSecret = (handle) => new Secret(handle, adopted);
/** @param {import('./wasm/keylatch.js').RevealOnce} handle */
export const adoptReveal = (handle) => new RevealOnce(handle, adopted);

/**
 * Lends a handle for the time of a call, and wipes it afterwards.
 * @template T
 * @param {unknown} value a string, Secret or RevealOnce
 * @param {string} name what it is called in an error
 * @param {(handle: import('./wasm/keylatch.js').Secret) => T} use
 */
export function lend(value, name, use) {
  return attempt(() => {
    const handle = copy(value, name);
    try {
      return use(handle);
    } finally {
      handle.free();
    }
  });
}

/** @param {unknown} value @param {string} name */
export function copy(value, name) {
  if (value instanceof Secret) return attempt(() => secretHandle(value).copy());
  if (value instanceof RevealOnce) return attempt(() => revealHandle(value).peek());
  if (typeof value !== 'string') throw failure('invalid_argument', name, 'expected a string or a Secret.');
  return new (core().Secret)(value, name);
}
