// The customers of an application.

import type { Limit, Metadata } from './applications.js';
import type { RemainingLimit } from './limits.js';
import type { CallOptions } from './keys.js';

/** A customer of an application. */
export interface Owner<M extends object = Metadata> {
  /** Your own id. */
  id: string;
  /** What you keep beside it. */
  metadata: M;
  /** How much all its keys may use together, besides what each may. */
  limits: Limit[];
  /** How many keys it has, whatever their state. */
  keys: number;
  /** When it was made. */
  createdAt: Date;
}

/** What is kept beside an owner; what is left out stays. */
export interface PutOwnerOptions<M extends object = Metadata> extends CallOptions {
  /** What you keep beside it. */
  metadata?: M;
  /** How much all its keys may use together. What is used of a quota stays used. */
  limits?: readonly Limit[];
}

/**
 * The owners of an application, by your own ids.
 *
 * @example
 * ```js
 * const { secret: mine } = await client.create({ name: 'for owners', scopes: ['keys:read', 'keys:write'] });
 * const applications = new Applications({ baseUrl: 'http://127.0.0.1:8787', credential: mine });
 * const { id } = await applications.create({ name: 'Acme API', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
 * const { owners } = applications.application(id);
 *
 * await owners.put('cust_7', { metadata: { plan: 'pro' }, limits: [{ name: 'calls', kind: 'quota', limit: 1000, refill: 'month' }] });
 * (await owners.get('cust_7')).metadata; // → { plan: 'pro' }
 * (await owners.limits('cust_7'))[0].remaining; // → 1000
 * for await (const { id, keys } of owners.list()) {
 *   [id, keys]; // → [ 'cust_7', 0 ]
 * }
 * await owners.revoke('cust_7'); // → 0
 * await owners.delete('cust_7');
 * await owners.get('cust_7'); // throws not_found
 * ```
 */
export interface Owners {
  /** Makes an owner, or changes what is kept beside it. Its first key makes it too. */
  put<M extends object = Metadata>(id: string, options?: PutOwnerOptions<M>): Promise<Owner<M>>;
  /** All of them, in the order of their ids. */
  list<M extends object = Metadata>(options?: CallOptions): AsyncIterableIterator<Owner<M>>;
  /** @throws {KeylatchError} `not_found`. */
  get<M extends object = Metadata>(id: string, options?: CallOptions): Promise<Owner<M>>;
  /**
   * What is left of its limits at this moment, over all its keys, servers and guards as far as they have told. Nothing is spent.
   * @throws {KeylatchError} `not_found`.
   */
  limits(id: string, options?: CallOptions): Promise<RemainingLimit[]>;
  /** Ends all keys of an owner for good, at once, and tells how many of the newest 100,000 had not ended. @throws {KeylatchError} `not_found`. */
  revoke(id: string, options?: CallOptions): Promise<number>;
  /** Deletes an owner with all its keys, active or not. @throws {KeylatchError} `not_found`. */
  delete(id: string, options?: CallOptions): Promise<void>;
}
