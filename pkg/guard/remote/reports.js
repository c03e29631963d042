// What the guard tells the server of what was used: gathered for a second, numbered, and
// told again under the same number until there is an answer, so that it counts once.

import { isError } from '../../core/errors.js';
import { freeze } from '../../client/plain.js';
import { generateKey } from '../../keys/issue.js';
import { moment } from '../answers.js';
import { Quota } from './quota.js';

/** @typedef {import('./limits.js').Limit} Limit @typedef {import('./requests.js').Requests} Requests */
/**
 * @typedef {object} Report
 * @property {object} body
 * @property {import('../answers.js').Moment} told when: leases in the answer to a repetition are no longer for that
 * @property {Map<string, Limit>} limits that it is about, by id
 * @property {Set<Limit>} wants those of them that it asks for more of
 */

/** How long use is gathered for, and how long after a failure nothing is told, in milliseconds. */
const INTERVAL = 1000;
/** A lease ends at the server a little later than here: it is told in whole seconds, and from before the question. */
const SLACK = 2000;
/** After the end of a lease, so many reports until what is left of it goes back: the server's rule. */
const UNTIL_SETTLED = 2;
/** Limits in one report. */
const MOST = 1000;
/** What the guard calls itself. @type {import('../../index.js').KeyFormat} */
const ID = freeze({ parts: ['grd_', { alphabet: 'base62', length: 20 }], certainty: 'documented' });
/** Refusals of what a report says, or of its number: told again they would stay the same. */
const HOPELESS = ['conflict', 'invalid_request'];

export class Reports {
  #requests;
  #shares;
  #id = '';
  #number = 0;
  /** Raised by each report, and never set back. */
  #mark = 0;
  /** Limits of which something was used. @type {Set<Limit>} */
  #used = new Set();
  /** Since when. */
  #since = 0;
  /** Units that requests wait for. @type {Map<Quota, number>} */
  #wanted = new Map();
  /** Told, and without an answer so far. @type {Report | undefined} */
  #report;
  /** The sending that others may wait for. @type {Promise<void> | undefined} */
  #sending;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #fires = 0;
  /** How many reports have to come after leases that end in a second, or did. @type {Map<number, number>} */
  #unsettled = new Map();
  /** Why the last one has failed, and when. @type {{ cause: unknown, at: number } | undefined} */
  #failed;
  #isClosed = false;
  /** Called when leases count no more: they were given back, or the server does not know this guard. */
  onDropped = () => {};

  /** @param {Requests} requests @param {{ shares: boolean }} settings */
  constructor(requests, { shares }) {
    this.#requests = requests;
    this.#shares = shares;
  }

