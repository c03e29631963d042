// Who calls, and what may they do: one's own API asks it of each request.

import { failure } from '../core/errors.js';
import { LONGEST } from '../core/offline.js';
import { declaredProvider } from '../core/services.js';
import { checkKey } from '../keys/check.js';
import { hashKey } from '../keys/issue.js';
import { Answers, isWithin, moment } from './answers.js';
import { credentialOf, placesOf } from './credential.js';
import { listOf, neededBy, numberOf, optionsOf, scopesOf } from './options.js';
import { Refusal } from './refusal.js';
import { Table } from './table.js';
import { networkOf, Throttle } from './throttle.js';

/** @typedef {import('./row.js').Known} Known */

const OPTIONS = ['format', 'lookup', 'schemes', 'fresh', 'stale', 'onUnavailable', 'timeout', 'cacheSize', 'unknownPerMinute'];

/** What a request needs of which nothing is said. @type {{ scopes?: readonly string[], address?: unknown }} */
const NOTHING = {};

/** How long an old answer stands in for a table that cannot be asked, where `stale` does not say it: an hour. */
const OUTAGE = 3600;
/** What the client is told to wait, in seconds. */
const RETRY_AFTER = 5;
/** The longest that setTimeout can hold. */
const LONGEST_TIMEOUT = 2_147_483_647;

/** @param {unknown} options */
export const createGuard = (options) => new Guard(optionsOf(options, OPTIONS));

class Guard {
  #formats;
  #schemes;
  #places;
  #fresh;
  #stale;
  /** Seconds since an answer's query for which it stands in for a table that cannot be asked. */
  #outage;
  #answers;
  #table;
  #throttle;
  /** Whether a request may wait for another one's query. */
  #shares;

