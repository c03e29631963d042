// The calls about applications: tries, pages, and what a refusal means.

import { requestErrors } from '#data';
import { clientErrors } from '#data-client';

import { originOf } from '../client/origin.js';
import { checkTransport } from '../client/call.js';
import { asText, failure, isError, KeylatchError, learn } from '../core/errors.js';
import { utf8Of } from '../core/offline.js';
import { numberOf, optionsOf } from '../core/options.js';
import { adoptOnce, copyOf } from '../core/secret.js';
import { needed } from '../server/needed.js';
import { neverLeft, Requests, scrubbed } from '../server/requests.js';
import { page, remaining, secret } from './shapes.js';

/** @typedef {import('./shapes.js').Shape} Shape @typedef {import('../server/requests.js').Asked} Asked */
/**
 * A request, and what its answer states. `isRepeatable`: nothing is done twice. `made` is what may be there although its answer
 * was lost; a request for that has an idempotency key, by which it is repeatable too.
 * @typedef {Omit<Asked, 'granted'> & { granted?: number, shape?: Shape, isRepeatable?: boolean, made?: string }} Request
 */

/** Of an answer, in bytes: a page of a hundred keys with all that they may have, or a thousand imported ones. */
const LARGEST = 32_000_000;
/** Nothing longer of what a server says is told. */
const LONGEST = 500;
/** As src/http/retry.rs has them, in milliseconds. */
const FIRST_PAUSE = 250, LONGEST_PAUSE = 10_000;

const OPTIONS = ['baseUrl', 'credential', 'fetch', 'timeout', 'retries', 'allowInsecure'];

export class Calls {
  #requests;
  #retries;
  #origin;

  /** @param {unknown} options */
  constructor(options) {
    learn({ ...requestErrors, ...clientErrors });
    const { baseUrl, credential, fetch, timeout = 30_000, retries, allowInsecure } = optionsOf(options, OPTIONS);
    if (baseUrl === undefined) throw failure('invalid_argument', 'baseUrl', 'say where keylatch-server is.');
    checkTransport({ fetch, timeout });
    const origin = originOf(asText(baseUrl, 'baseUrl', 'it is not a URL.'), allowInsecure === true);
    const secret = credential === undefined || typeof credential === 'function' ? credential : copyOf(credential, 'credential');
    this.#retries = numberOf(retries, 'retries', 2, { most: 10 });
    this.#origin = origin.origin;
    this.#requests = new Requests({ origin, credential: secret, timeout, fetch, largest: LARGEST, meaning: (refused) => this.#meaning(refused) });
  }

  /**
   * What the answer states.
   * @param {Request} request @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async ask({ shape, made, isRepeatable = false, granted = 200, ...asked }, signal) {
    const isNumbered = made !== undefined;
    const headers = isNumbered ? { 'Idempotency-Key': idempotencyKey() } : undefined;
    let isLost = false;
    try {
      return await this.#requests.run(signal, async (call) => {
        for (let number = 1; ; number += 1) {
          // A later try says so: a server that knows of no tries refuses it, instead of making a second one.
          const body = isNumbered && number > 1 ? { ...asked.body, attempt: number } : asked.body;
          try {
            const { members } = await this.#requests.ask(call, { ...asked, granted, headers, body });
            return shape?.(members, '');
          } catch (thrown) {
            isLost ||= isAnswerLost(thrown);
            const pause = number > this.#retries ? undefined : pauseAfter(thrown, number, isRepeatable || isNumbered);
            if (pause === undefined) throw thrown;
            await call.pause(pause);
          }
        }
      });
    } catch (thrown) {
      if (made === undefined || !(isLost || isAnswerLost(thrown))) throw thrown;
      const sentence = `The answer of ${this.#origin} was lost. ${made} may be there all the same: look at the list, and end it if nobody has it.`;
      throw new KeylatchError({ code: 'outcome_unknown', details: [], sentence }, thrown);
    }
  }

  /**
   * A new key, and what else the answer states of it.
   * @param {Request & { shape: Shape }} request @param {AbortSignal} [signal]
   */
  issue({ shape, ...request }, signal) {
    const both = (/** @type {any} */ members, /** @type {string} */ path) => {
      const key = shape(members, path);
      return { key, secret: adoptOnce(utf8Of(secret(members, path).secret)) };
    };
    return this.ask({ ...request, shape: both, granted: 201 }, signal);
  }

  /** What is left of the limits of whatever has this path. @param {string} path @param {AbortSignal} [signal] */
  async limits(path, signal) {
    const { limits } = await this.ask({ method: 'GET', path: `${path}/limits`, shape: remaining, isRepeatable: true }, signal);
    return limits;
  }

  /**
   * All of a list; pages are asked for as they are needed.
   * @param {(cursor: string | undefined) => string} pathOf @param {Shape} shape @param {AbortSignal} [signal]
   */
  async *list(pathOf, shape, signal) {
    /** @type {Set<string>} */
    const seen = new Set();
    let cursor;
    do {
      const { items, nextCursor } = await this.ask({ method: 'GET', path: pathOf(cursor), shape: page(shape), isRepeatable: true }, signal);
      yield* items;
      // A list that leads in a circle would have no end.
      cursor = needed(nextCursor, 'next_cursor', (it) => it === null || !seen.has(it)) ?? undefined;
      if (cursor) seen.add(cursor);
    } while (cursor);
  }

  /** @param {import('../server/requests.js').Refused} refused */
  #meaning({ status, code, problem, secrets }) {
    const message = sentenceIn(problem?.detail, secrets);
    const details = [this.#origin, message ?? `it answered with the status ${status}.`];
    return { code: codeOf(status, code), details, service: code === undefined && message === undefined ? undefined : { code, message } };
  }
}

/** A sentence of the server's, if it is one. @param {unknown} value @param {string[]} secrets */
function sentenceIn(value, secrets) {
  if (typeof value !== 'string') return undefined;
  const text = scrubbed(value, secrets).replace(/\p{Cc}+/gu, ' ').trim();
  return text && text !== '[redacted]' ? text.slice(0, LONGEST) : undefined;
}

/** @param {number} status @param {string | undefined} said */
function codeOf(status, said) {
  if (status === 401) return 'unauthorized';
  if (status === 402 || status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 409) return said === 'key_active' || said === 'key_inactive' ? said : 'conflict';
  if (status === 429) return 'rate_limited';
  if (status >= 500) return 'service_error';
  return status >= 400 ? 'invalid_request' : 'bad_response';
}

/** Whether the server may have done what was asked for. @param {any} error */
function isAnswerLost(error) {
  if (!isError(error) || neverLeft(error)) return false;
  return ['timeout', 'network_error', 'aborted', 'bad_response'].includes(/** @type {string} */ (error.code)) || /** @type {any} */ (error).status >= 500;
}

/**
 * When another try is worth it: the same table as src/http/retry.rs.
 * @param {any} error @param {number} number of the try @param {boolean} isRepeatable
 */
function pauseAfter(error, number, isRepeatable) {
  if (!isError(error)) return undefined;
  const { code, status, retryAfter = 0 } = /** @type {any} */ (error);
  const isWorthIt = code === 'rate_limited' || (isRepeatable && (code === 'network_error' || [500, 502, 503, 504].includes(status)));
  const pause = Math.max(FIRST_PAUSE * 2 ** (number - 1), retryAfter * 1000);
  return isWorthIt && pause <= LONGEST_PAUSE ? pause : undefined;
}

function idempotencyKey() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
