// The keys of an application.

import { optionsOf } from '../core/options.js';
import { bodyOf, idOf, ownerOf, queryOf, secondsOf } from './asked.js';
import { needed } from '../server/needed.js';
import { key, keysOf, replaced, same } from './shapes.js';

/** @typedef {import('./calls.js').Calls} Calls */

const SIGNAL = ['signal'];
const ABOUT = ['name', 'scopes', 'metadata', 'limits', 'allowedAddresses', ...SIGNAL];
const NEW = ['owner', 'environment', 'expiresIn', ...ABOUT];
const CHANGE = ['disabled', 'expiresAt', ...ABOUT];
const WHICH = ['owner', 'status', 'search', 'endsWithinDays', ...SIGNAL];

export class Keys {
  #calls;
  #id;
  #path;

  /** @param {Calls} calls @param {string} id of the application */
  constructor(calls, id) {
    this.#calls = calls;
    this.#id = id;
    this.#path = `/v1/applications/${id}/keys`;
  }

  /** @param {unknown} options */
  async create(options) {
    const { signal, ...given } = optionsOf(options, NEW);
    ownerOf(given.owner);
    const shape = this.#of({ owner: given.owner });
    return this.#calls.issue({ method: 'POST', path: this.#path, body: bodyOf(given), made: `A key for ${given.owner}`, shape }, signal);
  }

  /** @param {unknown} [options] */
  async *list(options = {}) {
    const { signal, ...given } = optionsOf(options, WHICH);
    if (given.owner !== undefined) ownerOf(given.owner);
    const shape = this.#of(given.owner === undefined ? {} : { owner: given.owner });
    yield* this.#calls.list((cursor) => this.#path + queryOf({ ...given, cursor, limit: 100 }), shape, signal);
  }

  /** @param {unknown} id @param {unknown} [options] */
  async get(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    return this.#one('GET', id, '', undefined, signal);
  }

  /** @param {unknown} id @param {unknown} [options] */
  async limits(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    return this.#calls.limits(`${this.#path}/${idOf(id, 'key')}`, signal);
  }

  /** @param {unknown} id @param {unknown} options */
  async change(id, options) {
    const { signal, ...given } = optionsOf(options, CHANGE);
    return this.#one('PATCH', id, '', bodyOf(given), signal);
  }

  /** @param {unknown} id @param {unknown} [options] */
  async rotate(id, options = {}) {
    const { signal, overlap } = optionsOf(options, ['overlap', ...SIGNAL]);
    const body = { overlap_seconds: secondsOf(overlap) };
    const [one, old] = [this.#of({}), this.#of({ id })];
    /** @type {any} */
    let before;
    /** @type {import('./shapes.js').Shape} */
    const shape = (members, path) => {
      before = replaced(members, path).replaced;
      same(old(members.replaced, 'replaced').replacedBy, members.id, 'replaced.replaced_by');
      return one(members, path);
    };
    const issued = await this.#calls.issue({ method: 'POST', path: `${this.#path}/${idOf(id, 'key')}/rotate`, body, made: `A successor of ${id}`, shape }, signal);
    return { ...issued, replaced: before };
  }

  /** @param {unknown} id @param {unknown} [options] */
  async revoke(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    return this.#one('POST', id, '/revoke', undefined, signal);
  }

  /** @param {unknown} id @param {unknown} [options] @returns {Promise<void>} */
  async delete(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    await this.#calls.ask({ method: 'DELETE', path: `${this.#path}/${idOf(id, 'key')}`, granted: 204 }, signal);
  }

  /** @param {unknown} options */
  async import(options) {
    const { signal, ...given } = optionsOf(options, ['rule', 'keys', 'skipExisting', ...SIGNAL]);
    const body = bodyOf(given);
    const skips = body.skip_existing === true;
    const secrets = body.rule?.pepper === undefined ? [] : [body.rule.pepper];
    const asked = { method: 'POST', path: `${this.#path}/import`, body, secrets, granted: 201, shape: keysOf(this.#of({})), isRepeatable: skips };
    const { keys } = await this.#calls.ask(asked, signal);
    needed(keys.length, 'keys', (count) => (skips ? count <= body.keys?.length : count === body.keys?.length));
    return keys;
  }

  /** @param {string} method @param {unknown} id @param {string} more @param {object | undefined} body @param {AbortSignal} [signal] */
  #one(method, id, more, body, signal) {
    return this.#calls.ask({ method, path: `${this.#path}/${idOf(id, 'key')}${more}`, body, shape: this.#of({ id }), isRepeatable: true }, signal);
  }

  /** A key of this application, and the one that was asked about. @param {Record<string, unknown>} asked @returns {import('./shapes.js').Shape} */
  #of(asked) {
    return (value, path) => {
      const found = key(value, path);
      for (const [name, one] of Object.entries({ ...asked, applicationId: this.#id })) same(found[name], one, name);
      return found;
    };
  }
}
