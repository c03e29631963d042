// KeyClient: every call is one promise from the core, with a time and a signal.

import { Call, run } from './call.js';
import { core } from './core.js';
import { asText, attempt, failure, isError, KeylatchError, object, toError } from './errors.js';
import { describe, handleOf } from './providers.js';
import { adoptReveal, adoptSecret, copy } from './secret.js';

/** @typedef {{ signal?: AbortSignal }} CallOptions */

const MOMENTS = ['createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt'];
/** Marks a core client that is already there, instead of options. */
const adopted = Symbol();

export class KeyClient {
  #core;
  #baseUrl;
  #isDisposed = false;
  #transport;
  /** Where the key came from, if it can be read there again. */
  #source;
  /** @type {Promise<any> | undefined} A reading that is under way. */
  #reading;
  /** @type {import('./index.js').Provider} */
  provider;

  /** @param {any} options @param {{ how: symbol, client: import('./wasm/keylatch.js').Client }} [made] */
  constructor(options, made) {
    const { provider, credential, fetch, timeout } = object(options);
    this.#transport = { fetch, timeout };
    new Call(this.#transport).end(); // Refuses a wrong fetch or timeout now and not at the first call.
    const handle = handleOf(provider);
    this.provider = describe(handle);
    this.#source = isSource(credential) ? { connect: (/** @type {any} */ next) => connect(handle, options, next), ...bound(credential) } : undefined;
    this.#core = made?.how === adopted ? made.client : connect(handle, options, credential);
    this.#baseUrl = this.#core.baseUrl;
  }

  /** @param {any} options */
  static async signIn(options) {
    const { provider, user, password, signal, fetch, timeout } = object(options);
    const nobody = connect(handleOf(provider), options);
    const client = await run({ fetch, timeout, signal }, async (call) =>
      nobody.run(call, 'signIn', { user }, copy(password, 'password')),
    );
    return new KeyClient(options, { how: adopted, client });
  }

  get baseUrl() {
    return this.#baseUrl;
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
    /** @param {any} secret @param {any} key */
    const handOver = (secret, key) => store(adoptSecret(secret), withDates(key));
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
    const answer = await this.#run('validate', signal, {}, attempt(() => copy(secret, 'secret')));
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
    const used = this.#core;
    // A body that is a stream is gone after the first try.
    const spare = this.#source && (isRequest(input) ? input.clone() : input);
    const { response, status } = await this.#fetch(input, init);
    const isStream = typeof (/** @type {any} */ (init.body)?.getReader) === 'function';
    if (status !== 401 || spare === undefined || isStream || !(await this.#readAgain(used))) return response;
    await response.body?.cancel();
    return (await this.#fetch(spare, init)).response;
  }

  /** @param {string | URL | Request} input @param {RequestInit} init */
  async #fetch(input, init) {
    const given = isRequest(input) ? input : undefined;
    const [address] = attempt(() => this.#core.authorize(given ? given.url : asText(input, 'input', 'it is not a URL.')));
    const outer = init.signal ?? given?.signal;
    const call = new Call({ ...this.#transport, signal: outer });
    try {
      const request = build(given ?? address, init, outer, call);
      // Asked again of the address that is really going to be used.
      const [, name, value] = attempt(() => this.#core.authorize(request.url));
      if (name) request.headers.set(name, value);
      const response = await call.dispatch(request);
      // Looked at here: it may be anything, of the user's own fetch.
      const { status, type } = response;
      if (type === 'opaqueredirect' || (status >= 300 && status < 400 && response.headers.has('location'))) {
        throw failure('redirect_refused', new URL(this.baseUrl).origin);
      }
      return { response, status };
    } catch (thrown) {
      if (isError(thrown)) throw thrown;
      // Disposed of in the meantime: there is nobody to ask what it means.
      if (this.#isDisposed) throw failure('aborted');
      throw toError(this.#core.failure(call, thrown), call.reason);
    } finally {
      call.end(); // The body may take its time.
    }
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#core.free();
  }

  #refuseAfterDisposal() {
    if (this.#isDisposed) throw failure('invalid_argument', 'client', 'it was disposed of. Make a new one.');
  }

  /**
   * @param {string} operation
   * @param {AbortSignal | undefined} signal
   * @param {object} options
   * @param {import('./wasm/keylatch.js').Secret} [secret] taken over
   * @param {Function} [store]
   * @returns {Promise<any>}
   */
  async #run(operation, signal, options, secret, store) {
    this.#refuseAfterDisposal();
    const used = this.#core;
    // A second try takes its own handle; the first one's is used up.
    let spare = secret && this.#source && secret.copy();
    try {
      return await run({ ...this.#transport, signal }, async (call) => used.run(call, operation, options, secret, outside(call, store)));
    } catch (thrown) {
      const refused = isError(thrown) && thrown.code === 'unauthorized';
      if (!refused || !(await this.#readAgain(used))) throw thrown;
      const own = spare;
      spare = undefined; // Taken over.
      return await run({ ...this.#transport, signal }, async (call) => this.#core.run(call, operation, options, own, outside(call, store)));
    } finally {
      spare?.free();
    }
  }

  /**
   * After a 401: whether there is another key than the refused one, because
   * another process has rotated it. Calls at the same time share one reading.
   * @param {import('./wasm/keylatch.js').Client} refused
   */
  async #readAgain(refused) {
    const source = this.#source;
    if (this.#core !== refused || !source) return this.#core !== refused;
    this.#reading ??= source.refresh().finally(() => (this.#reading = undefined));
    // Nothing found is no reason to hide what the service said.
    const fresh = await this.#reading.catch(() => undefined);
    if (!fresh || this.#isDisposed || this.#core !== refused) return this.#core !== refused;
    this.#source = { ...source, ...bound(fresh) };
    this.#core = source.connect(fresh);
    return true;
  }
}

/**
 * @param {import('./wasm/keylatch.js').Provider} handle
 * @param {any} options
 * @param {any} [credential] a key, or where one came from
 */
function connect(handle, options, credential) {
  const { secret, baseUrl, scheme } = isSource(credential) ? credential : { secret: credential };
  const known = { ...options, baseUrl: options.baseUrl ?? baseUrl, scheme: options.scheme ?? scheme };
  return attempt(() => {
    const key = secret === undefined ? undefined : copy(secret, 'credential');
    return new (core().Client)(handle, settings(known), key);
  });
}

/** @param {any} credential */
function isSource(credential) {
  return typeof credential === 'object' && credential !== null && 'secret' in credential;
}

/** @param {any} source @returns {{ refresh: () => Promise<any> }} */
function bound(source) {
  return { refresh: async () => source.refresh?.() };
}

/** The user's function, on the user's time. @param {Call} call @param {Function} [work] */
function outside(call, work) {
  return work && ((/** @type {any[]} */ ...given) => call.outside(() => work(...given)));
}

/** Of this realm or another. @param {any} input @returns {input is Request} */
function isRequest(input) {
  return typeof input === 'object' && input !== null && 'url' in input;
}

/**
 * The request, as the platform understands what it is given.
 * @param {string | Request} input
 * @param {RequestInit} init
 * @param {AbortSignal | undefined} outer
 * @param {Call} call
 */
function build(input, init, outer, call) {
  try {
    const signal = outer && AbortSignal.any ? AbortSignal.any([outer, call.signal]) : call.signal;
    return new Request(input, { ...init, signal, redirect: 'manual', referrerPolicy: 'no-referrer' });
  } catch (thrown) {
    throw new KeylatchError({ code: 'invalid_argument', details: ['fetch', 'no request can be made of this.'] }, thrown);
  }
}

/** What the core wants to know of the options. @param {any} options */
function settings({ baseUrl, retries, allowInsecure, scheme }) {
  return {
    baseUrl: baseUrl === undefined ? undefined : asText(baseUrl, 'baseUrl', 'it is not a URL.'),
    // The core would cut 1.5 to 1; NaN it refuses.
    retries: Number.isInteger(retries ?? 0) ? retries : NaN,
    allowInsecure,
    scheme,
  };
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
  const out = { key: withDates(key), secret: adoptReveal(secret) };
  return warning ? { ...out, warning: toError(warning) } : out;
}

/** @param {any} key @returns {import('./index.js').KeyInfo} */
function withDates(key) {
  for (const moment of MOMENTS) if (moment in key) key[moment] = new Date(key[moment]);
  return key;
}
