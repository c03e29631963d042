// KeyClient: every call is one promise from the client's WebAssembly, with a time
// and a signal.

import { requestErrors } from '#data';

import { hasBrand } from '../core/brand.js';
import { failure, isError, learn, object, toError } from '../core/errors.js';
import { providerOf } from '../core/providers.js';
import { adopt, adoptOnce, bytesOf, copyOf, dispose } from '../core/secret.js';
import { Shared } from './shared.js';
import { checkTransport, run } from './call.js';
import { connect, disconnect, headerOf, isSource, OVER, perform } from './connection.js';
import { fetchWith } from './fetch.js';
import { duration, lifetime } from './lifetime.js';

/** @typedef {{ signal?: AbortSignal }} CallOptions */
/** @typedef {import('./connection.js').Connection} Connection */

const MOMENTS = ['createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt'];
/** Marks a connection that is already there, instead of options. */
const adopted = Symbol();
/** What a client of another copy of the package is known by. */
const BRAND = Symbol.for('keylatch.KeyClient');

export class KeyClient {
  // Bundling shortens names; this one is seen.
  static get name() {
    return 'KeyClient';
  }

  /** @type {Connection} */
  #connection;
  #isDisposed = false;
  #transport;
  /** Where the key came from, if it can be read there again. */
  #source;
  /** @type {Shared<any> | undefined} The reading of the key that has begun. */
  #reading;
  /** @type {import('../index.js').Provider} */
  provider;

