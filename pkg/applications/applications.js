// The applications of a user at keylatch-server.

import { duration } from '../client/lifetime.js';
import { failure } from '../core/errors.js';
import { listOf, optionsOf } from '../core/options.js';
import { bodyOf, idOf, queryOf } from './asked.js';
import { Calls } from './calls.js';
import { Keys } from './keys.js';
import { ManagementKeys } from './management-keys.js';
import { Owners } from './owners.js';
import { application, same, verification } from './shapes.js';

const SIGNAL = ['signal'];
const MEMBERS = ['name', 'formats', 'defaultLifetime', 'longestLifetime', 'scopes', 'limits', 'onLimiterFailure', ...SIGNAL];

export class Applications {
  // Bundling shortens names; this one is seen.
  static get name() {
    return 'Applications';
  }

  #calls;

  /** @param {unknown} options */
  constructor(options) {
    this.#calls = new Calls(options);
  }

  /** @param {unknown} options */
  async create(options) {
    const { signal, ...given } = optionsOf(options, MEMBERS);
    return this.#calls.ask({ method: 'POST', path: '/v1/applications', body: applicationOf(given), granted: 201, made: 'An application of this name', shape: application }, signal);
  }

  /** @param {unknown} [options] */
  async *list(options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    yield* this.#calls.list((cursor) => `/v1/applications${queryOf({ cursor, limit: 100 })}`, application, signal);
  }

  /** @param {unknown} id @param {unknown} [options] */
  async get(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    return this.#one('GET', id, undefined, signal);
  }

  /** @param {unknown} id @param {unknown} options */
  async change(id, options) {
    const { signal, ...given } = optionsOf(options, MEMBERS);
    return this.#one('PATCH', id, applicationOf(given), signal);
  }

  /** @param {unknown} id @param {unknown} [options] @returns {Promise<void>} */
  async delete(id, options = {}) {
    const { signal } = optionsOf(options, SIGNAL);
    await this.#calls.ask({ method: 'DELETE', path: `/v1/applications/${idOf(id, 'app')}`, granted: 204 }, signal);
  }

  /** @param {unknown} id */
  application(id) {
    return new Application(this.#calls, idOf(id, 'app'));
  }

  /** @param {unknown} key @param {unknown} [options] */
  async verify(key, options = {}) {
    const { signal, address, ...given } = optionsOf(options, ['scopes', 'cost', 'address', ...SIGNAL]);
    const body = bodyOf({ ...given, key, ip: address });
    const found = await this.#calls.ask({ method: 'POST', path: '/v1/verify', body, secrets: [body.key], shape: verification }, signal);
    same(found.valid, found.code === 'valid', 'valid');
    same(found.key === undefined, found.code === 'not_found', 'key');
    same(found.owner === undefined, found.code === 'not_found', 'owner');
    return found;
  }

  /** @param {string} method @param {unknown} id @param {object | undefined} body @param {AbortSignal} [signal] */
  async #one(method, id, body, signal) {
    const found = await this.#calls.ask({ method, path: `/v1/applications/${idOf(id, 'app')}`, body, shape: application, isRepeatable: true }, signal);
    same(found.id, id, 'id');
    return found;
  }
}

class Application {
  id;
  keys;
  owners;
  managementKeys;

  /** @param {Calls} calls @param {string} id */
  constructor(calls, id) {
    this.id = id;
    this.keys = new Keys(calls, id);
    this.owners = new Owners(calls, id);
    this.managementKeys = new ManagementKeys(calls, id);
  }
}

/** What the body has. @param {Record<string, any>} given */
function applicationOf({ defaultLifetime, longestLifetime, scopes, ...given }) {
  return bodyOf({
    ...given,
    scopes: scopes === undefined ? undefined : scopesOf(scopes),
    defaultLifetime: duration(defaultLifetime, 'defaultLifetime'),
    longestLifetime: longestLifetime === null ? null : duration(longestLifetime, 'longestLifetime'),
  });
}

/** Scopes with their descriptions, which a name alone has none of. @param {unknown} scopes */
function scopesOf(scopes) {
  const all = listOf(scopes);
  if (!all) throw failure('invalid_argument', 'scopes', 'expected an array.');
  return all.map((scope) => (typeof scope === 'string' ? { name: scope } : scope));
}
