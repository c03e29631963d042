// KeyClient: every call is one promise from the client's WebAssembly, with a time
// and a signal.

import { clientErrors } from '#data';

import { hasBrand } from '../core/brand.js';
import { asText, failure, isError, learn, object, toError } from '../core/errors.js';
import { LONGEST } from '../core/offline.js';
import { providerOf } from '../core/providers.js';
import { adopt, adoptOnce, bytesOf, copyOf, dispose } from '../core/secret.js';
import { ANY, checkKey } from '../keys/check.js';
import { headerName, headerValue, schemeOf } from '../keys/headers.js';
import { Attempt } from './attempt.js';
import { ABORTED, checkTransport, run } from './call.js';
import { fetchWith } from './fetch.js';
import { client, trapped } from './load.js';
import { duration, lifetime } from './lifetime.js';
import { originOf } from './origin.js';
import { outcomeOf } from './task.js';

/** @typedef {{ signal?: AbortSignal }} CallOptions */
/** @typedef {import('./load.js').Wasm} Wasm */
/**
 * What calls are made with.
 * @typedef {{ provider: import('../index.js').Provider, origin: import('./origin.js').Origin, scheme: import('../index.js').SchemeSpec,
 *   retries: number, secret?: import('../core/secret.js').Secret, wasm?: Wasm, handle?: any, isSession?: boolean, isOver?: boolean }} Connection
 */

