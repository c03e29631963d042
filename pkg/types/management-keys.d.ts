// The keys by which programs of yours act on an application.

import type { CallOptions, Lifetime } from './keys.js';
import type { RevealOnce } from './secrets.js';

/** What a management key may do: check keys, make and change them, look at them, end them. */
export type ManagementScope = 'verify' | 'keys:create' | 'keys:read' | 'keys:revoke';

/** A management key as the server tells of it; never the key itself. */
export interface ManagementKey {
  /** `mgmt_` and letters and digits. */
  id: string;
  /** The application that it acts on. */
  applicationId: string;
  /** What it is for. */
  name: string;
  /** Enough of it to recognise it by. */
  masked: string;
  /** Whether it works, and if not, why. */
  status: 'active' | 'expired' | 'revoked';
  /** What it may do. */
  scopes: ManagementScope[];
  /** When it was made. */
  createdAt: Date;
  /** `null`: never. */
  expiresAt: Date | null;
  /** To the minute. `null`: it was never used. */
  lastUsedAt: Date | null;
  /** When it was ended for good. `null`: it was not. */
  revokedAt: Date | null;
}

/** What a new management key is to be. */
export interface CreateManagementKeyOptions extends CallOptions {
  /** 1 to 100 characters after trimming. */
  name: string;
  /** At least one. */
  scopes: readonly ManagementScope[];
  /** Default `'P3M'`; made with a key, it ends no later than that one. */
  expiresIn?: Lifetime;
}

/**
 * The management keys of an application, which are managed by a user and by no management key.
 *
 * @example
 * ```js
 * const { secret: mine } = await client.create({ name: 'for management keys', scopes: ['keys:read', 'keys:write'] });
 * const applications = new Applications({ baseUrl: 'http://127.0.0.1:8787', credential: mine });
 * const { id } = await applications.create({ name: 'Acme API', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
 * const { managementKeys } = applications.application(id);
 *
 * const { key, secret } = await managementKeys.create({ name: 'API', scopes: ['verify'] });
 * secret.reveal(); // → 'kl_mgmt_…'
 * for await (const { name, status } of managementKeys.list()) {
 *   [name, status]; // → [ 'API', 'active' ]
 * }
 * await managementKeys.revoke(key.id);
 * ```
 */
export interface ManagementKeys {
  /**
   * Makes a management key. When the answer is lost, the request is repeated so that there is one key all the same.
   * @throws {KeylatchError} `not_found`, `forbidden`, `outcome_unknown` when a key may be left that nobody has seen.
   */
  create(options: CreateManagementKeyOptions): Promise<{ key: ManagementKey; secret: RevealOnce }>;
  /** All of them, newest first. */
  list(options?: CallOptions): AsyncIterableIterator<ManagementKey>;
  /** Ends it for good. It stays in the list. @throws {KeylatchError} `not_found`. */
  revoke(id: string, options?: CallOptions): Promise<void>;
}
