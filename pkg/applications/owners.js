// The customers of an application, by the ids that it has for them.

import { optionsOf } from '../core/options.js';
import { bodyOf, ownerOf, queryOf } from './asked.js';
import { owner, revoked, same } from './shapes.js';

/** @typedef {import('./calls.js').Calls} Calls */

const SIGNAL = ['signal'];

export class Owners {
  #calls;
  #path;

  /** @param {Calls} calls @param {string} id of the application */
  constructor(calls, id) {
    this.#calls = calls;
    this.#path = `/v1/applications/${id}/owners`;
  }

  /** @param {unknown} id @param {unknown} [options] */
  async put(id, options = {}) {
    const { signal, ...given } = optionsOf(options, ['metadata', 'limits', ...SIGNAL]);
    return this.#one('PUT', id, bodyOf(given), signal);
  }

  /** @param {unknown} [options] */
  async *list(options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    yield* this.#calls.list((cursor) => this.#path + queryOf({ cursor, limit: 100 }), owner, signal);
  }

  /** @param {unknown} id @param {unknown} [options] */
  async get(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    return this.#one('GET', id, undefined, signal);
  }

  /** @param {unknown} id @param {unknown} [options] */
  async limits(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    return this.#calls.limits(`${this.#path}/${ownerOf(id)}`, signal);
  }

  /** @param {unknown} id @param {unknown} [options] @returns {Promise<number>} */
  async revoke(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    const answer = await this.#calls.ask({ method: 'POST', path: `${this.#path}/${ownerOf(id)}/revoke`, shape: revoked }, signal);
    return answer.revoked;
  }

  /** @param {unknown} id @param {unknown} [options] @returns {Promise<void>} */
  async delete(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    await this.#calls.ask({ method: 'DELETE', path: `${this.#path}/${ownerOf(id)}`, granted: 204 }, signal);
  }

  /** @param {string} method @param {unknown} id @param {object | undefined} body @param {AbortSignal} [signal] */
  async #one(method, id, body, signal) {
    const found = await this.#calls.ask({ method, path: `${this.#path}/${ownerOf(id)}`, body, shape: owner, isRepeatable: true }, signal);
    same(found.id, id, 'id');
    return found;
  }
}
