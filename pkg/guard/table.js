// Asks the user's table: with a limit of time, once for all who want the same key,
// and so that nothing that is late overwrites what is newer.

import { failure } from '../core/errors.js';
import { isWithin, moment } from './answers.js';
import { readRow } from './row.js';

/**
 * @typedef {import('./row.js').Known} Known
 * @typedef {(hash: string, options: { signal: AbortSignal }) => any} Lookup
 * @typedef {{ epoch: number, began: import('./answers.js').Moment, known: Promise<Known | undefined> }} Query
 */

export class Table {
  #lookup;
  #timeout;
  #answers;
  #shares;
  /** For how many seconds others may wait for a query that has begun. */
  #joinable;
  /** Raised by each `forget`: what was asked before is not kept. */
  #epoch = 0;
  #number = 0;
  /** @type {Map<string, Query>} */
  #queries = new Map();

  /** @param {{ lookup: Lookup, timeout: number, answers: import('./answers.js').Answers, shares: boolean, joinable: number }} parts */
  constructor({ lookup, timeout, answers, shares, joinable }) {
    this.#lookup = lookup;
    this.#timeout = timeout;
    this.#answers = answers;
    this.#shares = shares;
    this.#joinable = joinable;
  }

  /** Rejects with whatever went wrong. @param {string} hash @returns {Promise<Known | undefined>} */
  ask(hash) {
    const began = moment();
    const under = this.#queries.get(hash);
    if (under && under.epoch === this.#epoch && isWithin(under.began, began, this.#joinable)) return under.known;
    const query = { epoch: this.#epoch, began, known: this.#query(hash, began) };
    if (this.#shares) {
      this.#queries.set(hash, query);
      const end = () => void (this.#queries.get(hash) === query && this.#queries.delete(hash));
      query.known.then(end, end);
    }
    return query.known;
  }

  forget() {
    this.#epoch += 1;
  }

  /** @param {string} hash @param {import('./answers.js').Moment} began */
  async #query(hash, began) {
    const epoch = this.#epoch;
    const number = ++this.#number;
    const known = readRow(await this.#row(hash), hash);
    if (epoch === this.#epoch) this.#answers.keep(hash, { number, began, known, hasFailed: false });
    return known;
  }

  /** @param {string} hash */
  #row(hash) {
    const controller = new AbortController();
    const row = this.#lookup(hash, { signal: controller.signal });
    if (typeof row?.then !== 'function') return row;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const late = failure('invalid_argument', 'lookup', `it did not answer within ${this.#timeout} ms.`);
        reject(late);
        controller.abort(late);
      }, this.#timeout);
      Promise.resolve(row).then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}
