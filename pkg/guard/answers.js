// What the table has said, kept for a while. How old an answer is counts from the
// moment before its query: what was revoked later may be missing in it.

/**
 * @typedef {import('./row.js').Known} Known
 * @typedef {{ steady: number, wall: number }} Moment Milliseconds by a clock that does not jump, and by the one that
 *   people set: a computer that slept, or whose clock was set back, has nothing that is fresh.
 * @typedef {{ number: number, began: Moment, fresh: number, known: Known | undefined, hasFailed: boolean }} Answer
 */

/** @returns {Moment} */
export const moment = () => ({ steady: performance.now(), wall: Date.now() });

/** Whether so many seconds have not passed since. @param {Moment} began @param {Moment} now @param {number} seconds */
export function isWithin(began, now, seconds) {
  const steady = now.steady - began.steady;
  const wall = now.wall - began.wall;
  return steady >= 0 && wall >= 0 && steady < seconds * 1000 && wall < seconds * 1000;
}

export class Answers {
  /** Keys that exist, by hash. @type {Map<string, Answer>} */
  #found = new Map();
  /** Apart, so that no flood of unknown keys drives known ones out. @type {Map<string, Answer>} */
  #missing = new Map();
  #most;

  /** @param {number} most of each kind */
  constructor(most) {
    this.#most = most;
  }

  /** @param {string} hash */
  found(hash) {
    return this.#found.get(hash);
  }

  /** @param {string} hash */
  missing(hash) {
    return this.#missing.get(hash);
  }

  /** Keeps an answer, unless there is one whose query began later. @param {string} hash @param {Answer} answer */
  keep(hash, answer) {
    const last = this.#found.get(hash) ?? this.#missing.get(hash);
    if (last && last.number > answer.number) return;
    this.#found.delete(hash);
    this.#missing.delete(hash);
    const kept = answer.known ? this.#found : this.#missing;
    kept.set(hash, answer);
    if (kept.size > this.#most) kept.delete(/** @type {string} */ (kept.keys().next().value));
  }

  /** @param {string} text a hash or an id */
  forget(text) {
    this.#found.delete(text);
    this.#missing.delete(text);
    for (const [hash, { known }] of this.#found) if (known?.id === text) this.#found.delete(hash);
  }
}
