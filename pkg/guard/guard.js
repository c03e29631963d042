// Who calls, and what may they do: one's own API asks it of each request.

import { failure } from '../core/errors.js';
import { LONGEST } from '../core/offline.js';
import { listOf, numberOf, optionsOf } from '../core/options.js';
import { declaredProvider } from '../core/services.js';
import { isKeyOf } from '../keys/check.js';
import { hashKey } from '../keys/issue.js';
import { KEYS } from '../server/format.js';
import { networkOf } from './address.js';
import { Answers, isWithin, moment } from './answers.js';
import { credentialOf, placesOf } from './credential.js';
import { ownTable } from './lookup.js';
import { neededBy, scopesOf } from './options.js';
import { Refusal } from './refusal.js';
import { serverTable } from './server.js';
import { Table } from './table.js';
import { Throttle } from './throttle.js';

/** @typedef {import('./row.js').Known} Known */

const OPTIONS = ['format', 'schemes', 'fresh', 'stale', 'onUnavailable', 'timeout', 'cacheSize', 'unknownPerMinute'];
const OF_TABLE = ['lookup', ...OPTIONS];
const OF_SERVER = ['application', 'credential', 'baseUrl', 'allowInsecure', 'onWarning', ...OPTIONS];

// A table of one's own counts nothing, so a cost would be left out of the decision unseen.
const TABLE_CALL = ['scopes', 'address', 'waitUntil'];
const SERVER_CALL = [...TABLE_CALL, 'cost'];

/** What a request needs of which nothing is said. */
const NOTHING = neededBy({}, SERVER_CALL);

/** A table of one's own knows of none. @type {readonly never[]} */
const NO_LIMITS = Object.freeze([]);

/** How long an old answer stands in for a table that cannot be asked, where `stale` does not say it: an hour. */
const OUTAGE = 3600;
/** What the client is told to wait, in seconds. */
const RETRY_AFTER = 5;
/** The longest that setTimeout can hold. */
const LONGEST_TIMEOUT = 2_147_483_647;

