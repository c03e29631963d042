// The time and the fetch of one call. The transport in Rust is driven by it.

import { failure, toError } from './errors.js';

/** Longer than putting things right may take after a lost answer; see src/lifecycle/recover.rs. */
const GRACE = 6_000;
/** The most that setTimeout can hold; more would fire at once. */
const MAX = 2_147_483_647;

export class Call {
  /** @type {'running' | 'aborted' | 'timeout'} */
  state = 'running';
  timeout;
  #fetch;
  #controller = new AbortController();
  /** @type {AbortSignal | undefined} The user's. */
  #outer;
  /** @type {(() => void)[]} What ends with the call. */
  #ends = [];
  /** @type {(reason: unknown) => void} */
  #expire = () => {};
  #expired;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;
  #giveUp = () => {};
  #isOver = false;

  /** @param {{ fetch?: typeof globalThis.fetch, timeout?: number, signal?: AbortSignal }} options */
  constructor({ fetch, timeout = 30_000, signal }) {
    if (fetch !== undefined && typeof fetch !== 'function') {
      throw failure('invalid_argument', 'fetch', 'expected a function.');
    }
    if (typeof timeout !== 'number' || !(timeout >= 1 && timeout <= MAX)) {
      throw failure('invalid_argument', 'timeout', `use 1 to ${MAX} milliseconds.`);
    }
    this.#fetch = fetch;
    this.timeout = timeout;
    this.#expired = new Promise((_, reject) => (this.#expire = reject));
    this.#expired.catch(() => {});
    if (signal !== undefined) this.#follow(signal);
    // Last, because a signal may be refused.
    this.#after(timeout, () => this.#stop('timeout'));
  }

  get signal() {
    return this.#controller.signal;
  }

  /** Why the signal ended the call, if it did. */
  get reason() {
    try {
      return this.state === 'aborted' ? this.#outer?.reason : undefined;
    } catch {
      return undefined; // A signal of the user's own making.
    }
  }

  /** Pages and their workers have a place, and cookies; Node and worker runtimes do not. */
  get keepsCookies() {
    return typeof globalThis.location?.origin === 'string';
  }

  /** @param {Request} request @returns {Promise<Response>} */
  dispatch(request) {
    // Called without `this`: a browser's fetch refuses any but the window.
    const send = this.#fetch ?? globalThis.fetch;
    return /** @type {any} */ (this.within(this.state === 'running' ? send(request) : undefined));
  }

  /** @param {unknown} promise */
  within(promise) {
    return Promise.race([this.#expired, promise]);
  }

  /** @param {number} milliseconds */
  pause(milliseconds) {
    return this.within(new Promise((resolve) => this.#after(milliseconds, () => resolve(undefined))));
  }

  /** @param {number} timeout */
  renew(timeout) {
    const later = new Call({ fetch: this.#fetch, timeout });
    this.#ends.push(() => later.end());
    this.#watch(timeout);
    return later;
  }

  /**
   * What comes of the work, or an error long after it should have settled: a
   * fault in the WebAssembly must not hang anyone.
   * @template T
   * @param {(call: Call) => Promise<T>} work
   * @returns {Promise<T>}
   */
  guard(work) {
    this.#ends.push(() => clearTimeout(this.#watchdog));
    /** @type {Promise<never>} */
    const stuck = new Promise((_, reject) => (this.#giveUp = () => reject(failure('internal', 'it did not come back.'))));
    this.#watch(this.timeout);
    return Promise.race([work(this), stuck]);
  }

  /**
   * Waits for code of the user's, which may take as long as it likes: a person
   * may be asked. A new key must not be lost over it.
   * @template T
   * @param {() => T} work
   * @returns {Promise<Awaited<T>>}
   */
  async outside(work) {
    clearTimeout(this.#watchdog);
    try {
      return await work();
    } finally {
      this.#watch(this.timeout);
    }
  }

  /** From now on, the core has this long and a little. @param {number} milliseconds */
  #watch(milliseconds) {
    clearTimeout(this.#watchdog);
    if (this.#isOver) return;
    this.#watchdog = setTimeout(() => this.#giveUp(), Math.min(milliseconds + GRACE, MAX));
  }

  end() {
    this.#isOver = true;
    for (const end of this.#ends.splice(0)) {
      try {
        end();
      } catch {
        // A signal of the user's own making; the others end all the same.
      }
    }
  }

  /** Of this realm or another, or of the user's own making. @param {AbortSignal} signal */
  #follow(signal) {
    const abort = () => this.#stop('aborted');
    let isAborted;
    try {
      signal.addEventListener('abort', abort);
      this.#ends.push(() => signal.removeEventListener('abort', abort));
      isAborted = signal.aborted;
    } catch {
      // What throws when it is asked is none.
    }
    if (typeof isAborted !== 'boolean') {
      this.end();
      throw failure('invalid_argument', 'signal', 'expected an AbortSignal.');
    }
    this.#outer = signal;
    if (isAborted) abort();
  }

  /** @param {'aborted' | 'timeout'} state */
  #stop(state) {
    if (this.state !== 'running') return;
    this.state = state;
    this.#controller.abort();
    this.#expire(undefined);
  }

  /** @param {number} milliseconds @param {() => void} then */
  #after(milliseconds, then) {
    const timer = setTimeout(then, milliseconds);
    this.#ends.push(() => clearTimeout(timer));
  }
}

/**
 * Runs one call from its first request to its last.
 * @template T
 * @param {{ fetch?: typeof globalThis.fetch, timeout?: number, signal?: AbortSignal }} options
 * @param {(call: Call) => Promise<T>} work
 */
export async function run(options, work) {
  const call = new Call(options);
  try {
    return await call.guard(work);
  } catch (raw) {
    throw toError(raw, call.reason);
  } finally {
    call.end();
  }
}
