// What a service offers, read off its data: nothing here knows a service by its name,
// so a declared one is shown as the built-in ones are.

import { defineProvider, provider } from '../entries/index.js';

/** @typedef {import('../index.js').Provider} Provider */
/**
 * A key as a list has it. That of an application (www/applications/) also has an owner, may be disabled for a while, may be used from
 * some networks only, and tells the address of its last use.
 * @typedef {Omit<import('../index.js').KeyInfo, 'status'> & {
 *   status: import('../index.js').KeyStatus | 'disabled', owner?: string, allowedAddresses?: string[], lastUsedAddress?: string,
 * }} KeyInfo
 */

/**
 * What a page says of keys besides what a service does: each is somebody's, who is named when it is made; each can be
 * made to wait, and to be another. Its client then takes `owner`, has `disable` and `enable`, and `edit`, which asks the person
 * itself and resolves with the key, or with `undefined`. And they are sent to another service, of
 * which the page does not know where it is. `lifetimes`: what a new key gets, and the most that it may get. `environments`: those that
 * it may be for, first the usual one, each with how such a key begins; where there are several, the client takes `environment`.
 * @typedef {{ hasOwners?: boolean, disables?: boolean, edits?: boolean, isSentElsewhere?: boolean, lifetimes?: { usual?: string, longest?: string | null }, environments?: { name: 'live' | 'test', prefix: string }[] }} Traits
 */

export class Offer {
  /** @param {Provider} provider @param {Traits} [traits] */
  constructor(provider, { hasOwners = false, disables = false, edits = false, isSentElsewhere = false, lifetimes = {}, environments = [] } = {}) {
    this.hasOwners = hasOwners;
    this.disables = disables;
    this.edits = edits;
    this.isSentElsewhere = isSentElsewhere;
    this.lifetimes = lifetimes;
    this.environments = environments;
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
    const isDisabled = key.status === 'disabled';
    const offered = {
      edit: this.edits && alive,
      rotate: rotate && alive && !isDisabled && !key.replacedBy,
      disable: this.disables && alive && !isDisabled,
      enable: isDisabled,
      revoke: revoke && alive,
      delete: remove && !(revoke && (isDisabled || key.status === 'active')),
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

/** The whole of a service that is given by id, as data, as a declaration, or as one `of` which a page says more. @param {any} given @returns {Provider} */
export const providerOf = (given) => typeof given === 'string' ? provider(given) : given.of ?? (given.capabilities ? given : defineProvider(given));

/** @param {any} given as for {@link providerOf} */
export const offerOf = (given) => new Offer(providerOf(given), given.of && given);
