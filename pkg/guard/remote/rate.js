// A rate, counted in this process by a sliding counter: of the window before, the part that
// still lies within the last window. What others have used is added as the server last told it.

/**
 * @typedef {{ id: string, name: string, of: 'key' | 'owner', kind: string, limit: number, remaining: number, reset_seconds: number | null,
 *   window_seconds?: number, lease?: { units: number, until_seconds: number } }} Told a limit, as the server tells it
 */

export class Rate {
  id;
  /** Used, and not told to the server so far; and told by a report without an answer so far. */
  pending = 0;
  underWay = 0;
  /** It has no lease. */
  ends = Number.MAX_VALUE;
  /** @type {Told} */
  #told;
  #window = 1;
  #began = 0;
  #current = 0;
  #before = 0;
  #others = 0;
  /** Until when that is believed. */
  #believed = 0;
  #resets = 0;

  /** @param {Told} told @param {import('../answers.js').Moment} asked when */
  constructor(told, asked) {
    this.id = told.id;
    this.#told = told;
    this.merge(told, asked);
  }

  /** What the server says over all guards. @param {Partial<Told>} more @param {import('../answers.js').Moment} asked */
  merge(more, asked) {
    this.#told = { ...this.#told, ...more };
    const { limit, remaining, reset_seconds, window_seconds = 1 } = this.#told;
    this.#window = window_seconds * 1000;
    const heard = this.#used(performance.now()) - this.pending - this.underWay;
    this.#others = Math.max(0, limit - remaining - Math.max(0, heard));
    this.#believed = asked.steady + this.#window;
    this.#resets = asked.steady + (reset_seconds ?? 0) * 1000;
  }

  /** The same of the answer to a report. @param {Partial<Told>} more @param {import('../answers.js').Moment} asked */
  settle(more, asked) {
    if (more.remaining !== undefined) this.merge(more, asked);
  }

  /** @param {number} cost @param {number} now */
  hasRoom(cost, now) {
    return this.#total(now) + cost <= this.#told.limit;
  }

  /** @param {number} cost @param {number} now */
  take(cost, now) {
    this.#used(now);
    this.#current += cost;
    this.pending += cost;
  }

  /** @param {number} now */
  told(now) {
    const { name, of, limit } = this.#told;
    const left = Math.max(0, Math.floor(limit - this.#total(now)));
    return { name, of, kind: 'rate', limit, remaining: left, resetSeconds: seconds(this.#began + this.#window - now) };
  }

  /** Why it has no room for a request. @param {number} cost @param {number} now */
  refusal(cost, now) {
    const { name, limit, window_seconds: window } = this.#told;
    const retryAfter = Math.max(1, seconds(this.#wait(cost, now)));
    const detail = `The limit "${name}" of ${limit} in ${window} seconds is used up. Try again in ${retryAfter} seconds.`;
    return { code: /** @type {const} */ ('rate_limited'), detail, retryAfter, limit: { name, quota: limit, window, remaining: this.told(now).remaining } };
  }

  /** Whether it can be forgotten: nothing of it would be remembered anyway. @param {number} now */
  isIdle(now) {
    return this.pending === 0 && this.underWay === 0 && now >= this.#began + 2 * this.#window && now >= this.#believed;
  }

  /** What this guard has used within the last window. @param {number} now */
  #used(now) {
    const windows = Math.floor((now - this.#began) / this.#window);
    if (windows !== 0) {
      this.#before = windows === 1 ? this.#current : 0;
      this.#current = 0;
      this.#began = Math.floor(now / this.#window) * this.#window;
    }
    return this.#before * (1 - (now - this.#began) / this.#window) + this.#current;
  }

  /** @param {number} now */
  #total(now) {
    return this.#used(now) + (now < this.#believed ? this.#others : 0);
  }

  /** Milliseconds until there is room, as far as is known. @param {number} cost @param {number} now */
  #wait(cost, now) {
    const room = this.#told.limit - cost - (now < this.#believed ? this.#others : 0);
    const end = this.#began + this.#window;
    // It is for others to leave some.
    if (room < 0) return Math.max(this.#resets, end) - now;
    if (this.#current <= room && this.#before > 0) return this.#began + this.#window * (1 - (room - this.#current) / this.#before) - now;
    return end + this.#window * (1 - room / this.#current) - now;
  }
}

/** @param {number} milliseconds */
const seconds = (milliseconds) => Math.max(0, Math.ceil(milliseconds / 1000));
