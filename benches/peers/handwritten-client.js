// The client that one would write by hand over keylatch's REST API, with what a
// key needs on its way: https, one origin, no redirect, a time limit, further
// tries, errors with a code. It reads; it does not create, so nothing can be lost.

import { authHeaders } from './handwritten.js';

const MOMENTS = { created_at: 'createdAt', expires_at: 'expiresAt', last_used_at: 'lastUsedAt', revoked_at: 'revokedAt' };

export class ServiceError extends Error {
  /** @param {{ code: string, status?: number, requestId?: string, message: string }} facts */
  constructor({ message, ...facts }) {
    super(message);
    Object.assign(this, facts);
  }
}

export class HandwrittenClient {
  #base;
  #headers;
  #fetch;
  #timeout;
  #retries;

  /** @param {{ baseUrl: string, key: string, fetch?: typeof fetch, timeout?: number, retries?: number }} options */
  constructor({ baseUrl, key, fetch = globalThis.fetch, timeout = 30_000, retries = 2 }) {
    const { origin, protocol, hostname } = new URL(baseUrl);
    if (protocol !== 'https:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) {
      throw new TypeError(`${origin} is not https.`);
    }
    this.#base = origin;
    this.#headers = { ...authHeaders(key), accept: 'application/json' };
    this.#fetch = fetch;
    this.#timeout = timeout;
    this.#retries = retries;
  }

  /** @param {{ signal?: AbortSignal }} [options] */
  async whoami(options) {
    const { id, user } = await this.#read('/v1/account', options);
    return { id, user };
  }

  /** @param {string} id @param {{ signal?: AbortSignal }} [options] */
  async get(id, options) {
    const raw = await this.#read(`/v1/keys/${encodeURIComponent(id)}`, options);
    const { name, status, masked, scopes } = raw;
    const key = { id: raw.id, name, status, masked, scopes };
    for (const [theirs, ours] of Object.entries(MOMENTS)) if (raw[theirs]) key[ours] = new Date(raw[theirs]);
    if (raw.replaced_by) key.replacedBy = raw.replaced_by;
    return key;
  }

  /** @param {string} path @param {{ signal?: AbortSignal }} [options] */
  async #read(path, { signal } = {}) {
    const limit = AbortSignal.timeout(this.#timeout);
    const init = {
      headers: this.#headers,
      redirect: /** @type {const} */ ('manual'),
      referrerPolicy: /** @type {const} */ ('no-referrer'),
      cache: /** @type {const} */ ('no-store'),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    };
    for (let attempt = 0; ; attempt++) {
      const last = attempt === this.#retries;
      let response;
      try {
        response = await this.#fetch(this.#base + path, init);
      } catch (cause) {
        if (init.signal.aborted || last) throw cause;
      }
      if (response && (last || (response.status !== 429 && response.status < 500))) return answer(response);
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 250));
    }
  }
}

/** @param {Response} response */
async function answer(response) {
  const requestId = response.headers.get('x-request-id') ?? undefined;
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
    throw new ServiceError({ code: 'redirect_refused', requestId, message: 'A key does not follow a redirect.' });
  }
  const body = await response.json();
  if (response.ok) return body;
  const code = String(body.type).split('/').pop() ?? 'service_error';
  throw new ServiceError({ code, status: response.status, requestId, message: String(body.detail) });
}