const MOMENTS = ['createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt'];
/** Thrown for a connection whose key was wiped in the meantime: it was replaced, or the client disposed of. */
const OVER = Symbol();
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
  /** @type {Attempt<any> | undefined} A reading that is under way. */
  #reading;
  /** @type {import('../index.js').Provider} */
  provider;

  /** @param {any} options @param {{ how: symbol, connection: Connection }} [made] */
  constructor(options, made) {
    learn(clientErrors);
    const { provider, credential, fetch, timeout } = object(options);
    this.#transport = { fetch, timeout };
    checkTransport(this.#transport);
    this.provider = providerOf(provider);
    this.#source = isSource(credential) ? { connect: (/** @type {any} */ next, /** @type {string} */ before) => connect(options, next, before), ...bound(credential) } : undefined;
    this.#connection = made?.how === adopted ? made.connection : connect(options, credential);
  }

  /** @param {any} options */
  static async signIn(options) {
    learn(clientErrors);
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
    // A second try needs it after the first one, when the caller may have wiped it.
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
   * After a 401: whether there is another key than the refused one, because
   * another process has rotated it. Calls at the same time share one reading, each
   * for as long as a call may take.
   * @param {Connection} refused @param {AbortSignal} [signal]
   * @param {Error} [refusal] which stands when nothing is found that can be used; it gets the cause
   */
  async #readAgain(refused, signal, refusal) {
    const source = this.#source;
    const isOther = () => !this.#isDisposed && this.#connection !== refused;
    if (!source || this.#isDisposed || this.#connection !== refused) return isOther();
    if (!this.#reading || this.#reading.isAbandoned) this.#reading = new Attempt(source.refresh);
    const reading = this.#reading;
    try {
      const fresh = await run({ ...this.#transport, signal }, (call) => call.outside(REFRESH, (over) => reading.wait(over)));
      if (!fresh || !this.#isStill(refused)) return isOther();
      const next = source.connect(fresh, refused.origin.baseUrl);
      const { origin } = refused.origin;
      // A relative address would lead there, body and all.
      if (next.origin.origin !== origin) throw failure(/** @type {any} */ ('origin_mismatch'), origin, next.origin.origin);
      this.#source = { ...source, ...bound(fresh, source) };
      this.#connection = next;
      disconnect(refused);
      return true;
    } catch (thrown) {
      if (isError(thrown) && (thrown.code === 'timeout' || thrown.code === 'aborted')) throw thrown;
      // No reason to hide what the service said.
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
 * What the options say, checked; nothing is sent or loaded.
 * @param {any} options
 * @param {any} [credential] a key, or where one came from
 * @param {string} [before] the address until now
 * @returns {Connection}
 */
function connect(options, credential, before) {
  const { secret: key, baseUrl, scheme } = isSource(credential) ? credential : { secret: credential };
  const provider = providerOf(options.provider);
  const address = options.baseUrl ?? baseUrl ?? before ?? provider.baseUrl;
  if (address === undefined) throw failure('invalid_argument', 'baseUrl', `${provider.title} has no address of its own; say where it is.`);
  const retries = options.retries ?? 2;
  if (!Number.isInteger(retries) || retries < 0 || retries > 10) throw failure('invalid_argument', 'retries', 'use a whole number from 0 to 10.');
  const origin = originOf(asText(address, 'baseUrl', 'it is not a URL.'), options.allowInsecure === true);
  const name = options.scheme ?? scheme;
  const used = schemeOf(provider, name);
  const secret = key === undefined ? undefined : copyOf(key, 'credential');
  if (secret) refuseOther(provider, secret, used);
  return { provider, origin, scheme: used, retries, secret };
}

/**
 * Refuses what is certainly no key of the service, before anything is sent.
 * @param {import('../index.js').Provider} provider @param {any} secret @param {import('../index.js').SchemeSpec} scheme
 */
function refuseOther(provider, secret, scheme) {
  const text = secret.expose();
  // A format that is only observed does not count as certain.
  const found = checkKey(provider.certainty === 'documented' ? provider : ANY, text);
  if (!found.ok) {
    const [{ message }] = found.problems;
    throw failure(/** @type {any} */ ('invalid_key'), provider.title, message);
  }
  headerValue(scheme, text, provider.title);
}

/** @param {Connection} connection */
function disconnect(connection) {
  connection.isOver = true;
  connection.secret?.[dispose]();
  connection.handle?.free();
  connection.handle = undefined;
}

/**
 * Runs an operation in the client's WebAssembly. Which of `options`, `secret` and
 * `store` it takes, and what it answers: src/wasm/client/mod.rs.
 * @param {Connection} connection @param {import('./call.js').Call} call @param {string} operation @param {object} options
 * @param {Uint8Array} [secret] taken over @param {Function} [store]
 */
async function perform(connection, call, operation, options, secret, store) {
  try {
    const given = plainText(options);
    const wasm = await call.within(client());
    const handle = handleIn(wasm, connection);
    try {
      return await outcomeOf(handle.run(call, operation, given, secret, store));
    } catch (thrown) {
      throw trapped(wasm, thrown);
    }
  } catch (thrown) {
    // A signal that ended `store`: the new key was taken back.
    if (call.state === 'aborted' && /** @type {any} */ (thrown)?.code === 'store_failed') throw ABORTED;
    // The call's own end, while the module was being loaded.
    if (thrown === undefined && call.state !== 'running') {
      throw call.state === 'aborted' ? ABORTED : failure('timeout', connection.origin.origin, String(call.timeout));
    }
    throw thrown;
  } finally {
    secret?.fill(0);
  }
}

/** What the client holds of a connection: made anew after a trap. @param {Wasm} wasm @param {Connection} connection */
function handleIn(wasm, connection) {
  if (connection.isOver) throw OVER;
  if (connection.handle && (connection.wasm ?? wasm) === wasm) {
    connection.wasm = wasm;
    return connection.handle;
  }
  if (connection.isSession) throw failure('internal', 'the WebAssembly that held this session stopped. Sign in again.');
  const { provider, origin, scheme, retries, secret } = connection;
  const key = secret && bytesOf(secret, 'credential');
  try {
    connection.handle = new wasm.Client(JSON.stringify(provider), origin.baseUrl, origin.origin, scheme.type, retries, key);
  } finally {
    key?.fill(0);
  }
  connection.wasm = wasm;
  return connection.handle;
}

/** The header that authenticates; nothing where a browser's cookie does. @param {Connection} connection @returns {Promise<[string, string] | undefined>} */
async function headerOf(connection) {
  if (connection.isOver) throw failure('aborted');
  const { provider, scheme, secret, isSession, handle } = connection;
  if (secret) return [headerName(scheme), headerValue(scheme, secret, provider.title)];
  const cookie = isSession ? handle.cookie() : undefined;
  return cookie === undefined ? undefined : ['Cookie', cookie];
}

/** @param {unknown} value @returns {boolean} */
const isLong = (value) => (typeof value === 'string' ? value.length > LONGEST : Array.isArray(value) && value.some(isLong));

/** Options as JSON: what JavaScript can hand over that is none is refused. @param {object} options */
function plainText(options) {
  try {
    // Looked at by its length first: no service has so long an id, name, scope or cursor.
    const long = Object.entries(options).find(([, value]) => isLong(value));
    if (long) throw failure('invalid_argument', long[0], `it has more than ${LONGEST} characters.`);
    return JSON.stringify(options);
  } catch (thrown) {
    if (isError(thrown)) throw thrown;
    throw failure('invalid_argument', 'options', 'expected plain data, as JSON has it, that can be read and is not nested too deeply.');
  }
}

/** @param {any} credential */
function isSource(credential) {
  return typeof credential === 'object' && credential !== null && 'secret' in credential;
}

/**
 * How a key is read again. What was read and cannot do so itself is read as before.
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
