// What keylatch-server says of a key, read once. Whatever decides must be said: an answer
// that leaves it out is none, and lets nobody in.

import { freeze } from '../../client/plain.js';
import { isObject, isText, needed } from '../../server/needed.js';
import { Refusal } from '../refusal.js';
import { addressIn, contains, networkIn } from '../address.js';

/** @typedef {import('../row.js').Known} Known @typedef {import('../options.js').Needed} Needed */
/** @typedef {import('./limits.js').Standing} Standing @typedef {import('../address.js').Network} Network */

/** The codes of keys that exist; of those the guard decides the rest itself, request by request. */
const KNOWN = ['valid', 'expired', 'revoked', 'disabled', 'rate_limited', 'quota_exceeded'];

/**
 * @param {Record<string, any>} answer @param {(limits: any[]) => Standing} limitsOf
 * @returns {import('../table.js').Found}
 */
export function readAnswer(answer, limitsOf) {
  const { code, valid, key, owner, limits } = answer;
  const fresh = needed(answer.fresh_seconds, 'fresh_seconds', (value) => typeof value === 'number' && value >= 0);
  needed(valid, 'valid', (value) => value === (code === 'valid'));
  if (code === 'not_found') return { known: undefined, fresh };
  needed(code, 'code', (value) => KNOWN.includes(value));
  needed(key, 'key', isObject);
  needed(owner, 'owner', isObject);
  const expiresAt = key.expires_at === null ? null : Date.parse(needed(key.expires_at, 'key.expires_at', isText));
  needed(expiresAt, 'key.expires_at', (value) => !Number.isNaN(value));
  const known = {
    id: needed(key.id, 'key.id', isText),
    owner: needed(owner.id, 'owner.id', isText),
    scopes: Object.freeze(needed(key.scopes, 'key.scopes', (value) => Array.isArray(value) && value.every(isText))),
    metadata: metadataIn(key.metadata, 'key.metadata'),
    prefix: undefined,
    // This computer's clock may be behind.
    expiresAt: code === 'expired' ? -Infinity : expiresAt,
    isRevoked: code === 'revoked',
    isDisabled: code === 'disabled',
    server: new OfServer(answer, limitsOf(needed(limits, 'limits', Array.isArray))),
  };
  return { known, fresh };
}

/** What a server knows of a key and a table of one's own does not. */
export class OfServer {
  #more;
  #networks;
  #standing;

  /** @param {Record<string, any>} answer @param {Standing} standing */
  constructor({ key, owner }, standing) {
    const { name, environment, allowed_addresses: addresses } = key;
    this.#more = { name: needed(name, 'key.name', isText), environment, ownerMetadata: metadataIn(owner.metadata, 'owner.metadata') };
    const networks = needed(addresses, 'key.allowed_addresses', Array.isArray).map(networkIn);
    this.#networks = /** @type {Network[]} */ (needed(networks, 'key.allowed_addresses', (all) => all.every(Boolean)));
    this.#standing = standing;
  }

  /** Refuses an address that the key may not be used from; that of which nothing is known, too. @param {unknown} given */
  refuseAddress(given) {
    if (this.#networks.length === 0) return;
    const address = addressIn(given);
    if (address && this.#networks.some((network) => contains(network, address))) return;
    throw new Refusal('address_refused', { detail: 'The API key may not be used from this address.' });
  }

  /**
   * Spends what the request costs, of every limit or of none.
   * @param {object} caller @param {Needed} needed
   */
  admit(caller, { cost, waitUntil }) {
    const spent = this.#standing.spend(cost, waitUntil);
    const told = () => Object.assign(caller, this.#more, { limits: this.#standing.told() });
    return spent === undefined ? told() : spent.then(told);
  }
}

/** @param {unknown} value @param {string} path */
const metadataIn = (value, path) => freeze(value === null || value === undefined ? {} : needed(value, path, isObject));
