// Requests to keylatch-server with a credential, for whoever asks it without the client's
// WebAssembly. What a refusal means for the asker, the asker says.

import { run, seconds } from '../client/call.js';
import { isError, KeylatchError } from '../core/errors.js';
import { utf8Of } from '../core/offline.js';
import { copyOf } from '../core/secret.js';
import { headerValue } from '../keys/headers.js';

/** @typedef {import('../client/call.js').Answer} Answer @typedef {import('../client/call.js').Call} Call */
/** @typedef {import('../core/secret.js').Secret} Secret */
/** @typedef {Record<string, any>} Members of a JSON object */

/**
 * What is asked, and the status that grants it: 204 has no body. `secrets` are the texts of the body that nobody may be told again.
 * @typedef {{ method: string, path: string, granted: number, body?: object, headers?: Record<string, string>, secrets?: string[] }} Asked
 *
 * What was refused: the problem, if the server has told one, whose words may have a secret of the request in them.
 * @typedef {{ status: number, code: string | undefined, problem: Members | undefined, secrets: string[] }} Refused
 *
 * @typedef {object} Settings
 * @property {import('../client/origin.js').Origin} origin
 * @property {any} credential a Secret, a function that gives one, or nothing where a browser's cookie does
 * @property {number} timeout in milliseconds
 * @property {typeof globalThis.fetch} [fetch]
 * @property {number} largest of an answer, in bytes
 * @property {(refused: Refused) => import('../core/errors.js').RawError} meaning
 */

const TITLE = 'keylatch-server';
/** A secret that is the same in JSON, in an address and on a web page, so that it is found wherever it stands. */
const SAME_EVERYWHERE = /^[\w.~-]{8,}$/;

/** Errors of requests that certainly did not reach the server. @type {WeakSet<object>} */
const unsent = new WeakSet();

/** @param {any} error */
export const neverLeft = (error) => unsent.has(error);

export class Requests {
  #settings;
  /** What the function has given. @type {Secret | undefined} */
  #given;

  /** @param {Settings} settings */
  constructor(settings) {
    this.#settings = settings;
  }

  /**
   * A call of one or several requests, within the time of one.
   * @template T
   * @param {AbortSignal | undefined} signal @param {(call: Call) => Promise<T>} work
   * @returns {Promise<T>}
   */
  run(signal, work) {
    const { fetch, timeout } = this.#settings;
    return run({ fetch, timeout, signal }, work);
  }

  /**
   * The answer and its members.
   * @param {Call} call @param {Asked} asked
   * @returns {Promise<{ answer: Answer, members: Members }>}
   */
  async ask(call, asked) {
    const { credential } = this.#settings;
    let used = await this.#secret(call);
    let answer = await this.#send(call, asked, used);
    // Where the credential can be read again there may be another one by now.
    if (answer.status === 401 && typeof credential === 'function') {
      const refused = used?.expose();
      this.#given = undefined;
      used = await this.#secret(call);
      if (used?.expose() !== refused) answer = await this.#send(call, asked, used);
    }
    const { status, bytes } = answer;
    const members = membersOf(bytes);
    if (status !== asked.granted) throw this.#refused(answer, members, secretsOf(asked, used));
    if (!members && status !== 204) throw this.#failed('bad_response', 'did not answer as keylatch-server does. Check that baseUrl is its address.');
    return { answer, members: members ?? {} };
  }

  /** @param {Call} call @returns {Promise<Secret | undefined>} */
  async #secret(call) {
    const { credential } = this.#settings;
    if (typeof credential !== 'function') return credential;
    return (this.#given ??= copyOf(await this.#read(call), 'credential'));
  }

  /** What the user's function gives, in the time of a request. @param {Call} call */
  async #read(call) {
    try {
      return await call.outside('credential', () => this.#settings.credential());
    } catch (/** @type {any} */ thrown) {
      if (!isError(thrown) || /** @type {string} */ (thrown.code) !== 'timeout') throw thrown;
      throw failed('timeout', `credential() did not answer within ${call.timeout} ms.`);
    }
  }

