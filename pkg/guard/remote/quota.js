// A quota, spent from a lease: units that the server has already taken from it for this
// guard alone. So however many guards there are, they never spend more than there is.

/** @typedef {import('./rate.js').Told} Told */

/** For how long a quota that gave nothing is not asked again, in milliseconds: other guards may give back what they do not use. */
const ASK_AGAIN = 5000;

export class Quota {
  id;
  /** Used, and not told to the server so far; and told by a report without an answer so far. */
  pending = 0;
  underWay = 0;
  /** @type {Told} */
  #told;
  /** Of the lease. */
  #left = 0;
  /** Until when it may be used. */
  #until = -Infinity;
  /** How much the lease had when it was given. */
  #units = 0;
  /** When the quota is filled again; never where the server does not say it. */
  #resets = Infinity;
  /** Not to be asked before. */
  #asks = -Infinity;

  /** @param {Told} told @param {number} asked when, by the steady clock */
  constructor(told, asked) {
    this.id = told.id;
    this.#told = told;
    this.merge(told, asked);
  }

  /** Whether units of a lease are at hand, or used and not told. @param {number} now */
  isInUse(now) {
    return this.pending + this.underWay > 0 || (this.#left > 0 && now < this.#until);
  }

  /** What the server says, of a moment at which it had heard of all that was used. @param {Partial<Told>} more @param {number} asked */
  merge({ lease, ...more }, asked) {
    this.#told = { ...this.#told, ...more };
    const { reset_seconds: reset } = more;
    if (reset !== undefined) this.#resets = reset === null ? Infinity : asked + reset * 1000;
    if (lease) {
      this.#left = this.#units = lease.units;
      // From before the question: so it ends here no later than there.
      this.#until = asked + lease.until_seconds * 1000;
      this.#asks = -Infinity;
    }
  }

  /**
   * The same of the answer to a report, since which more may have been used.
   * @param {Partial<Told>} more @param {number} asked @param {number} [need] how many units would help, where it was asked for some
   */
  settle(more, asked, need) {
    this.merge(more, asked);
    if (more.lease) this.#left -= this.pending;
    if (need !== undefined && !this.hasRoom(need, performance.now())) this.#asks = Math.min(performance.now() + ASK_AGAIN, this.#resets);
  }

  /** The lease is given back, or of a guard that is no more. */
  drop() {
    this.#left = this.pending = this.underWay = 0;
  }

  /** @param {number} cost @param {number} now */
  hasRoom(cost, now) {
    return cost === 0 || (this.#left >= cost && now < this.#until);
  }

  /** Whether the server may have more. @param {number} now */
  mayAsk(now) {
    return now >= this.#asks;
  }

  /** @param {number} cost */
  take(cost) {
    this.#left -= cost;
    this.pending += cost;
  }

  /** How many units it is time to ask for. @param {number} now */
  wants(now) {
    const isLow = this.#left < this.#units / 2 || now >= this.#until;
    return isLow && this.mayAsk(now) && this.pending > 0 ? Math.max(this.#units, 2 * this.pending) : 0;
  }

  /** @param {number} now */
  told(now) {
    const { name, of, limit, remaining } = this.#told;
    const left = now < this.#until ? Math.max(0, this.#left) : 0;
    return { name, of, kind: 'quota', limit, remaining: Math.min(limit, remaining + left), resetSeconds: this.#seconds(now) };
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
    return !this.isInUse(now) && this.mayAsk(now);
  }

  /** Until it is filled again. @param {number} now */
  #seconds(now) {
    return this.#resets === Infinity ? null : Math.max(0, Math.ceil((this.#resets - now) / 1000));
  }
}
