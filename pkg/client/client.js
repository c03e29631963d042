// KeyClient: every call is one promise from the client's WebAssembly, with a time
// and a signal.

import { clientErrors } from '#data';

import { asText, failure, isError, learn, object, toError } from '../core/errors.js';
import { LONGEST } from '../core/offline.js';
import { providerOf } from '../core/providers.js';
import { adopt, adoptOnce, bytesOf, copyOf } from '../core/secret.js';
import { checkKey } from '../keys/check.js';
import { headerValue, schemeOf } from '../keys/headers.js';
import { checkTransport, run } from './call.js';
import { fetchWith } from './fetch.js';
import { client, trapped } from './load.js';
import { originOf } from './origin.js';

/** @typedef {{ signal?: AbortSignal }} CallOptions */
/** @typedef {import('./load.js').Wasm} Wasm */
/**
 * What calls are made with.
 * @typedef {{ provider: import('../index.js').Provider, origin: import('./origin.js').Origin, scheme: import('../index.js').SchemeSpec,
 *   retries: number, secret?: import('../core/secret.js').Secret, wasm?: Wasm, handle?: any, isSession?: boolean }} Connection
 */

const MOMENTS = ['createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt'];
/** Marks a connection that is already there, instead of options. */
const adopted = Symbol();

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
  /** @type {Promise<any> | undefined} A reading that is under way. */
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
    this.#source = isSource(credential) ? { connect: (/** @type {any} */ next) => connect(options, next), ...bound(credential) } : undefined;
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
      readAgain: this.#source && ((used) => this.#readAgain(used)),
    });
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
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
        const keep = store && ((/** @type {any[]} */ ...given) => call.outside(() => store(...given)));
        return perform(connection, call, operation, options, bytes, keep);
      });
    // A second try needs it after the first one, when the caller may have wiped it.
    const spare = secret !== undefined && this.#source ? copyOf(secret, 'secret') : undefined;
    try {
      return await once(used);
    } catch (thrown) {
      const refused = isError(thrown) && thrown.code === 'unauthorized';
      if (!refused || !(await this.#readAgain(used))) throw thrown;
      if (spare) secret = spare;
      return await once(this.#connection);
    } finally {
      if (spare) spare[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    }
  }

  /**
   * After a 401: whether there is another key than the refused one, because
   * another process has rotated it. Calls at the same time share one reading.
   * @param {Connection} refused
   */
  async #readAgain(refused) {
    const source = this.#source;
    if (this.#connection !== refused || !source) return this.#connection !== refused;
    this.#reading ??= source.refresh().finally(() => (this.#reading = undefined));
    // Nothing found is no reason to hide what the service said.
    const fresh = await this.#reading.catch(() => undefined);
    if (!fresh || this.#isDisposed || this.#connection !== refused) return this.#connection !== refused;
    const next = source.connect(fresh);
    this.#source = { ...source, ...bound(fresh) };
    this.#connection = next;
    disconnect(refused);
    return true;
  }
}

/**
 * What the options say, checked; nothing is sent or loaded.
 * @param {any} options
 * @param {any} [credential] a key, or where one came from
 * @returns {Connection}
 */
function connect(options, credential) {
  const { secret: key, baseUrl, scheme } = isSource(credential) ? credential : { secret: credential };
  const provider = providerOf(options.provider);
  const address = options.baseUrl ?? baseUrl ?? provider.baseUrl;
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
  headerValue(scheme, text);
}

/** A service of whose keys nothing is known: what is wrong with every key is wrong with its. */
const ANY = 'luminary';

/** @param {Connection} connection */
function disconnect(connection) {
  connection.secret?.[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
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
      return await handle.run(call, operation, given, secret, store);
    } catch (thrown) {
      throw trapped(wasm, thrown);
    }
  } catch (thrown) {
    // The call's own end, while the module was being loaded.
    if (thrown === undefined && call.state !== 'running') {
      throw call.state === 'aborted' ? failure('aborted') : failure('timeout', connection.origin.origin, String(call.timeout));
    }
    throw thrown;
  } finally {
    secret?.fill(0);
  }
}

/** What the client holds of a connection: made anew after a trap. @param {Wasm} wasm @param {Connection} connection */
function handleIn(wasm, connection) {
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
  const { scheme, secret, isSession, handle } = connection;
  if (secret) return [scheme.type === 'header' ? scheme.name : 'Authorization', headerValue(scheme, secret)];
  const cookie = isSession ? handle.cookie() : undefined;
  return cookie === undefined ? undefined : ['Cookie', cookie];
}

/** Options as JSON: what JavaScript can hand over that is none is refused. @param {object} options */
function plainText(options) {
  for (const [name, value] of Object.entries(options)) {
    // Looked at by its length first: no service has so long an id, name or cursor.
    if (typeof value === 'string' && value.length > LONGEST) throw failure('invalid_argument', name, `it has more than ${LONGEST} characters.`);
  }
  try {
    return JSON.stringify(options);
  } catch {
    throw failure('invalid_argument', 'options', 'expected plain data, as JSON has it, that can be read and is not nested too deeply.');
  }
}

/** @param {any} credential */
function isSource(credential) {
  return typeof credential === 'object' && credential !== null && 'secret' in credential;
}

/** @param {any} source @returns {{ refresh: () => Promise<any> }} */
function bound(source) {
  return { refresh: async () => source.refresh?.() };
}

/** @param {unknown} expiresIn */
function lifetime(expiresIn) {
  // A Date of another realm is no instance of ours.
  const isDate = typeof expiresIn === 'object' && typeof (/** @type {any} */ (expiresIn)?.toISOString) === 'function';
  if (!isDate) return duration(expiresIn, 'expiresIn');
  try {
    const text = /** @type {Date} */ (expiresIn).toISOString();
    if (typeof text === 'string') return text;
  } catch {
    // An invalid Date throws; so may an object that is like one.
  }
  throw failure('invalid_argument', 'expiresIn', 'the Date is invalid.');
}

/** @param {unknown} given @param {string} name */
function duration(given, name) {
  if (given === undefined || typeof given === 'string') return given;
  if (Number.isSafeInteger(given) && Number(given) >= 0) return `PT${given}S`;
  throw failure('invalid_argument', name, 'use an ISO 8601 duration such as "P3M", or a whole number of seconds.');
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

