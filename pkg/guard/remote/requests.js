// Requests to keylatch-server with the guard's own credential, and what it means for the
// operator when they are refused.

import { run } from '../../client/call.js';
import { isError, KeylatchError } from '../../core/errors.js';
import { utf8Of } from '../../core/offline.js';
import { copyOf } from '../../core/secret.js';
import { headerValue } from '../../keys/headers.js';

/** @typedef {import('./remote.js').Settings} Settings */
/** @typedef {import('../../client/call.js').Answer} Answer */

/** Of an answer, in bytes: a thousand limits are less. */
const LARGEST = 1_000_000;
const DAY = 86_400_000;

export class Requests {
  #application;
  #origin;
  #credential;
  #timeout;
  #onWarning;
  /** What the function has given. @type {import('../../core/secret.js').Secret | undefined} */
  #given;
  /** Of which end was warned last, and when. @type {{ end: string, at: number } | undefined} */
  #warned;

  /** @param {Settings} settings */
  constructor({ application, origin, credential, timeout, onWarning = (warning) => console.warn(warning.message) }) {
    this.#application = application;
    this.#origin = origin;
    this.#credential = credential;
    this.#timeout = timeout;
    this.#onWarning = onWarning;
  }

  /**
   * The members of the answer.
   * @param {string} path @param {object} body @param {AbortSignal} [signal]
   * @returns {Promise<Record<string, any>>}
   */
  async post(path, body, signal) {
    const text = JSON.stringify(body);
    let used = await this.#secret();
    let answer = await this.#send(path, text, used, signal);
    // Where the credential can be read again there may be another one by now.
    if (answer.status === 401 && typeof this.#credential === 'function') {
      const refused = used.expose();
      this.#given = undefined;
      used = await this.#secret();
      if (used.expose() !== refused) answer = await this.#send(path, text, used, signal);
    }
    const members = membersOf(answer.bytes);
    if (answer.status !== 200) throw this.#refused(answer, members);
    if (!members) throw failed('bad_response', `${this.#origin.origin} did not answer as keylatch-server does. Check baseUrl.`);
    this.#warn(answer.headers['keylatch-key-expires']);
    return members;
  }

  async #secret() {
    if (typeof this.#credential !== 'function') return this.#credential;
    return (this.#given ??= copyOf(await this.#read(), 'credential'));
  }

  /** What the user's function gives, in the time of a request. */
  async #read() {
    try {
      return await run({ timeout: this.#timeout }, (call) => call.outside('credential', () => this.#credential()));
    } catch (/** @type {any} */ thrown) {
      if (!isError(thrown) || /** @type {string} */ (thrown.code) !== 'timeout') throw thrown;
      throw failed('timeout', `credential() did not answer within ${this.#timeout} ms.`);
    }
  }

  /** @param {string} path @param {string} body @param {any} secret @param {AbortSignal} [signal] @returns {Promise<Answer>} */
  async #send(path, body, secret, signal) {
    const { origin, baseUrl } = this.#origin;
    const headers = new Headers({ Authorization: headerValue({ type: 'bearer' }, secret, TITLE), 'Content-Type': 'application/json' });
    const answer = await run({ timeout: this.#timeout, signal }, (call) => call.answer('POST', baseUrl + path, headers, utf8Of(body), false, LARGEST));
    if (!('failed' in answer)) return answer;
    if (answer.failed === 'aborted') throw failed('aborted', 'The call was aborted.');
    if (answer.failed === 'timeout') throw failed('timeout', `${origin} did not answer within ${this.#timeout} ms.`);
    if (answer.failed === 'too_large') throw failed('bad_response', `${origin} answered with more than ${LARGEST} bytes. Check baseUrl.`);
    // What the platform says may have the header in it.
    const [name, message] = [answer.name, answer.message].map((text) => text.split(secret.expose()).join('[redacted]'));
    const cause = Object.assign(new Error(message), { name });
    throw new KeylatchError({ code: 'network_error', details: [], sentence: `${origin} could not be reached. Check baseUrl and the connection.` }, cause);
  }

  /** What the operator has to do. @param {Answer} answer @param {Record<string, any> | undefined} problem */
  #refused({ status, isRedirect, headers }, problem) {
    const [code, sentence] = meaning(status, isRedirect, this.#application);
    const wait = Number(headers['retry-after'] ?? NaN);
    // No more than a word and an id: whatever else somebody answers could have a key in it.
    const said = problem?.code;
    const service = isWord(said) ? { code: said } : undefined;
    const id = headers['x-request-id'];
    return new KeylatchError({
      code, details: [], sentence: `${this.#origin.origin} ${sentence}`, status, service,
      requestId: id !== undefined && /^req_[0-9A-Za-z]{16}$/.test(id) ? id : undefined,
      retryAfter: Number.isFinite(wait) ? wait : undefined,
    });
  }

  /** Of the guard's own credential, once a day. @param {string | undefined} end which the server tells for the last thirty days */
  #warn(end) {
    const now = Date.now();
    if (end === undefined || (this.#warned?.end === end && now - this.#warned.at < DAY)) return;
    const expiresAt = new Date(end);
    if (Number.isNaN(expiresAt.getTime())) return;
    this.#warned = { end, at: now };
    const message = `The management key with which the guard asks ${this.#origin.origin} ends at ${end}. Make a new one for ${this.#application} before.`;
    try {
      this.#onWarning({ code: 'credential_expires', message, expiresAt });
    } catch {
      // The log's fault is no reason to refuse a request.
    }
  }
}

const TITLE = 'keylatch-server';

/** @param {string} code @param {string} sentence */
const failed = (code, sentence) => new KeylatchError({ code, details: [], sentence });

/** What a status means, and what is to be done about it. @param {number} status @param {boolean} isRedirect @param {string} application @returns {[string, string]} */
function meaning(status, isRedirect, application) {
  const key = `Give the guard a management key of ${application} with the scope verify`;
  if (isRedirect || (status >= 300 && status < 400)) return ['redirect_refused', 'answered with a redirect, which a key does not follow. Check that baseUrl is the final address.'];
  if (status === 401) return ['unauthorized', `did not accept the credential. ${key} that has neither ended nor been revoked.`];
  if (status === 403) return ['forbidden', `does not let the credential verify keys. ${key}.`];
  if (status === 404) return ['not_found', 'has nothing for guards there. Check baseUrl, and that the server is as new as this package.'];
  if (status === 409) return ['conflict', 'has counted later reports of this guard than this one.'];
  if (status === 429) return ['rate_limited', 'says that the guard asks too often.'];
  if (status >= 500) return ['service_error', `failed with the status ${status}.`];
  return ['invalid_request', `refused the request with the status ${status}. Check that the server is as new as this package.`];
}

/** @param {unknown} value @returns {value is string} */
const isWord = (value) => typeof value === 'string' && /^[a-z_]{1,40}$/.test(value);

/** The members of a JSON object. @param {Uint8Array | undefined} bytes @returns {Record<string, any> | undefined} */
function membersOf(bytes) {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
