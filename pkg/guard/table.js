// Asks whoever knows the keys: with a limit of time, once for all who want the same
// key, and so that nothing that is late overwrites what is newer.

import { isWithin, moment } from './answers.js';

/**
 * @typedef {import('./row.js').Known} Known
 * @typedef {{ hash: string, key: string, address: string | undefined }} Asked
 * @typedef {{ known: Known | undefined, fresh: number }} Found and for how many seconds at most it may be used again
 * @typedef {{ epoch: number, began: import('./answers.js').Moment, known: Promise<Known | undefined> }} Query
 */
/**
 * Who knows the keys: a table of the user's, or a server.
 * @typedef {object} Source
 * @property {(asked: Asked, options: { signal: AbortSignal }) => any} ask
 * @property {(answer: any, asked: Asked) => Found} read
 * @property {(timeout: number) => Error} late what is said when it does not answer
 * @property {() => Promise<void>} close
 */

export class Table {
  #source;
  #timeout;
  #answers;
  #shares;
  /** For how many seconds others may wait for a query that has begun, and use its answer. */
  #fresh;
  /** Raised by each `forget`: what was asked before is not kept. */
  #epoch = 0;
  #number = 0;
  /** @type {Map<string, Query>} */
  #queries = new Map();

  /** @param {{ source: Source, timeout: number, answers: import('./answers.js').Answers, shares: boolean, fresh: number }} parts */
  constructor({ source, timeout, answers, shares, fresh }) {
    this.#source = source;
    this.#timeout = timeout;
    this.#answers = answers;
    this.#shares = shares;
    this.#fresh = fresh;
  }

  /** Rejects with whatever went wrong. @param {Asked} asked @returns {Promise<Known | undefined>} */
  ask(asked) {
    const { hash } = asked;
    const began = moment();
    const under = this.#queries.get(hash);
    if (under && under.epoch === this.#epoch && isWithin(under.began, began, this.#fresh)) return under.known;
    const query = { epoch: this.#epoch, began, known: this.#query(asked, began) };
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

  /** @param {Asked} asked @param {import('./answers.js').Moment} began */
  async #query(asked, began) {
    const epoch = this.#epoch;
    const number = ++this.#number;
    const { known, fresh } = this.#source.read(await this.#answer(asked), asked);
    const answer = { number, began, fresh: Math.min(fresh, this.#fresh), known, hasFailed: false };
    if (epoch === this.#epoch) this.#answers.keep(asked.hash, answer);
    return known;
  }

  /** @param {Asked} asked */
  #answer(asked) {
    const controller = new AbortController();
    const answer = this.#source.ask(asked, { signal: controller.signal });
    if (typeof answer?.then !== 'function') return answer;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const late = this.#source.late(this.#timeout);
        reject(late);
        controller.abort(late);
      }, this.#timeout);
      Promise.resolve(answer).then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}
