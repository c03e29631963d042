// How often an address may ask for keys that do not exist. One moment for each
// address: the one at which its unknown keys are paid off (GCRA).

/** Addresses that are remembered; the one that was seen longest ago goes first. */
const MOST = 10_000;
/** In milliseconds. */
const WINDOW = 60_000;

export class Throttle {
  /** @type {Map<string, number>} */
  #paid = new Map();
  #limit;
  #interval;

  /** @param {number} perMinute */
  constructor(perMinute) {
    this.#limit = perMinute;
    this.#interval = WINDOW / perMinute;
  }

  /** The limit, as answers tell it. */
  get limit() {
    return { name: 'unknown-keys', quota: Math.floor(this.#limit), window: WINDOW / 1000 };
  }

  /** Whole seconds until the address may ask for another one; 0 for now. @param {string} address @param {number} now */
  wait(address, now) {
    const owed = (this.#paid.get(address) ?? 0) - now;
    // In whole milliseconds: what is left of a sum of fractions is no second to wait.
    return Math.max(0, Math.ceil(Math.round(owed - WINDOW + this.#interval) / 1000));
  }

  /** Counts a key that does not exist. @param {string} address @param {number} now */
  count(address, now) {
    const paid = Math.max(this.#paid.get(address) ?? 0, now) + this.#interval;
    this.#paid.delete(address);
    // Those that were under way together may be more than the limit; nobody waits for ever.
    this.#paid.set(address, Math.min(paid, now + 2 * WINDOW));
    if (this.#paid.size > MOST) this.#paid.delete(/** @type {string} */ (this.#paid.keys().next().value));
  }
}
