// Work that several callers wait for. Each waits until its own signal; when the last one
// has given up, the work is told to end.

import { failure } from '../core/errors.js';
import { follow } from './follow.js';

/** @template T */
export class Shared {
  #controller = new AbortController();
  #isSettled = false;
  #waiting = 0;

  /** @param {(signal: AbortSignal) => Promise<T>} work gets a signal that aborts when nobody waits any more */
  constructor(work) {
    this.outcome = work(this.#controller.signal);
    const settle = () => (this.#isSettled = true);
    this.outcome.then(settle, settle);
  }

  /** Whether the work was told to end, because nobody waited for it any more. */
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
 * The result of a promise, or the error `aborted` as soon as the signal aborts.
 * @template T
 * @param {Promise<T>} promise @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function unlessAborted(promise, signal) {
  // If nobody else waits for the promise, its rejection must not count as unhandled.
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