  /** @param {Call} call @param {Asked} asked @param {Secret | undefined} secret @returns {Promise<Answer>} */
  async #send(call, asked, secret) {
    const { method, path, body } = asked;
    const { origin: { baseUrl }, largest } = this.#settings;
    const headers = new Headers(asked.headers);
    if (secret) headers.set('Authorization', headerValue({ type: 'bearer' }, secret, TITLE));
    if (body) headers.set('Content-Type', 'application/json');
    const answer = await call.answer(method, baseUrl + path, headers, body && utf8Of(JSON.stringify(body)), !secret, largest);
    if (!('failed' in answer)) return answer;
    const error = this.#lost(call, answer, secretsOf(asked, secret));
    if (answer.neverLeft) unsent.add(error);
    throw error;
  }

  /** Why there is no answer. @param {Call} call @param {import('../client/call.js').Failed} failed @param {string[]} secrets */
  #lost(call, { failed: why, name, message }, secrets) {
    if (why === 'aborted') return failed('aborted', 'The call was aborted.', call.reason);
    if (why === 'timeout') return this.#failed('timeout', `did not answer within ${call.timeout} ms.`);
    if (why === 'too_large') return this.#failed('bad_response', `answered with more than ${this.#settings.largest} bytes. Check that baseUrl is its address.`);
    // What the platform says may have the header in it.
    const cause = Object.assign(new Error(scrubbed(message, secrets)), { name: scrubbed(name, secrets) });
    return this.#failed('network_error', 'could not be reached. Check the address and the connection.', cause);
  }

  /** @param {Answer} answer @param {Members | undefined} problem @param {string[]} secrets */
  #refused({ status, isRedirect, header }, problem, secrets) {
    const wait = Number(seconds(header('retry-after')));
    const [, code] = /^\/problems\/([a-z_]{1,40})$/.exec(String(problem?.type)) ?? [];
    const id = header('x-request-id');
    const facts = {
      status,
      service: code === undefined ? undefined : { code },
      requestId: id !== undefined && /^req_[0-9A-Za-z]{16}$/.test(id) ? id : undefined,
      retryAfter: Number.isFinite(wait) ? wait : undefined,
    };
    if (isRedirect || (status >= 300 && status < 400)) {
      return this.#failed('redirect_refused', 'answered with a redirect, which a key does not follow. Check that baseUrl is the final address.', undefined, facts);
    }
    return new KeylatchError({ ...facts, ...this.#settings.meaning({ status, code, problem, secrets }) });
  }

  /** @param {string} code @param {string} sentence about the server @param {unknown} [cause] @param {object} [facts] */
  #failed(code, sentence, cause, facts) {
    return failed(code, `${this.#settings.origin.origin} ${sentence}`, cause, facts);
  }
}

/** What nobody may be told again: never empty texts. @param {Asked} asked @param {Secret | undefined} secret */
const secretsOf = ({ secrets = [] }, secret) => (secret ? [...secrets, secret.expose()] : secrets);

/** @param {string} code @param {string} sentence @param {unknown} [cause] @param {object} [facts] */
const failed = (code, sentence, cause, facts) => new KeylatchError({ ...facts, code, details: [], sentence }, cause);

/**
 * A text without the secrets. One that could stand there in another form than its own is not looked
 * for: then nothing is said at all.
 * @param {string} text @param {string[]} secrets
 */
export function scrubbed(text, secrets) {
  const isEach = secrets.every((secret) => SAME_EVERYWHERE.test(secret));
  return isEach ? secrets.reduce((left, secret) => left.split(secret).join('[redacted]'), text) : '[redacted]';
}

/** The members of a JSON object. @param {Uint8Array | undefined} bytes @returns {Members | undefined} */
function membersOf(bytes) {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
