// One attempt that several callers wait for, each no longer than it wants to.

import { failure } from '../core/errors.js';
import { follow } from './follow.js';

/** @template T */
export class Attempt {
  #controller = new AbortController();
  #isSettled = false;
  #waiting = 0;

  /** @param {(signal: AbortSignal) => Promise<T>} work gets a signal that nobody waits any more */
  constructor(work) {
    this.outcome = work(this.#controller.signal);
    const settle = () => (this.#isSettled = true);
    this.outcome.then(settle, settle);
  }

  /** Nobody waited any more, so it was ended. */
  get isAbandoned() {
    return this.#controller.signal.aborted;
  }

  /** @param {AbortSignal} [signal] the caller's own */
  async wait(signal) {
    this.#waiting += 1;
    try {
      return await unlessAborted(this.outcome, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#isSettled) this.#controller.abort();
    }
  }
}

/**
 * What comes of a promise, or `aborted` as soon as the signal says so.
 * @template T
 * @param {Promise<T>} promise @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function unlessAborted(promise, signal) {
  // Somebody else may wait for it, or nobody.
  promise.catch(() => {});
  /** @type {() => void} */
  let abort = () => {};
  const aborted = new Promise((_, reject) => (abort = () => reject(failure('aborted'))));
  const leave = signal && follow(signal, abort);
  if (signal?.aborted) abort();
  try {
    return await /** @type {Promise<T>} */ (Promise.race([aborted, promise]));
  } finally {
    leave?.();
  }
}
