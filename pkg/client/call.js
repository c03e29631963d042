// The time and the fetch of one call. The transport in Rust (src/wasm/client/fetch.rs)
// is driven by it. Nothing here throws or rejects through Rust: what goes wrong is
// a value.

import { failure, toError } from '../core/errors.js';
import { Clock, MAX } from './clock.js';
import { readBody } from './body.js';
import { follow } from './follow.js';

/** Longer than the clean-up after a lost answer may take; see src/lifecycle/recover.rs. */
const GRACE = 6_000;
/** A call that the user's signal has ended; it gets the signal's reason. */
export const ABORTED = { code: 'aborted', details: [] };
/** Node's words for a request that certainly did not reach the service: there was no connection, or no trust in who answered. */
const NEVER_LEFT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|bad port|UNABLE_TO_.*|(?!ERR_SSL).*CERT.*)$/;

/**
 * The result of a request: an answer, or why there is none. A `fetch` of the user's own may
 * resolve to anything, so a header that should be a text is a text or undefined.
 * @typedef {{ status: number, isRedirect: boolean, header(name: string): string | undefined, cookies(): string | undefined, bytes?: Uint8Array }} Answer
 * @typedef {{ failed: 'aborted' | 'timeout' | 'network' | 'too_large', neverLeft: boolean, name: string, message: string }} Failed
 * @typedef {{ facts: string, bytes?: Uint8Array }} Told the same as it crosses: the facts as JSON
 */

export class Call {
  /** @type {'running' | 'aborted' | 'timeout'} */
  state = 'running';
  timeout;
  #fetch;
  #clock = new Clock();
  #controller = new AbortController();
  /** @type {AbortSignal | undefined} The user's. */
  #outer;
  /** @type {(() => void)[]} What ends with the call. */
  #ends = [];
  /** @type {(reason: unknown) => void} */
  #expire = () => {};
  #expired;
  #unwatch = () => {};
  #giveUp = () => {};
  /** Ends the wait for a function of the user's. */
  #interrupt = () => {};
  #isOver = false;