  /** @param {any} options @param {{ how: symbol, connection: Connection }} [made] */
  constructor(options, made) {
    learn(requestErrors);
    const { provider, credential, fetch, timeout } = object(options);
    this.#transport = { fetch, timeout };
    checkTransport(this.#transport);
    this.provider = providerOf(provider);
    this.#source = isSource(credential) ? { connect: (/** @type {any} */ next, /** @type {string} */ before) => connect(options, next, before), ...bound(credential) } : undefined;
    this.#connection = made?.how === adopted ? made.connection : connect(options, credential);
  }

  /** @param {any} options */
  static async signIn(options) {
    learn(requestErrors);
    const { user, password, signal, fetch, timeout } = object(options);
    const connection = connect(options);
    checkTransport({ fetch, timeout });
    const secret = bytesOf(password, 'password');
    const handle = await run({ fetch, timeout, signal }, (call) => perform(connection, call, 'signIn', { user }, secret));
    const own = { ...connection, handle, isSession: true };
    return new KeyClient(options, { how: adopted, connection: own });
  }

  get [BRAND]() {
    return #connection in this;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    return hasBrand(this, KeyClient, value, BRAND);
  }

  get baseUrl() {
    return this.#connection.origin.baseUrl;
  }

  /** @param {any} options */
  async create(options) {
    const { name, expiresIn, scopes, signal } = object(options);
    return issued(await this.#run('create', signal, { name, expiresIn: lifetime(expiresIn), scopes }));
  }

  /** @param {{ status?: string, search?: string } & CallOptions} [options] */
  async *list(options = {}) {
    const { status, search, signal } = object(options);
    let cursor;
    do {
      const page = await this.#run('list', signal, { status, search, cursor });
      yield* page.items.map(withDates);
      cursor = page.cursor;
    } while (cursor);
  }

  /** @param {string} id @param {CallOptions} [options] */
  async get(id, options = {}) {
    const { signal } = object(options);
    return withDates(await this.#run('get', signal, { id }));
  }

  /** @param {string} id @param {any} [options] */
  async rotate(id, options = {}) {
    const { overlap, store, signal } = object(options);
    if (store !== undefined && typeof store !== 'function') {
      throw failure('invalid_argument', 'store', 'expected a function.');
    }
    /** @param {Uint8Array} secret @param {any} key */
    const handOver = (secret, key) => store(adopt(secret), withDates(key));
    const keep = store && handOver;
    return issued(await this.#run('rotate', signal, { id, overlap: duration(overlap, 'overlap') }, undefined, keep));
  }

  /** @param {string} id @param {CallOptions} [options] */
  async revoke(id, options = {}) {
    const { signal } = object(options);
    return withDates(await this.#run('revoke', signal, { id }));
  }

  /** @param {string} id @param {CallOptions} [options] @returns {Promise<void>} */
  async delete(id, options = {}) {
    const { signal } = object(options);
    await this.#run('delete', signal, { id });
  }

  /** @param {unknown} secret @param {CallOptions} [options] */
  async validate(secret, options = {}) {
    const { signal } = object(options);
    const answer = await this.#run('validate', signal, {}, secret === undefined ? null : secret);
    return answer.key ? { ...answer, key: withDates(answer.key) } : answer;
  }

  /** @param {CallOptions} [options] */
  async whoami(options = {}) {
    const { signal } = object(options);
    return this.#run('whoami', signal, {});
  }

  /** @param {CallOptions} [options] @returns {Promise<void>} */
  async signOut(options = {}) {
    const { signal } = object(options);
    await this.#run('signOut', signal, {});
  }

  /** @param {string | URL | Request} input @param {RequestInit} [init] @returns {Promise<Response>} */
  async fetch(input, init = {}) {
    object(init);
    this.#refuseAfterDisposal();
    return fetchWith(this.#transport, input, init, {
      connection: () => this.#connection,
      isDisposed: () => this.#isDisposed,
      header: (connection) => headerOf(connection),
      readAgain: this.#source && ((used, signal) => this.#readAgain(used, signal)),
    });
  }

  [dispose]() {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    disconnect(this.#connection);
  }

  #refuseAfterDisposal() {
    if (this.#isDisposed) throw failure('invalid_argument', 'client', 'it was disposed of. Make a new one.');
  }

  /**
   * @param {string} operation
   * @param {AbortSignal | undefined} signal
   * @param {object} options
   * @param {unknown} [secret] a string, Secret or RevealOnce
   * @param {Function} [store]
   * @returns {Promise<any>}
   */
  async #run(operation, signal, options, secret, store) {
    this.#refuseAfterDisposal();
    const used = this.#connection;
    const once = (/** @type {Connection} */ connection) =>
      run({ ...this.#transport, signal }, (call) => {
        const bytes = secret === undefined ? undefined : bytesOf(secret, 'secret');
        const keep = store && ((/** @type {any[]} */ ...given) => call.kept('store()', () => store(...given)));
        return perform(connection, call, operation, options, bytes, keep);
      });
    // For a second try: by then the caller may have wiped the secret.
    const spare = secret !== undefined && this.#source ? copyOf(secret, 'secret') : undefined;
    try {
      return await once(used);
    } catch (thrown) {
      const refusal = isError(thrown) && thrown.code === 'unauthorized' ? thrown : undefined;
      const isRefused = thrown === OVER || refusal !== undefined;
      if (!isRefused || !(await this.#readAgain(used, signal, refusal))) throw thrown === OVER ? failure('aborted') : thrown;
      if (spare) secret = spare;
      return await once(this.#connection);
    } finally {
      if (spare) spare[dispose]();
    }
  }

  /**
   * After a 401: whether there is another key than the refused one, because another process
   * has rotated it. Calls at the same time share one reading; each waits as long as a call
   * may take.
   * @param {Connection} refused @param {AbortSignal} [signal]
   * @param {Error} [refusal] which stands when nothing is found that can be used; it gets the cause
   */
  async #readAgain(refused, signal, refusal) {
    const source = this.#source;
    const isOther = () => !this.#isDisposed && this.#connection !== refused;
    if (!source || this.#isDisposed || this.#connection !== refused) return isOther();
    if (!this.#reading || this.#reading.isAbandoned) this.#reading = new Shared(source.refresh);
    const reading = this.#reading;
    try {
      const fresh = await run({ ...this.#transport, signal }, (call) => call.outside(REFRESH, (over) => reading.wait(over)));
      if (!fresh || !this.#isStill(refused)) return isOther();
      const next = source.connect(fresh, refused.origin.baseUrl);
      const { origin } = refused.origin;
      // A request to a relative address would go to the new origin, with its body.
      if (next.origin.origin !== origin) throw failure(/** @type {any} */ ('origin_mismatch'), origin, next.origin.origin);
      this.#source = { ...source, ...bound(fresh, source) };
      this.#connection = next;
      disconnect(refused);
      return true;
    } catch (thrown) {
      if (isError(thrown) && (thrown.code === 'timeout' || thrown.code === 'aborted')) throw thrown;
      // The error is still what the service said; why no other key was found is its cause.
      if (refusal && !('cause' in refusal)) Object.assign(refusal, { cause: unread(thrown) });
      return isOther();
    } finally {
      if (this.#reading === reading) this.#reading = undefined;
    }
  }

  /** @param {Connection} connection */
  #isStill(connection) {
    return !this.#isDisposed && this.#connection === connection;
  }
}

/** What errors call the function that reads a key again. */
const REFRESH = 'credential.refresh()';

/** Why there is no other key. What is not ours may have one in its message. @param {unknown} thrown */
function unread(thrown) {
  const why = isError(thrown) ? `gave a key that cannot be used: ${thrown.message}` : 'threw an error.';
  return new Error(`${REFRESH} ${why}`);
}

/**
 * How a key is read again: by its own `refresh`, or, where it has none, as the key before it.
 * @param {any} source @param {{ refresh(signal: AbortSignal): Promise<any> }} [before]
 * @returns {{ refresh(signal: AbortSignal): Promise<any> }}
 */
function bound(source, before) {
  if (before && typeof source?.refresh !== 'function') return { refresh: before.refresh };
  return { refresh: async (signal) => source.refresh?.({ signal }) };
}

/** @param {any} raw */
function issued({ key, warning, secret }) {
  const out = { key: withDates(key), secret: adoptOnce(secret) };
  return warning ? { ...out, warning: toError(warning) } : out;
}

/** @param {any} key @returns {import('../index.js').KeyInfo} */
function withDates(key) {
  for (const moment of MOMENTS) if (moment in key) key[moment] = new Date(key[moment]);
  return key;
}
