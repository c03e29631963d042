// What a service offers, read off its data: nothing here knows a service by its name,
// so a declared one is shown as the built-in ones are.

import { defineProvider, provider } from '../entries/index.js';

/** @typedef {import('../index.js').Provider} Provider */
/** @typedef {import('../index.js').KeyInfo} KeyInfo */

export class Offer {
  /** @param {Provider} provider */
  constructor(provider) {
    this.provider = provider;
    this.id = provider.id;
    this.title = provider.title;
    this.capabilities = provider.capabilities;
  }

  /** Whether its keys are anything but active while they are listed. */
  get hasStates() {
    return this.capabilities.revoke || this.capabilities.expiry;
  }

  /** Whether it tells this of a key. @param {keyof import('../index.js').FieldMap} member */
  tells(member) {
    return this.provider.fields?.[member] !== '';
  }

  /** Whether the request of an operation has a place for this: `{name}`, … @param {import('../index.js').Operation} operation @param {string} variable */
  asks(operation, variable) {
    return JSON.stringify(this.provider.endpoints[operation] ?? '').includes(`{${variable}}`);
  }

  /** The environment variable that programs read the key from. */
  get variable() {
    return this.provider.env?.[0] ?? `${this.id.toUpperCase().replaceAll('-', '_')}_API_KEY`;
  }

  /** What can be done with a key as it is. @param {Pick<KeyInfo, 'status' | 'replacedBy'>} key */
  actionsOn(key) {
    const { rotate, revoke, delete: remove } = this.capabilities;
    const alive = !isEnded(key);
    const offered = {
      rotate: rotate && alive && !key.replacedBy,
      revoke: revoke && alive,
      delete: remove && !(revoke && key.status === 'active'),
    };
    return Object.entries(offered).flatMap(([action, isOffered]) => isOffered ? [action] : []);
  }

  /** What ends several keys at a time: `revoke`, or `delete` where there is no revoking. */
  get ending() {
    const { oneKey, revoke, delete: remove } = this.capabilities;
    if (oneKey) return undefined;
    return revoke ? 'revoke' : remove ? 'delete' : undefined;
  }
}

/** Whether a key is known to work no more. One in an unknown state may as well be active. @param {Pick<KeyInfo, 'status'>} key */
export const isEnded = ({ status }) => status === 'expired' || status === 'revoked';

/** What a key is called where a person must know it again. @param {KeyInfo} key */
export const labelOf = ({ name, masked, id }) => name || masked || id;

/** The whole of a service that is given by id, as data, or as a declaration. @param {any} given @returns {Provider} */
export const providerOf = (given) => typeof given === 'string' ? provider(given) : given.capabilities ? given : defineProvider(given);
