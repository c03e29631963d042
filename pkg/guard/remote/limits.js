// The limits that this guard knows, each once, whoever shares it: an owner's limit is that
// of all its keys.

import { KeylatchError } from '../../core/errors.js';
import { Refusal } from '../refusal.js';
import { Quota } from './quota.js';
import { Rate } from './rate.js';

/** @typedef {Rate | Quota} Limit @typedef {import('./rate.js').Told} Told @typedef {import('./reports.js').Reports} Reports */

/** How often those are looked for that can be forgotten, in milliseconds. */
const SWEEP = 60_000;
/** What a client is told to wait, in seconds, where the server cannot be asked for more of a quota. */
const RETRY_AFTER = 5;

export class Limits {
  /** With the moment at which an answer named it last. @type {Map<string, { limit: Limit, named: number }>} */
  #all = new Map();
  #reports;
  #keeps;
  #isLenient;
  #swept = -Infinity;

  /** @param {Reports} reports @param {{ keeps: number, isLenient: boolean }} settings */
  constructor(reports, { keeps, isLenient }) {
    this.#reports = reports;
    this.#keeps = keeps * 1000;
    this.#isLenient = isLenient;
    reports.onDropped = () => {
      for (const { limit } of this.#all.values()) if (limit instanceof Quota) limit.drop();
    };
  }

  /**
   * Those that an answer names.
   * @param {any[]} told @param {import('../answers.js').Moment} asked when
   * @param {boolean} isQuiet whether no report was on its way meanwhile, so that the answer knows of all but what is pending
   */
  told(told, asked, isQuiet) {
    const now = performance.now();
    this.#sweep(now);
    const limits = told.map((one) => this.#one(checked(one), asked, isQuiet, now));
    limits.forEach((limit, at) => void (limit instanceof Quota && told[at].lease && this.#reports.leased(limit.ends)));
    return new Standing(limits, this.#reports, this.#isLenient);
  }

  /** @param {Told} told @param {import('../answers.js').Moment} asked @param {boolean} isQuiet @param {number} now @returns {Limit} */
  #one(told, asked, isQuiet, now) {
    const known = this.#all.get(told.id);
    // One that was declared anew may have become the other kind.
    if (!known || known.limit instanceof Rate !== (told.kind === 'rate')) {
      const limit = told.kind === 'rate' ? new Rate(told, asked) : new Quota(told, asked);
      this.#all.set(told.id, { limit, named: now });
      return limit;
    }
    known.named = now;
    const { limit } = known;
    // Of a rate, it would not be known whether what was told meanwhile is in there.
    if (isQuiet || limit instanceof Quota) limit.merge(told, asked);
    return limit;
  }

  /** @param {number} now */
  #sweep(now) {
    if (now - this.#swept < SWEEP) return;
    this.#swept = now;
    for (const [id, { limit, named }] of this.#all) {
      if (now - named > this.#keeps && limit.isIdle(now)) this.#all.delete(id);
    }
  }
}

/** The limits of one key and of its owner. */
export class Standing {
  #limits;
  #reports;
  #isLenient;

  /** @param {Limit[]} limits @param {Reports} reports @param {boolean} isLenient */
  constructor(limits, reports, isLenient) {
    // Rates first: what is spent of a quota is gone.
    this.#limits = limits.sort((one, other) => Number(one instanceof Quota) - Number(other instanceof Quota));
    this.#reports = reports;
    this.#isLenient = isLenient;
  }

  /**
   * Spends of every limit, or of none and throws. A promise where the server has to be asked for more of a quota.
   * @param {number} cost @param {((work: Promise<void>) => void) | undefined} waitUntil
   */
  spend(cost, waitUntil) {
    const now = performance.now();
    const short = this.#short(cost, now);
    if (short) return this.#more(cost, short);
    return this.#take(cost, now, waitUntil);
  }

  /** What is left, as callers are told. */
  told() {
    const now = performance.now();
    return this.#limits.map((limit) => limit.told(now));
  }

  /** The first that has no room. @param {number} cost @param {number} now */
  #short(cost, now) {
    return this.#limits.find((limit) => !limit.hasRoom(cost, now));
  }

  /** @param {number} cost @param {number} now @param {((work: Promise<void>) => void) | undefined} [waitUntil] */
  #take(cost, now, waitUntil) {
    if (cost === 0) return undefined;
    for (const limit of this.#limits) limit.take(cost, now);
    return this.#reports.used(this.#limits, now, waitUntil);
  }

  /** @param {number} cost @param {Limit} limit that has no room */
  async #more(cost, limit) {
    /** @type {Limit | undefined} */
    let short = limit;
    while (short) {
      const now = performance.now();
      if (short instanceof Rate || !short.mayAsk(now)) {
        const { code, ...facts } = short.refusal(cost, now);
        throw new Refusal(code, facts);
      }
      try {
        await this.#reports.more(short, short.lacks(cost, now));
      } catch (cause) {
        if (this.#isLenient) break;
        const detail = `The quota "${short.told(now).name}" cannot be asked for at the moment. Try again soon.`;
        throw new Refusal('unavailable', { detail, retryAfter: RETRY_AFTER, cause });
      }
      short = this.#short(cost, performance.now());
    }
    await this.#take(cost, performance.now());
  }
}

/** Letters, digits and signs that need no quoting in a header. */
const NAME = /^[ !#-[\]-~]{1,100}$/;

/** @param {any} told @returns {Told} */
function checked(told) {
  const { id, name, of, kind, limit, remaining, reset_seconds: reset, window_seconds: window, lease } = told ?? {};
  const isNumber = (/** @type {any} */ value) => typeof value === 'number' && value >= 0;
  const isRight =
    typeof id === 'string' && NAME.test(name) && (of === 'key' || of === 'owner') && isNumber(limit) && isNumber(remaining) &&
    (kind === 'rate' ? window > 0 && isNumber(reset) : kind === 'quota' && (reset === null || isNumber(reset))) &&
    (lease === undefined || lease === null || (isNumber(lease.units) && isNumber(lease.until_seconds)));
  if (isRight) return { ...told, lease: lease ?? undefined };
  throw new KeylatchError({ code: 'bad_response', details: [], sentence: 'The answer of keylatch-server is none: one of its limits is of another kind.' });
}