  /** @param {{ fetch?: typeof globalThis.fetch, timeout?: number, signal?: AbortSignal }} options */
  constructor({ fetch, timeout = 30_000, signal }) {
    checkTransport({ fetch, timeout });
    this.#fetch = fetch;
    this.timeout = timeout;
    this.#expired = new Promise((_, reject) => (this.#expire = reject));
    this.#expired.catch(() => {});
    if (signal !== undefined) this.#follow(signal);
    // Last: `#follow` throws if the signal is none, and then no timer may be left running.
    this.#clock.after(timeout, () => this.#stop('timeout'));
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

  /** Sends a request of the client's and reads its answer. @param {Parameters<Call['answer']>} request @returns {Promise<Told>} */
  async send(...request) {
    const answer = await this.answer(...request);
    return told('failed' in answer ? answer : factsOf(answer));
  }

  /**
   * @param {string} method @param {string} url @param {Headers} headers @param {Uint8Array | undefined} body wiped
   * @param {boolean} cookies whether a browser may add and keep its own @param {number} limit of the answer, in bytes
   * @returns {Promise<Answer | Failed>}
   */
  async answer(method, url, headers, body, cookies, limit) {
    try {
      if (this.state !== 'running') return this.failed(undefined, true);
      // Pages and their workers have a place, and cookies; Node and worker runtimes do not.
      const keepsCookies = typeof globalThis.location?.origin === 'string';
      // Runtimes without a cache throw at the option `cache`: workerd before 2024-12.
      const page = keepsCookies ? { credentials: cookies ? 'include' : 'omit', cache: 'no-store' } : {};
      const init = { method, headers, body, redirect: 'manual', referrerPolicy: 'no-referrer', signal: this.signal, ...page };
      const response = await this.dispatch(url, /** @type {any} */ (init));
      const { status, type, headers: given } = response;
      const bytes = await this.within(readBody(response, limit, this.signal));
      if (bytes === 'too_large') return { failed: 'too_large', neverLeft: false, name: '', message: '' };
      return {
        status: Number(status) || 0,
        isRedirect: type === 'opaqueredirect',
        header: (name) => text(() => given.get(name)),
        cookies: () => cookiesOf(given, keepsCookies),
        bytes,
      };
    } catch (thrown) {
      return this.failed(thrown);
    } finally {
      // Not before: a `fetch` that a framework put in the place of the platform's may read it later.
      body?.fill(0);
    }
  }

  /**
   * The platform's `fetch` makes a request of what it is given, so none is made before; one of the
   * user's is given a `Request`.
   * @param {string | Request} input @param {RequestInit} [init]
   * @returns {Promise<Response>}
   */
  dispatch(input, init) {
    if (this.state !== 'running') return this.within(undefined);
    const [own, { fetch }] = [this.#fetch, globalThis];
    // Called without `this`: a browser's fetch refuses any but the window.
    return this.within(own ? own(init ? new Request(input, init) : /** @type {Request} */ (input)) : fetch(input, init));
  }

  /**
   * What a rejection means. It may be anything, and throw when it is looked at.
   * @param {any} thrown @param {boolean} [neverLeft]
   * @returns {Failed}
   */
  failed(thrown, neverLeft = false) {
    if (this.state !== 'running') return { failed: this.state, neverLeft, name: '', message: '' };
    // Node's fetch says only "fetch failed"; the reason is one cause below.
    const below = text(() => thrown.cause.code ?? thrown.cause.message);
    const message = (text(() => thrown.message) ?? '') + (below ? ` (${below})` : '');
    return { failed: 'network', neverLeft: neverLeft || NEVER_LEFT.test(/** @type {any} */ (below)), name: text(() => thrown.name) ?? 'Error', message };
  }

  /** @param {unknown} promise @returns {Promise<any>} */
  within(promise) {
    return /** @type {any} */ (Promise.race([this.#expired, promise]));
  }

  /** Nothing, or that the call's time has ended before. @param {number} milliseconds @returns {Promise<Told | undefined>} */
  async pause(milliseconds) {
    try {
      await this.within(new Promise((resolve) => void this.#clock.after(milliseconds, () => resolve(undefined))));
      return undefined;
    } catch (thrown) {
      return told(this.failed(thrown));
    }
  }

  /** A call with a time of its own and without the user's signal. @param {number} timeout */
  renew(timeout) {
    const later = new Call({ fetch: this.#fetch, timeout });
    this.#ends.push(() => later.end());
    this.#watch(timeout);
    return later;
  }

  /**
   * The result of the work, or an error long after it should have settled: a fault in the
   * WebAssembly must not make a call hang.
   * @template T
   * @param {(call: Call) => Promise<T>} work
   * @returns {Promise<T>}
   */
  guard(work) {
    /** @type {Promise<never>} */
    const stuck = new Promise((_, reject) => (this.#giveUp = () => reject(failure('internal', 'its WebAssembly did not answer.'))));
    this.#watch(this.timeout);
    return Promise.race([work(this), stuck]);
  }

  /**
   * Waits for a function of the user's, until the signal aborts. It has the whole `timeout` of
   * a call, counted from now: it may ask a person, and a new key must not be lost over that.
   * @template T
   * @param {string} name of the function
   * @param {(over: AbortSignal) => T} work gets a signal that aborts when nobody waits for it any more
   * @returns {Promise<Awaited<T>>}
   */
  async outside(name, work) {
    if (this.state === 'aborted') throw ABORTED;
    this.#unwatch();
    const over = new AbortController();
    let cancel = () => {};
    /** @type {Promise<never>} */
    const late = new Promise((_, reject) => {
      cancel = this.#clock.after(this.timeout, () => reject(failure('timeout', name, String(this.timeout))));
      this.#interrupt = () => reject(ABORTED);
    });
    late.catch(() => over.abort());
    try {
      return await /** @type {any} */ (Promise.race([work(over.signal), late]));
    } finally {
      cancel();
      this.#interrupt = () => {};
      this.#watch(this.timeout);
    }
  }

  /**
   * The same for the core, which takes no rejections. It resolves to nothing, or to the name
   * and the message of what was thrown.
   * @param {string} name of the function
   * @param {() => unknown} work @returns {Promise<Told | undefined>}
   */
  async kept(name, work) {
    try {
      await this.outside(name, work);
      return undefined;
    } catch (/** @type {any} */ thrown) {
      return told({ name: text(() => thrown.name), message: text(() => thrown.message) });
    }
  }

  /** From now on, the core has this long and a little. @param {number} milliseconds */
  #watch(milliseconds) {
    this.#unwatch();
    if (!this.#isOver) this.#unwatch = this.#clock.after(Math.min(milliseconds + GRACE, MAX), () => this.#giveUp());
  }

  end() {
    this.#isOver = true;
    this.#clock.end();
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
      this.#ends.push(follow(signal, abort));
      isAborted = signal.aborted;
    } catch {
      // An object that throws when it is asked is no signal.
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
    if (state === 'aborted') this.#interrupt();
  }
}

/** Refuses a wrong `fetch` or `timeout`. @param {{ fetch?: unknown, timeout?: unknown }} options */
export function checkTransport({ fetch, timeout = 30_000 }) {
  if (fetch !== undefined && typeof fetch !== 'function') throw failure('invalid_argument', 'fetch', 'expected a function.');
  if (typeof timeout === 'number' && timeout >= 1 && timeout <= MAX) return;
  throw failure('invalid_argument', 'timeout', `use 1 to ${MAX} milliseconds.`);
}

/** A text of what may be anything, and throw when it is looked at. @param {() => unknown} read */
function text(read) {
  try {
    const value = read();
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {{ bytes?: Uint8Array, [fact: string]: unknown }} what @returns {Told} */
function told({ bytes, ...facts }) {
  return { facts: JSON.stringify(facts), bytes };
}

/** What the core reads of an answer: src/lifecycle/call.rs, src/lifecycle/session.rs. @param {Answer} answer */
function factsOf({ status, isRedirect, header, cookies, bytes }) {
  const isGranted = status >= 200 && status < 300;
  const headers = isGranted ? { 'set-cookie': cookies() } : { 'retry-after': seconds(header('retry-after')), 'x-request-id': header('x-request-id') };
  return { status, isRedirect, headers, bytes };
}

/** Where one cookie ends and the next begins: a comma may stand in a date, too. */
const COMMA = /,\s*(?=[^\s;,=]+=)/;

/**
 * The cookies of an answer, one a line. A browser keeps them and shows none; then a line without
 * one says so (src/http/mod.rs). An old workerd joins all of them in one header.
 * @param {any} headers @param {boolean} keepsCookies
 */
function cookiesOf(headers, keepsCookies) {
  const cookies = text(() => lines(typeof headers.getSetCookie === 'function' ? headers.getSetCookie() : headers.get('set-cookie').split(COMMA)));
  return keepsCookies ? `\n${cookies ?? ''}` : cookies || undefined;
}

/** Cookies, of which none has a line break. @param {Iterable<unknown>} cookies */
const lines = (cookies) => [...cookies].filter((cookie) => typeof cookie === 'string' && cookie !== '').join('\n');

/**
 * What `Retry-After` has as a date (RFC 9110, section 10.2.3), as seconds from
 * now. `Date` takes much for a date, `-1` among it, so it must look like one.
 * @param {string | undefined} value
 */
export function seconds(value) {
  if (!value?.endsWith(' GMT')) return value;
  const left = Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return Number.isNaN(left) ? value : String(Math.max(0, left));
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
