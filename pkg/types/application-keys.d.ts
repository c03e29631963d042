// The keys that an application issues to its customers.

import type { Environment, Limit, Metadata } from './applications.js';
import type { RemainingLimit } from './limits.js';
import type { CallOptions, Lifetime } from './keys.js';
import type { RevealOnce, Secret } from './secrets.js';

/** A key of an application as the server tells of it; never the key itself. */
export interface ApplicationKey<M extends object = Metadata> {
  /** `key_` and letters and digits. */
  id: string;
  /** The application that issued it. */
  applicationId: string;
  /** Your own id of the customer. */
  owner: string;
  /** May be empty. */
  name: string;
  /** Enough of the key to recognise it by. */
  masked: string;
  /** Empty where it is not known: of a key that was issued elsewhere. So is `lastFour`. */
  prefix: string;
  /** The last four characters; empty as `prefix` is. */
  lastFour: string;
  /** What it is for. */
  environment: Environment;
  /** What it may do; empty: nothing that asks for a scope. */
  scopes: string[];
  /** What you keep beside it. */
  metadata: M;
  /** `null`: those of the application. */
  limits: Limit[] | null;
  /** Networks from which it may be used; empty: from anywhere. */
  allowedAddresses: string[];
  /** Whether it works, and if not, why. */
  status: 'active' | 'expired' | 'revoked' | 'disabled';
  /** It works again when this is taken back. */
  disabled: boolean;
  /** When it was issued. */
  createdAt: Date;
  /** `null`: never. */
  expiresAt: Date | null;
  /** To the minute. `null`: it was never used. */
  lastUsedAt: Date | null;
  /** As your API told it. `null`: it did not. */
  lastUsedAddress: string | null;
  /** When it was ended for good. `null`: it was not. */
  revokedAt: Date | null;
  /** Id of the key that it was rotated into. */
  replacedBy: string | null;
}

/** What a new key of an application is to be. */
export interface CreateApplicationKeyOptions<M extends object = Metadata> extends CallOptions {
  /** Your own id of the customer: 1 to 128 visible ASCII characters without `/ ? # % \`. The first key makes the owner. */
  owner: string;
  /** At most 100 characters. Default: none. */
  name?: string;
  /** Default: that of the application's first format. */
  environment?: Environment;
  /** What it may do, of the application's scopes if it has any; up to 32. Default: none. */
  scopes?: readonly string[];
  /** What you keep beside it. Default: none. */
  metadata?: M;
  /** How much it may use. Default: as much as the application says. */
  limits?: readonly Limit[];
  /** Networks from which it may be used, such as `'10.0.0.0/8'`; up to 32. Default: from anywhere. */
  allowedAddresses?: readonly string[];
  /** Default: the application's `defaultLifetime`. */
  expiresIn?: Lifetime;
}

/** What is to be another; what is left out stays. A list or metadata stand for the whole of it. */
export interface ChangeApplicationKeyOptions<M extends object = Metadata> extends CallOptions {
  /** At most 100 characters. */
  name?: string;
  /** What it may do, of the application's scopes if it has any. */
  scopes?: readonly string[];
  /** What you keep beside it. */
  metadata?: M;
  /** `null`: those of the application. What is used of a quota stays used. */
  limits?: readonly Limit[] | null;
  /** Networks from which it may be used; empty: from anywhere. */
  allowedAddresses?: readonly string[];
  /** Ends it until this is taken back. */
  disabled?: boolean;
  /** Only earlier than it is. */
  expiresAt?: Date;
}

/** Which keys of an application to list. */
export interface ListApplicationKeysOptions extends CallOptions {
  /** Only those of this customer. */
  owner?: string;
  /** Default: all. `inactive` is any other than active. */
  status?: 'active' | 'inactive' | 'expired' | 'revoked' | 'disabled' | 'all';
  /** Part of the name, upper or lower case. */
  search?: string;
  /** Only active keys that end by themselves within so many days, 1 to 3660. */
  endsWithinDays?: number;
}

/** How a key of an application is rotated. */
export interface RotateApplicationKeyOptions extends CallOptions {
  /**
   * How long the old key lives on, never past its own end: seconds, or an ISO 8601 duration of days, hours, minutes and
   * seconds. Default: not at all.
   */
  overlap?: string | number;
}

/** A part of a key that was hashed: all of it, what stands before or after a separator, or the bytes that its hexadecimal digits stand for. */
export type HashedPart = 'whole' | 'before_first' | 'after_first' | 'before_last' | 'after_last' | 'hex_bytes';

/** How keys were hashed that are taken over. */
export interface HashRule {
  /** Slow ones, as for passwords, are refused: each check would take as long. */
  algorithm: 'sha256' | 'sha512';
  /** What was hashed. */
  input: HashedPart;
  /** Where the key is split, up to 8 characters. Default `'_'`. */
  separator?: string;
  /** How the hashes are written. */
  encoding: 'hex' | 'base64' | 'base64url';
  /** The key of HMAC, if the hash is one. The server keeps it as it is. */
  pepper?: string | Secret;
  /** Where a part of the key was hashed: the other part, which each key then has in its `idPart`. */
  idPart?: HashedPart;
}