/** @param {unknown} options */
export function createGuard(options) {
  const given = optionsOf(options, [...OF_TABLE, ...OF_SERVER]);
  const isOfServer = 'application' in given;
  if (isOfServer && 'lookup' in given) throw failure('invalid_argument', 'lookup', 'a guard asks either a table of yours (`lookup`) or keylatch-server (`application`). Leave one out.');
  return new Guard(optionsOf(given, isOfServer ? OF_SERVER : OF_TABLE), isOfServer);
}

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
  #source;
  #isClosed = false;
  /** What can be asked of a request. */
  #callOptions;

  /** @param {Record<string, any>} options @param {boolean} isOfServer */
  constructor(options, isOfServer) {
    const { format, schemes, fresh, stale, onUnavailable = 'refuse', cacheSize, unknownPerMinute } = options;
    if (onUnavailable !== 'refuse' && onUnavailable !== 'stale') throw failure('invalid_argument', 'onUnavailable', 'use "refuse" or "stale".');
    const timeout = numberOf(options.timeout, 'timeout', 5000, { least: 1, most: LONGEST_TIMEOUT });
    this.#formats = formatsOf(format === undefined && isOfServer ? KEYS : format);
    this.#callOptions = isOfServer ? SERVER_CALL : TABLE_CALL;
    this.#schemes = schemesOf(schemes);
    this.#places = placesOf(this.#schemes);
    this.#fresh = numberOf(fresh, 'fresh', 5);
    this.#stale = numberOf(stale, 'stale', 0);
    this.#outage = onUnavailable === 'stale' ? this.#fresh + (this.#stale || OUTAGE) : 0;
    this.#answers = new Answers(numberOf(cacheSize, 'cacheSize', 10_000, { least: 1 }));
    this.#throttle = new Throttle(numberOf(unknownPerMinute, 'unknownPerMinute', 60, { least: 1 }));
    // On Cloudflare's workers the promise of another request may never settle.
    this.#shares = globalThis.navigator?.userAgent !== 'Cloudflare-Workers';
    const keeps = Math.max(this.#fresh + this.#stale, this.#outage);
    const how = { timeout, shares: this.#shares, keeps, isLenient: onUnavailable === 'stale' };
    this.#source = isOfServer ? serverTable(options, how) : ownTable(options.lookup);
    this.#table = new Table({ source: this.#source, timeout, answers: this.#answers, shares: this.#shares, fresh: this.#fresh });
  }

  /** @param {any} request @param {unknown} [options] */
  async authenticate(request, options) {
    if (this.#isClosed) throw failure('invalid_argument', 'guard', 'it was closed. Make a new one.');
    const needed = options === undefined ? NOTHING : neededBy(options, this.#callOptions);
    const key = credentialOf(request, this.#places, this.#schemes);
    if (key.length > LONGEST) throw this.#notAccepted('mistyped');
    const hash = hashKey(key);
    const now = moment();
    const answer = this.#answers.found(hash);
    // Whose hash is known has been checked before.
    if (answer && isWithin(answer.began, now, answer.fresh)) return this.#admitted(answer.known, request, needed, now.wall);
    if (!this.#formats.some((isKey) => isKey(key))) throw this.#notAccepted('mistyped');
    const known = await this.#find({ hash, key, address: addressOf(request, needed) }, answer, now);
    return this.#admitted(known, request, needed, Date.now());
  }

  async close() {
    this.#isClosed = true;
    await this.#source.close();
  }

  /** @param {unknown} text */
  forget(text) {
    if (typeof text !== 'string') throw failure('invalid_argument', 'key', 'expected the hash or the id of a key, a string.');
    this.#table.forget();
    this.#answers.forget(text);
  }

  /**
   * What the table says of a key of which there is no fresh answer.
   * @param {import('./table.js').Asked} asked @param {import('./answers.js').Answer | undefined} last @param {import('./answers.js').Moment} now
   */
  async #find(asked, last, now) {
    // Nothing outlives the request on a worker, so there the request waits.
    if (last && this.#shares && !last.hasFailed && isWithin(last.began, now, last.fresh + this.#stale)) {
      this.#table.ask(asked).catch(() => (last.hasFailed = this.#outage === 0));
      return last.known;
    }
    const missing = this.#answers.missing(asked.hash);
    if (missing && isWithin(missing.began, now, missing.fresh)) return undefined;
    const network = networkOf(asked.address);
    // Who holds a key that was known a while ago does not guess.
    if (!last && network !== undefined) this.#refuseGuesses(network, now);
    let known;
    try {
      known = await this.#table.ask(asked);
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

  /** @param {Known | undefined} known @param {any} request @param {import('./options.js').Needed} needed @param {number} now */
  #admitted(known, request, needed, now) {
    if (!known) throw this.#notAccepted('not_found');
    const { id, owner, scopes, metadata, prefix, expiresAt, server } = known;
    if (expiresAt !== null && expiresAt <= now) throw this.#notAccepted('expired', 'The API key has expired.');
    if (known.isRevoked) throw this.#notAccepted('revoked');
    if (known.isDisabled) throw this.#notAccepted('disabled');
    server?.refuseAddress(addressOf(request, needed));
    if (needed.scopes?.some((scope) => !scopes.includes(scope))) {
      const all = scopesOf(needed.scopes);
      const detail = `This needs an API key with the ${all.length > 1 ? 'scopes' : 'scope'} ${all.join(', ')}.`;
      throw new Refusal('insufficient_scope', { detail, schemes: this.#schemes, scopes: all });
    }
    const caller = { id, owner, scopes, metadata, prefix, expiresAt: expiresAt === null ? null : new Date(expiresAt), limits: NO_LIMITS };
    return server ? server.admit(caller, needed) : caller;
  }

  /** In one text, so that nobody learns what is not theirs. @param {string} reason @param {string} [detail] */
  #notAccepted(reason, detail = 'The API key is not valid.') {
    return new Refusal('invalid_token', { detail, schemes: this.#schemes, reason });
  }
}

/** Who sent a request, where it is not said. @param {any} request @param {import('./options.js').Needed} needed @returns {string | undefined} */
const addressOf = (request, { address }) => address ?? request.socket?.remoteAddress;

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
    return (text) => isKeyOf(service, text);
  }
  if (format !== 'live' && format !== 'test') throw failure('invalid_argument', 'format', 'use "live", "test" or a key format.');
  const prefix = `kl_${format}_`;
  return (text) => text.startsWith(prefix) && isKeyOf('keylatch', text);
}

/** @param {any} schemes @returns {readonly import('../index.js').SchemeSpec[]} */
function schemesOf(schemes) {
  if (schemes === undefined) return [{ type: 'bearer' }];
  const all = /** @type {import('../index.js').SchemeSpec[]} */ (declaredProvider({ id: 'own', title: 'own', schemes }).schemes);
  const places = all.map((scheme) => (scheme.type === 'header' ? scheme.name.toLowerCase() : scheme.type));
  if (new Set(places).size === places.length && !places.includes('authorization')) return all;
  throw failure('invalid_argument', 'schemes', 'each must have a place of its own, and Authorization is that of bearer and basic.');
}
