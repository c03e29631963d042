// A quota, spent from leases: units that the server has already taken from it for this
// guard alone. So however many guards there are, they never spend more than there is.

/** @typedef {import('./rate.js').Told} Told @typedef {import('../answers.js').Moment} Moment */

/** For how long a quota that gave nothing is not asked again, in milliseconds: others may give back what they do not use. */
const ASK_AGAIN = 5000;

export class Quota {
  id;
  /** Used, and not told to the server so far; and told by a report without an answer so far. */
  pending = 0;
  underWay = 0;
  /** @type {Told} */
  #told;
  /** Each with its end by both clocks, that of the first before that of the next. @type {{ units: number, until: Moment }[]} */
  #leases = [];
  /** When the last lease is over. */
  ends = -Infinity;
  /** How much was had after the last lease was given. */
  #full = 0;
  /** When the quota is filled again; never where the server does not say it. */
  #resets = Infinity;
  /** Not to be asked before. */
  #asks = -Infinity;

  /** @param {Told} told @param {Moment} asked when */
  constructor(told, asked) {
    this.id = told.id;
    this.#told = told;
    this.merge(told, asked);
  }

  /** What the server says; a lease in it comes to those that there are. @param {Partial<Told>} more @param {Moment} asked */
  merge({ lease, ...more }, asked) {
    this.#told = { ...this.#told, ...more };
    const { reset_seconds: reset } = more;
    if (reset !== undefined) this.#resets = reset === null ? Infinity : asked.steady + reset * 1000;
    if (!lease || lease.units === 0) return;
    // From before the question: so it ends here no later than there. By the clock that does not jump, and by the other one,
    // which goes on while a computer sleeps.
    const time = lease.until_seconds * 1000;
    const until = { steady: asked.steady + time, wall: asked.wall + time };
    this.#leases.push({ units: lease.units, until });
    this.#leases.sort((one, other) => one.until.steady - other.until.steady);
    this.ends = Math.max(this.ends, until.steady);
    this.#full = this.#left(performance.now());
    this.#asks = -Infinity;
  }

  /**
   * The same of the answer to a report.
   * @param {Partial<Told>} more @param {Moment} asked @param {boolean} hasWanted whether the report asked for units
   */
  settle(more, asked, hasWanted) {
    this.merge(more, asked);
    if (hasWanted && !more.lease) this.#asks = Math.min(performance.now() + ASK_AGAIN, this.#resets);
  }

  /** The leases are given back, or those of a guard that is no more. */
  drop() {
    this.#leases = [];
    this.pending = this.underWay = 0;
  }

  /** @param {number} cost @param {number} now */
  hasRoom(cost, now) {
    return cost === 0 || this.#left(now) >= cost;
  }

  /** How many units are lacking. @param {number} cost @param {number} now */
  lacks(cost, now) {
    return cost - this.#left(now);
  }

  /** Whether the server may have more. @param {number} now */
  mayAsk(now) {
    return now >= this.#asks;
  }

  /** Of the leases that end first. What they do not have was let in although the server could not be asked. @param {number} cost @param {number} now */
  take(cost, now) {
    this.pending += cost;
    for (let left = cost; left > 0 && this.#left(now) > 0; ) {
      const [lease] = this.#leases;
      const units = Math.min(left, lease.units);
      lease.units -= units;
      left -= units;
    }
  }

  /** How many units it is time to ask for, so that no request has to wait. @param {number} now */
  wants(now) {
    const isLow = this.#left(now) < this.#full / 2;
    return isLow && this.mayAsk(now) ? Math.max(this.#full, 2 * this.pending) : 0;
  }

  /** @param {number} now */
  told(now) {
    const { name, of, limit, remaining } = this.#told;
    return { name, of, kind: 'quota', limit, remaining: Math.min(limit, remaining + this.#left(now)), resetSeconds: this.#seconds(now) };
  }

  /** Why it has no room for a request. @param {number} _ @param {number} now */
  refusal(_, now) {
    const { name, limit } = this.#told;
    const reset = this.#seconds(now);
    const retryAfter = reset === null ? undefined : Math.max(1, reset);
    const detail = `The quota "${name}" of ${limit} is used up.${retryAfter === undefined ? '' : ` It is filled again in ${retryAfter} seconds.`}`;
    return { code: /** @type {const} */ ('quota_exceeded'), detail, retryAfter, limit: { name, quota: limit, remaining: this.told(now).remaining } };
  }

  /** Whether it can be forgotten. @param {number} now */
  isIdle(now) {
    return this.pending + this.underWay === 0 && this.#left(now) === 0 && this.mayAsk(now);
  }

  /** The units at hand. @param {number} now */
  #left(now) {
    const wall = Date.now();
    const isOver = (/** @type {{ units: number, until: Moment }} */ { units, until }) => units === 0 || now >= until.steady || wall >= until.wall;
    while (this.#leases.length > 0 && isOver(this.#leases[0])) this.#leases.shift();
    return this.#leases.reduce((sum, { units }) => sum + units, 0);
  }

  /** Until it is filled again. @param {number} now */
  #seconds(now) {
    return this.#resets === Infinity ? null : Math.max(0, Math.ceil((this.#resets - now) / 1000));
  }
}
