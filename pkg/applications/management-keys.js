// The keys by which an application's own programs act.

import { optionsOf } from '../core/options.js';
import { bodyOf, idOf, queryOf } from './asked.js';
import { managementKey, same } from './shapes.js';

/** @typedef {import('./calls.js').Calls} Calls */

const SIGNAL = ['signal'];

export class ManagementKeys {
  #calls;
  #id;
  #path;

  /** @param {Calls} calls @param {string} id of the application */
  constructor(calls, id) {
    this.#calls = calls;
    this.#id = id;
    this.#path = `/v1/applications/${id}/management-keys`;
  }

  /** @param {unknown} options */
  async create(options) {
    const { signal, ...given } = optionsOf(options, ['name', 'scopes', 'expiresIn', ...SIGNAL]);
    return this.#calls.issue({ method: 'POST', path: this.#path, body: bodyOf(given), made: 'A management key of this name', shape: this.#one() }, signal);
  }

  /** @param {unknown} [options] */
  async *list(options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    yield* this.#calls.list((cursor) => this.#path + queryOf({ cursor, limit: 100 }), this.#one(), signal);
  }

  /** @param {unknown} id @param {unknown} [options] @returns {Promise<void>} */
  async revoke(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    await this.#calls.ask({ method: 'DELETE', path: `${this.#path}/${idOf(id, 'mgmt')}`, granted: 204, isRepeatable: true }, signal);
  }

  /** One of this application. @returns {import('./shapes.js').Shape} */
  #one() {
    return (value, path) => {
      const found = managementKey(value, path);
      same(found.applicationId, this.#id, 'application_id');
      return found;
    };
  }
}