  /** @param {Record<string, any>} options */
  constructor({ format, lookup, schemes, fresh, stale, onUnavailable = 'refuse', timeout, cacheSize, unknownPerMinute }) {
    if (typeof lookup !== 'function') throw failure('invalid_argument', 'lookup', 'expected a function that finds a row by the hash of its key.');
    if (onUnavailable !== 'refuse' && onUnavailable !== 'stale') throw failure('invalid_argument', 'onUnavailable', 'use "refuse" or "stale".');
    this.#formats = formatsOf(format);
    this.#schemes = schemesOf(schemes);
    this.#places = placesOf(this.#schemes);
    this.#fresh = numberOf(fresh, 'fresh', 5);
    this.#stale = numberOf(stale, 'stale', 0);
    this.#outage = onUnavailable === 'stale' ? this.#fresh + (this.#stale || OUTAGE) : 0;
    this.#answers = new Answers(numberOf(cacheSize, 'cacheSize', 10_000, { least: 1 }));
    this.#throttle = new Throttle(numberOf(unknownPerMinute, 'unknownPerMinute', 60, { least: 1 }));
    // On Cloudflare's workers the promise of another request may never settle.
    this.#shares = globalThis.navigator?.userAgent !== 'Cloudflare-Workers';
    this.#table = new Table({
      lookup,
      timeout: numberOf(timeout, 'timeout', 5000, { least: 1, most: LONGEST_TIMEOUT }),
      answers: this.#answers,
      shares: this.#shares,
      joinable: this.#fresh,
    });
  }

  /** @param {any} request @param {unknown} [options] */
  async authenticate(request, options) {
    const { scopes: needed, address } = options === undefined ? NOTHING : neededBy(options);
    const key = credentialOf(request, this.#places, this.#schemes);
    if (key.length > LONGEST) throw this.#notAccepted('mistyped');
    const hash = hashKey(key);
    const now = moment();
    const answer = this.#answers.found(hash);
    // Whose hash is known has been checked before.
    if (answer && isWithin(answer.began, now, this.#fresh)) return this.#admitted(answer.known, needed, now.wall);
    if (!this.#formats.some((isKey) => isKey(key))) throw this.#notAccepted('mistyped');
    const known = await this.#find(hash, answer, now, address ?? request.socket?.remoteAddress);
    return this.#admitted(known, needed, Date.now());
  }

  /** @param {unknown} text */
  forget(text) {
    if (typeof text !== 'string') throw failure('invalid_argument', 'key', 'expected the hash or the id of a key, a string.');
    this.#table.forget();
    this.#answers.forget(text);
  }

  /**
   * What the table says of a key of which there is no fresh answer.
   * @param {string} hash @param {import('./answers.js').Answer | undefined} last @param {import('./answers.js').Moment} now @param {unknown} address
   */
  async #find(hash, last, now, address) {
    // Nothing outlives the request on a worker, so there the request waits.
    if (last && this.#shares && !last.hasFailed && isWithin(last.began, now, this.#fresh + this.#stale)) {
      this.#table.ask(hash).catch(() => (last.hasFailed = this.#outage === 0));
      return last.known;
    }
    const missing = this.#answers.missing(hash);
    if (missing && isWithin(missing.began, now, this.#fresh)) return undefined;
    const network = networkOf(address);
    // Who holds a key that was known a while ago does not guess.
    if (!last && network !== undefined) this.#refuseGuesses(network, now);
    let known;
    try {
      known = await this.#table.ask(hash);
    } catch (cause) {
      if (last && isWithin(last.began, moment(), this.#outage)) return last.known;
      throw new Refusal('unavailable', { detail: 'API keys cannot be checked at the moment. Try again soon.', retryAfter: RETRY_AFTER, cause });
    }
    if (!known && network !== undefined) this.#throttle.count(network, moment().steady);
    return known;
  }

  /** @param {string} network @param {import('./answers.js').Moment} now */
  #refuseGuesses(network, now) {
    const seconds = this.#throttle.wait(network, now.steady);
    if (seconds === 0) return;
    const detail = `Too many unknown API keys came from this address. Try again in ${seconds} seconds.`;
    throw new Refusal('rate_limited', { detail, retryAfter: seconds, limit: this.#throttle.limit });
  }

  /** @param {Known | undefined} known @param {readonly string[] | undefined} needed @param {number} now */
  #admitted(known, needed, now) {
    if (!known) throw this.#notAccepted('not_found');
    const { id, owner, scopes, metadata, prefix, expiresAt } = known;
    if (expiresAt !== null && expiresAt <= now) throw this.#notAccepted('expired', 'The API key has expired.');
    if (known.isRevoked) throw this.#notAccepted('revoked');
    if (known.isDisabled) throw this.#notAccepted('disabled');
    if (needed?.some((scope) => !scopes.includes(scope))) {
      const all = scopesOf(needed);
      const detail = `This needs an API key with the ${all.length > 1 ? 'scopes' : 'scope'} ${all.join(', ')}.`;
      throw new Refusal('insufficient_scope', { detail, schemes: this.#schemes, scopes: all });
    }
    return { id, owner, scopes, metadata, prefix, expiresAt: expiresAt === null ? null : new Date(expiresAt) };
  }

  /** In one text, so that nobody learns what is not theirs. @param {string} reason @param {string} [detail] */
  #notAccepted(reason, detail = 'The API key is not valid.') {
    return new Refusal('invalid_token', { detail, schemes: this.#schemes, reason });
  }
}

/** @param {any} format @returns {((text: string) => boolean)[]} */
function formatsOf(format) {
  const all = listOf(format) ?? [format];
  if (all.length === 0) throw failure('invalid_argument', 'format', 'the list is empty, so no key could be accepted.');
  return all.map(tester);
}

/** @param {any} format what `generateKey` takes too @returns {(text: string) => boolean} */
function tester(format = 'live') {
  if (typeof format === 'object' && format !== null) {
    const service = declaredProvider({ id: 'own', title: 'own', format });
    return (text) => checkKey(service, text).ok;
  }
  if (format !== 'live' && format !== 'test') throw failure('invalid_argument', 'format', 'use "live", "test" or a key format.');
  const prefix = `kl_${format}_`;
  return (text) => text.startsWith(prefix) && checkKey('keylatch', text).ok;
}

/** @param {any} schemes @returns {readonly import('../index.js').SchemeSpec[]} */
function schemesOf(schemes) {
  if (schemes === undefined) return [{ type: 'bearer' }];
  const all = /** @type {import('../index.js').SchemeSpec[]} */ (declaredProvider({ id: 'own', title: 'own', schemes }).schemes);
  const places = all.map((scheme) => (scheme.type === 'header' ? scheme.name.toLowerCase() : scheme.type));
  if (new Set(places).size === places.length && !places.includes('authorization')) return all;
  throw failure('invalid_argument', 'schemes', 'each must have a place of its own, and Authorization is that of bearer and basic.');
}
