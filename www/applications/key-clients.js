// The keys of an application, and its management keys, as `<keylatch-keys>` asks for keys: the
// same methods that a `KeyClient` has.

import { defineProvider } from '/keylatch/dist/index.js';
import { editKey } from './edit-key.js';

/** What the element is told of an application's keys: how they look, and what can be done with them. */
export function keysOffer({ name, formats, defaultLifetime, longestLifetime }) {
  return {
    of: defineProvider({
      id: 'application', title: name, env: [`${variable(name)}_API_KEY`],
      format: { parts: [formats.map(({ prefix }) => prefix), { alphabet: 'base62', length: 30 }, { checksum: 'crc32', covers: 'all', length: 6 }] },
      endpoints: { create: '/', list: '/', get: '/{id}', rotate: '/{id}', revoke: '/{id}', delete: '/{id}' },
    }),
    hasOwners: true,
    disables: true,
    edits: true,
    lifetimes: { usual: defaultLifetime, longest: longestLifetime },
    environments: environmentsOf(formats),
    isSentElsewhere: true,
  };
}

/** Those of an application, with the prefix that a new key gets: the first of each. */
const environmentsOf = (formats) => formats.filter(({ environment }, at) => formats.findIndex((other) => other.environment === environment) === at)
  .map(({ environment, prefix }) => ({ name: environment, prefix }));

/** The same of its management keys. */
export function managementOffer() {
  return {
    of: defineProvider({
      id: 'management', title: 'keylatch', env: ['KEYLATCH_MANAGEMENT_KEY'], endpoints: { create: '/', list: '/', get: '/{id}', revoke: '/{id}' },
    }),
    isSentElsewhere: true,
  };
}

export class CustomerKeys {
  baseUrl = location.origin;

  /** `scene` is where its own dialog is shown, `scopes` are those of the application. */
  constructor({ keys }, scene, scopes) {
    this.keys = keys;
    this.scene = scene;
    this.scopes = scopes;
  }

  async *list({ signal }) {
    for await (const key of this.keys.list({ signal })) yield told(key);
  }

  async get(id) {
    return told(await this.keys.get(id));
  }

  async create(wish) {
    return shown(await this.keys.create(wish));
  }

  async rotate(id, { overlap }) {
    return shown(await this.keys.rotate(id, { overlap }));
  }

  async revoke(id) {
    return told(await this.keys.revoke(id));
  }

  /** Asks with the key as it is now, not as a list had it. */
  async edit(id) {
    const { keys, scene, scopes } = this;
    const changed = await editKey(scene, told(await keys.get(id)), { scopes, remaining: () => keys.limits(id), change: (wish) => keys.change(id, wish) });
    return changed && told(changed);
  }

  async disable(id) {
    return told(await this.keys.change(id, { disabled: true }));
  }

  async enable(id) {
    return told(await this.keys.change(id, { disabled: false }));
  }

  delete(id) {
    return this.keys.delete(id);
  }
}

export class ManagementKeys {
  baseUrl = location.origin;

  constructor({ managementKeys }) {
    this.keys = managementKeys;
  }

  async *list({ signal } = {}) {
    for await (const key of this.keys.list({ signal })) yield told(key);
  }

  async get(id) {
    for await (const key of this.list()) if (key.id === id) return key;
    throw new Error('This key is gone.');
  }

  async create({ name, expiresIn, scopes = [] }) {
    return shown(await this.keys.create({ name, expiresIn, scopes }));
  }

  async revoke(id) {
    await this.keys.revoke(id);
    return this.get(id);
  }
}

/** What an application has not is `null`, what a client has not is left out. */
const told = (key) => Object.fromEntries(Object.entries(key).filter(([, value]) => value !== null));

const shown = ({ key, secret }) => ({ key: told(key), secret });

/** `Acme API` as the beginning of a variable: `ACME_API` loses what comes anyway. */
function variable(name) {
  const letters = name.normalize('NFKD').toUpperCase().replace(/[^A-Z0-9]+/g, '_').replace(/^[_\d]+|_+$/g, '').replace(/_API$/, '');
  return letters || 'SERVICE';
}