/** A key that was issued elsewhere. */
export interface KeyToImport {
  /** As the rule writes it. */
  hash: string;
  /** The part of the key that its hash does not cover. */
  idPart?: string;
  /** Your own id of the customer. */
  owner: string;
  /** Default: none. */
  name?: string;
  /** Default: that of the application's first format. */
  environment?: Environment;
  /** Default: none. */
  scopes?: readonly string[];
  /** Default: none. */
  metadata?: Metadata;
  /** Default: as much as the application says. */
  limits?: readonly Limit[];
  /** Default: from anywhere. */
  allowedAddresses?: readonly string[];
  /** Default: now. */
  createdAt?: Date;
  /** Default: it does not expire, as before. */
  expiresAt?: Date;
}

/** What is to be taken over: all of it, or nothing if anything is wrong. */
export interface ImportKeysOptions extends CallOptions {
  /** How all of them were hashed. */
  rule: HashRule;
  /** 1 to 1000. */
  keys: readonly KeyToImport[];
  /** Whether keys that the application has already are passed over and stay as they are. Then an import may be repeated. Default false. */
  skipExisting?: boolean;
}

/**
 * The keys of an application. A management key needs `keys:read` to look, `keys:create` to make and change, `keys:revoke` to end.
 *
 * @example
 * ```js
 * const { secret: mine } = await client.create({ name: 'for keys', scopes: ['keys:read', 'keys:write'] });
 * const applications = new Applications({ baseUrl: 'http://127.0.0.1:8787', credential: mine });
 * const { id } = await applications.create({ name: 'Acme API', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
 * const { keys } = applications.application(id);
 *
 * const { key } = await keys.create({ owner: 'cust_7', name: 'laptop', expiresIn: 'P1Y' });
 * (await keys.change(key.id, { scopes: ['mesh:read'] })).scopes; // → [ 'mesh:read' ]
 * await keys.limits(key.id); // → []
 * for await (const { name, status } of keys.list({ owner: 'cust_7' })) {
 *   [name, status]; // → [ 'laptop', 'active' ]
 * }
 * const { key: next, replaced } = await keys.rotate(key.id, { overlap: 'PT1H' });
 * replaced.replacedBy === next.id; // → true
 * (await keys.revoke(next.id)).status; // → 'revoked'
 * await keys.delete(next.id);
 * await keys.get(next.id); // throws not_found
 *
 * const rule = { algorithm: 'sha256', input: 'whole', encoding: 'hex' };
 * const [old] = await keys.import({ rule, keys: [{ hash: hashKey('a-key-that-was-issued-before'), owner: 'cust_8' }] });
 * old.owner; // → 'cust_8'
 * ```
 */
export interface ApplicationKeys {
  /**
   * Issues a key to an owner. When the answer is lost, the request is repeated so that there is one key all the same.
   * @throws {KeylatchError} `not_found` for the application; `outcome_unknown` when a key may be left that nobody has seen.
   */
  create<M extends object = Metadata>(options: CreateApplicationKeyOptions<M>): Promise<{ key: ApplicationKey<M>; secret: RevealOnce }>;
  /** All of them, newest first; pages are asked for as they are needed. */
  list<M extends object = Metadata>(options?: ListApplicationKeysOptions): AsyncIterableIterator<ApplicationKey<M>>;
  /** @throws {KeylatchError} `not_found`. */
  get<M extends object = Metadata>(id: string, options?: CallOptions): Promise<ApplicationKey<M>>;
  /**
   * What is left of its limits and of its owner's at this moment, over all servers and guards as far as they have told. Nothing
   * is spent. @throws {KeylatchError} `not_found`.
   */
  limits(id: string, options?: CallOptions): Promise<RemainingLimit[]>;
  /**
   * Changes what a key may do. The server's own checks go by it at once, guards when their answer is no longer fresh.
   * @throws {KeylatchError} `not_found`, `invalid_request`.
   */
  change<M extends object = Metadata>(id: string, options: ChangeApplicationKeyOptions<M>): Promise<ApplicationKey<M>>;
  /**
   * Makes a successor with the same owner, name, scopes, metadata, networks and end. Neither life is extended.
   * @throws {KeylatchError} `not_found`, `key_inactive`, `conflict` when it has a successor already, `outcome_unknown`.
   */
  rotate<M extends object = Metadata>(
    id: string,
    options?: RotateApplicationKeyOptions,
  ): Promise<{ key: ApplicationKey<M>; secret: RevealOnce; replaced: ApplicationKey<M> }>;
  /** Ends a key for good. One that has ended already stays as it is. @throws {KeylatchError} `not_found`. */
  revoke<M extends object = Metadata>(id: string, options?: CallOptions): Promise<ApplicationKey<M>>;
  /** Deletes a key that has ended. @throws {KeylatchError} `not_found`, `key_active`. */
  delete(id: string, options?: CallOptions): Promise<void>;
  /**
   * Takes keys over by their hashes, so that nobody needs a new one, and tells those that were. In the order in which they were
   * given. @throws {KeylatchError} `invalid_request`, also for a key that the application has already.
   */
  import(options: ImportKeysOptions): Promise<ApplicationKey[]>;
}
