// One timer for all deadlines of a call: starting and clearing one costs more
// than all that is decided here.

/** The most that setTimeout can hold; more would fire at once. */
export const MAX = 2_147_483_647;

/** @typedef {{ at: number, then: () => void }} Deadline */

export class Clock {
  /** @type {Set<Deadline>} */
  #deadlines = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** When the timer fires. */
  #armed = Infinity;

  /**
   * Calls `then` after some milliseconds, unless it is cancelled before.
   * @param {number} milliseconds @param {() => void} then
   * @returns {() => void} cancels it
   */
  after(milliseconds, then) {
    const deadline = { at: now() + milliseconds, then };
    this.#deadlines.add(deadline);
    this.#arm(deadline.at);
    return () => this.#deadlines.delete(deadline);
  }

  /** Cancels everything. */
  end() {
    this.#deadlines.clear();
    clearTimeout(this.#timer);
    this.#armed = Infinity;
  }

  /** @param {number} at */
  #arm(at) {
    if (at >= this.#armed) return;
    clearTimeout(this.#timer);
    this.#armed = at;
    this.#timer = setTimeout(() => this.#fire(), Math.min(Math.max(0, Math.ceil(at - now())), MAX));
  }

  #fire() {
    this.#armed = Infinity;
    const time = now();
    let next = Infinity;
    for (const deadline of this.#deadlines) {
      if (deadline.at <= time) {
        this.#deadlines.delete(deadline);
        deadline.then();
      } else next = Math.min(next, deadline.at);
    }
    // A timer may fire a little early, and what has fired may have added others.
    if (next < Infinity) this.#arm(next);
  }
}

/** Does not jump with the clock of the wall. */
const now = () => (typeof performance === 'undefined' ? Date.now() : performance.now());