  /** By what name the server knows this guard. */
  get guard() {
    return (this.#id ||= generateKey(ID).expose());
  }

  /** To ask later whether the server was told of something since; nothing while that happens. */
  mark() {
    return this.#report ? undefined : this.#mark;
  }

  /** @param {number | undefined} mark */
  isQuietSince(mark) {
    return mark === this.#mark && !this.#report;
  }

  /**
   * Notes that of these something was used.
   * @param {Limit[]} limits @param {number} now @param {((work: Promise<void>) => void) | undefined} waitUntil
   */
  used(limits, now, waitUntil) {
    if (this.#used.size === 0) this.#since = now;
    for (const limit of limits) this.#used.add(limit);
    this.#later();
    return this.carry(now, waitUntil);
  }

  /** Notes that there is a lease until then, of which something may be left. @param {number} until */
  leased(until) {
    this.#unsettled.set(Math.ceil(until / 1000), UNTIL_SETTLED);
    this.#later();
  }

  /**
   * On a worker there is no time but that of requests: one of them tells the server, and waits for it where the platform is not
   * asked to.
   * @param {number} now @param {(work: Promise<void>) => void} [waitUntil]
   */
  carry(now, waitUntil) {
    const isDue = now - this.#since >= INTERVAL && (this.#used.size > 0 || now >= this.#settles());
    if (this.#shares || !this.#hasMore() || !isDue || this.#hasJustFailed(now)) return undefined;
    const work = this.#send().catch(() => {});
    try {
      return waitUntil ? void waitUntil(work) : work;
    } catch {
      // As where a framework was started without what the platform gives.
      return work;
    }
  }

  /** Asks for more of a quota. @param {Quota} quota @param {number} units */
  async more(quota, units) {
    if (this.#hasJustFailed(performance.now())) throw this.#failed?.cause;
    if (!this.#report?.wants.has(quota)) this.#wanted.set(quota, Math.max(units, this.#wanted.get(quota) ?? 0));
    do await this.#send();
    while (this.#wanted.has(quota));
  }

  /** Tells the server what is left to tell, and gives back what is left of leases. */
  async close() {
    if (this.#isClosed || this.#id === '') return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    while (this.#report || this.#used.size > 0) await this.#send();
    this.#report = this.#next(true);
    await this.#send();
    this.onDropped();
  }

  /** Whether there is anything to tell, now or later. */
  #hasMore() {
    return this.#report !== undefined || this.#used.size > 0 || this.#unsettled.size > 0;
  }

  /** When a report has to come for the lease that ends first. */
  #settles() {
    return Math.min(...this.#unsettled.keys()) * 1000 + SLACK;
  }

  #later() {
    if (!this.#shares || this.#isClosed || !this.#hasMore()) return;
    const now = performance.now();
    const waits = this.#report === undefined && this.#used.size === 0;
    const at = Math.max(now + INTERVAL, waits ? this.#settles() : 0);
    if (this.#timer !== undefined && this.#fires <= at) return;
    clearTimeout(this.#timer);
    this.#fires = at;
    this.#timer = setTimeout(async () => {
      await this.#send().catch(() => {});
      this.#timer = undefined;
      this.#later();
    }, at - now);
    // The program may end all the same; `close` tells what is left.
    /** @type {any} */ (this.#timer).unref?.();
  }

  /** @param {number} now */
  #hasJustFailed(now) {
    return this.#failed !== undefined && now - this.#failed.at < INTERVAL;
  }

  /** Sends a report, the one that is without an answer before any other. @returns {Promise<void>} */
  #send() {
    if (!this.#shares) return this.#deliver();
    return (this.#sending ??= this.#deliver().finally(() => void (this.#sending = undefined)));
  }

  async #deliver() {
    const report = (this.#report ??= this.#next(false));
    try {
      const answer = await this.#requests.post(`/v1/guards/${this.guard}/reports`, report.body);
      if (this.#report === report) this.#settle(report, answer);
      this.#failed = undefined;
    } catch (cause) {
      // On a worker another request may have told the same report, and had its answer first: then this one's number is over.
      if (this.#report !== report) return;
      this.#failed = { cause, at: performance.now() };
      if (isError(cause) && HOPELESS.includes(/** @type {any} */ (cause).code)) this.#startAnew(report);
      throw cause;
    }
  }

  /** @param {boolean} isLast @returns {Report} */
  #next(isLast) {
    /** @type {Report} */
    const report = { body: {}, told: moment(), limits: new Map(), wants: new Set() };
    const now = report.told.steady;
    const uses = [];
    const want = [];
    for (const [quota, units] of this.#wanted) {
      report.wants.add(quota);
      report.limits.set(quota.id, quota);
      want.push({ limit: quota.id, units: Math.max(units, quota.wants(now)) });
    }
    this.#wanted.clear();
    // What is left of a lease that is over goes back after the next report, so that has to have all that was spent of it.
    for (const limit of [...this.#used].sort((one, other) => one.ends - other.ends).slice(0, MOST)) {
      const units = limit instanceof Quota && !isLast && !report.wants.has(limit) ? limit.wants(now) : 0;
      if (units > 0) {
        report.wants.add(limit);
        want.push({ limit: limit.id, units });
      }
      report.limits.set(limit.id, limit);
      uses.push({ limit: limit.id, spent: limit.pending });
      limit.underWay = limit.pending;
      limit.pending = 0;
      this.#used.delete(limit);
    }
    this.#since = now;
    this.#mark += 1;
    this.#number += 1;
    report.body = { number: this.#number, uses, ...(want.length > 0 && { want }), ...(isLast && { done: true }) };
    return report;
  }

  /** @param {Report} report @param {Record<string, any>} answer */
  #settle(report, answer) {
    this.#report = undefined;
    for (const [second, reports] of this.#unsettled) {
      if (report.told.steady < second * 1000 + SLACK) continue;
      if (reports > 1) this.#unsettled.set(second, reports - 1);
      else this.#unsettled.delete(second);
    }
    const told = new Map(Array.isArray(answer.limits) ? answer.limits.map((one) => [one?.limit, one]) : []);
    for (const [id, limit] of report.limits) {
      limit.underWay = 0;
      limit.settle(toldOf(told.get(id)), report.told, report.wants.has(limit));
      if (limit instanceof Quota && told.get(id)?.lease) this.leased(limit.ends);
    }
  }

  /** As another guard, of which the server knows nothing: what is told of a rate is told again, and no lease is left. @param {Report} report */
  #startAnew(report) {
    this.#report = undefined;
    this.#id = '';
    this.#number = 0;
    this.#mark += 1;
    this.#unsettled.clear();
    for (const limit of report.limits.values()) {
      if (limit instanceof Quota) continue;
      limit.pending += limit.underWay;
      limit.underWay = 0;
      this.#used.add(limit);
    }
    this.onDropped();
  }
}

/** What an answer says of a limit; nothing where it is of another kind. @param {any} told @returns {Partial<import('./rate.js').Told>} */
function toldOf(told) {
  const isNumber = (/** @type {any} */ value) => typeof value === 'number' && value >= 0;
  const { remaining, reset_seconds, lease } = told ?? {};
  if (!isNumber(remaining) || !(isNumber(reset_seconds) || reset_seconds === null)) return {};
  return { remaining, reset_seconds, ...(lease?.units > 0 && isNumber(lease.until_seconds) && { lease }) };
}
