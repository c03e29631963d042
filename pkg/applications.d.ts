/**
 * keylatch/applications: the APIs that you protect with keylatch-server. An application
 * has keys, which it issues to owners (its customers); limits, for a key and for an owner;
 * and management keys, by which programs of yours act on it.
 *
 * `keylatch/guard` asks the server about the keys that requests carry. This is for the rest:
 * issuing them, looking at them, ending them.
 *
 * @module
 */

import type { CallOptions, Credential, Lifetime, RevealOnce, Secret } from './index.js';

/** What you know of a key or an owner: plain data, up to 4096 bytes as JSON. It is told with each check. */
export type Metadata = Record<string, unknown>;

/** What a key is for. */
export type Environment = 'live' | 'test';

/** So much within any window of `windowSeconds`, which is at most a day: smooths what comes at once. */
export interface RateLimit {
  /** 1 to 32 of `a-z`, `0-9`, `_` and `-`, unique within its holder. */
  name: string;
  kind: 'rate';
  /** From 1 to 1,000,000,000,000. */
  limit: number;
  windowSeconds: number;
}

/** So much between two refills: what somebody has paid for. */
export interface QuotaLimit {
  /** 1 to 32 of `a-z`, `0-9`, `_` and `-`, unique within its holder. */
  name: string;
  kind: 'quota';
  /** From 1 to 1,000,000,000,000. */
  limit: number;
  /** When all of it is there again: at midnight, before Monday, before the first of a month. */
  refill: 'day' | 'week' | 'month' | 'never';
  /** Where the day, week or month begins, as the IANA calls it: `'Europe/Berlin'`. Default `'UTC'`. */
  timeZone?: string;
}

/** How much a key may use, or an owner with all its keys together. A holder has up to 8. */
export type Limit = RateLimit | QuotaLimit;

/** What keys look like: the prefix, then 30 random characters and a checksum. */
export interface ApplicationFormat {
  environment: Environment;
  /** 2 to 24 of `a-z`, `0-9` and `_`, the last of them `_`: `'acme_live_'`. */
  prefix: string;
}

/** A scope that keys may have, with a description for whoever chooses. */
export interface ApplicationScope {
  /** 1 to 64 of `a-z 0-9 : . _ -`. */
  name: string;
  description: string;
}

/** An application as the server tells of it. */
export interface ApplicationInfo {
  /** `app_` and letters and digits. */
  id: string;
  name: string;
  /** The first of an environment is what new keys get; the others are known too. */
  formats: ApplicationFormat[];
  /** What a key gets when nothing else is asked for: an ISO 8601 duration, or `'never'`. */
  defaultLifetime: string;
  /** `null`: as long as any key may live. */
  longestLifetime: string | null;
  /** Those that its keys may have; empty: any. */
  scopes: ApplicationScope[];
  /** Of each key that has none of its own. */
  limits: Limit[];
  /** Whether a key passes while its quotas cannot be asked for. */
  onLimiterFailure: 'deny' | 'allow';
  createdAt: Date;
  updatedAt: Date;
}

/** What a new application is to be. */
export interface CreateApplicationOptions extends CallOptions {
  /** 1 to 100 characters after trimming. */
  name: string;
  /** 1 to 10. */
  formats: readonly ApplicationFormat[];
  /** An ISO 8601 duration of at most ten years, a number of seconds, or `'never'`. Default `'P3M'`. */
  defaultLifetime?: string | number;
  /** No key may be asked for that lives longer. Default: ten years, or without an end. */
  longestLifetime?: string | number | null;
  /** Up to 100 scopes that its keys may have. Default: any. */
  scopes?: readonly (string | { name: string; description?: string })[];
  /** Of each key that has none of its own. Default: none. */
  limits?: readonly Limit[];
  /** Default `'deny'`. */
  onLimiterFailure?: 'deny' | 'allow';
}

/** What is to be another; what is left out stays. A list stands for the whole list. */
export type ChangeApplicationOptions = Partial<CreateApplicationOptions>;

/** A key of an application as the server tells of it; never the key itself. */
export interface ApplicationKey<M extends object = Metadata> {
  /** `key_` and letters and digits. */
  id: string;
  applicationId: string;
  /** Your own id of the customer. */
  owner: string;
  /** May be empty. */
  name: string;
  /** Enough of the key to recognise it by. */
  masked: string;
  /** Empty where it is not known: of a key that was issued elsewhere. So is `lastFour`. */
  prefix: string;
  lastFour: string;
  environment: Environment;
  scopes: string[];
  metadata: M;
  /** `null`: those of the application. */
  limits: Limit[] | null;
  /** Networks from which it may be used; empty: from anywhere. */
  allowedAddresses: string[];
  status: 'active' | 'expired' | 'revoked' | 'disabled';
  /** It works again when this is taken back. */
  disabled: boolean;
  createdAt: Date;
  /** `null`: never. */
  expiresAt: Date | null;
  /** To the minute. `null`: it was never used. */
  lastUsedAt: Date | null;
  /** As your API told it. `null`: it did not. */
  lastUsedAddress: string | null;
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
  name?: string;
  scopes?: readonly string[];
  metadata?: M;
  /** `null`: those of the application. What is used of a quota stays used. */
  limits?: readonly Limit[] | null;
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
  /** How long the old key lives on, never past its own end: seconds, or an ISO 8601 duration of days, hours, minutes and seconds. Default: not at all. */
  overlap?: string | number;
}

/** A part of a key that was hashed: all of it, what stands before or after a separator, or the bytes that its hexadecimal digits stand for. */
export type HashedPart = 'whole' | 'before_first' | 'after_first' | 'before_last' | 'after_last' | 'hex_bytes';

/** How keys were hashed that are taken over. */
export interface HashRule {
  algorithm: 'sha256' | 'sha512';
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
  hash: string;
  /** The part of the key that its hash does not cover. */
  idPart?: string;
  owner: string;
  name?: string;
  environment?: Environment;
  scopes?: readonly string[];
  metadata?: Metadata;
  limits?: readonly Limit[];
  allowedAddresses?: readonly string[];
  /** Default: now. */
  createdAt?: Date;
  /** Default: it does not expire, as before. */
  expiresAt?: Date;
}

/** What is to be taken over: all of it, or nothing if anything is wrong. */
export interface ImportKeysOptions extends CallOptions {
  rule: HashRule;
  /** 1 to 1000. */
  keys: readonly KeyToImport[];
}

/** The keys of an application. A management key needs `keys:read` to look, `keys:create` to make and change, `keys:revoke` to end. */
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
  /** Takes keys over by their hashes, so that nobody needs a new one. In the order in which they were given. @throws {KeylatchError} `invalid_request`, `conflict`. */
  import(options: ImportKeysOptions): Promise<ApplicationKey[]>;
}

/** A customer of an application. */
export interface Owner<M extends object = Metadata> {
  /** Your own id. */
  id: string;
  metadata: M;
  /** How much all its keys may use together, besides what each may. */
  limits: Limit[];
  /** How many keys it has, whatever their state. */
  keys: number;
  createdAt: Date;
}

/** What is kept beside an owner; what is left out stays. */
export interface PutOwnerOptions<M extends object = Metadata> extends CallOptions {
  metadata?: M;
  /** How much all its keys may use together. What is used of a quota stays used. */
  limits?: readonly Limit[];
}

/** The owners of an application, by your own ids. */
export interface Owners {
  /** Makes an owner, or changes what is kept beside it. Its first key makes it too. */
  put<M extends object = Metadata>(id: string, options?: PutOwnerOptions<M>): Promise<Owner<M>>;
  /** All of them, in the order of their ids. */
  list<M extends object = Metadata>(options?: CallOptions): AsyncIterableIterator<Owner<M>>;
  /** @throws {KeylatchError} `not_found`. */
  get<M extends object = Metadata>(id: string, options?: CallOptions): Promise<Owner<M>>;
  /** Ends all keys of an owner for good, at once: how many there were that had not ended. @throws {KeylatchError} `not_found`. */
  revoke(id: string, options?: CallOptions): Promise<number>;
  /** Deletes an owner with all its keys, active or not. @throws {KeylatchError} `not_found`. */
  delete(id: string, options?: CallOptions): Promise<void>;
}

/** What a management key may do: check keys, make and change them, look at them, end them. */
export type ManagementScope = 'verify' | 'keys:create' | 'keys:read' | 'keys:revoke';

/** A management key as the server tells of it; never the key itself. */
export interface ManagementKey {
  /** `mgmt_` and letters and digits. */
  id: string;
  applicationId: string;
  name: string;
  masked: string;
  status: 'active' | 'expired' | 'revoked';
  scopes: ManagementScope[];
  createdAt: Date;
  /** `null`: never. */
  expiresAt: Date | null;
  /** To the minute. `null`: it was never used. */
  lastUsedAt: Date | null;
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

/** The management keys of an application, which are managed by a user and by no management key. */
export interface ManagementKeys {
  /** @throws {KeylatchError} `not_found`, `forbidden`, `outcome_unknown` when a key may be left that nobody has seen. */
  create(options: CreateManagementKeyOptions): Promise<{ key: ManagementKey; secret: RevealOnce }>;
  /** All of them, newest first. */
  list(options?: CallOptions): AsyncIterableIterator<ManagementKey>;
  /** Ends it for good. It stays in the list. @throws {KeylatchError} `not_found`. */
  revoke(id: string, options?: CallOptions): Promise<void>;
}

/** What is asked of a key. */
export interface VerifyOptions extends CallOptions {
  /** Those that it must have, all of them. */
  scopes?: readonly string[];
  /** How much is spent of each of its limits, 0 to 1000000. 0 only looks. What is refused spends nothing. Default 1. */
  cost?: number;
  /** The address of whoever showed the key, from which it may be used or not. */
  address?: string;
}

/** What the server says of a key. The first code that holds, in the order in which they stand here, `valid` last. */
export interface Verification<M extends object = Metadata> {
  valid: boolean;
  code: 'not_found' | 'expired' | 'revoked' | 'disabled' | 'ip_refused' | 'insufficient_scope' | 'rate_limited' | 'quota_exceeded' | 'valid';
  /** `undefined` for `not_found`, which it is too for a key of another application. */
  key?: { id: string; name: string; scopes: string[]; metadata: M; expiresAt: Date | null; environment: Environment };
  owner?: { id: string; metadata: Metadata };
  /** With `insufficient_scope`: what the key lacks of what was asked. */
  missingScopes: string[];
  /** What is left of the limits of the key and of its owner; empty when it is refused for anything else. */
  limits: { name: string; of: 'key' | 'owner'; kind: 'rate' | 'quota'; limit: number; remaining: number; resetSeconds: number | null }[];
  /** For so many seconds the answer may be kept. */
  freshSeconds: number;
}

/** One application, to act on. */
export interface Application {
  readonly id: string;
  readonly keys: ApplicationKeys;
  readonly owners: Owners;
  readonly managementKeys: ManagementKeys;
}

/** How the server is reached. */
export interface ApplicationsOptions {
  /** Where keylatch-server is. */
  baseUrl: string | URL;
  /**
   * A key of a user with the scope `keys:write` (or `keys:read`, to look); a management key, which reaches its own application; or a
   * function that gives one, which is called again after a 401. Leave it out in a page of the server, whose session cookie the browser holds.
   */
  credential?: Credential | (() => Credential | PromiseLike<Credential>);
  /** Your own `fetch`. Default: the platform's. */
  fetch?: typeof globalThis.fetch;
  /** Milliseconds for one call, tries included. Default 30000. */
  timeout?: number;
  /** Further tries after a lost answer, 429 or 5xx, 0 to 10; only of what does nothing twice. Default 2. */
  retries?: number;
  /** Dangerous: lets keys travel over plain http to other computers. Default false. */
  allowInsecure?: boolean;
}

/**
 * The applications of a user at keylatch-server.
 *
 * Every call may reject with `timeout`, `aborted`, `network_error`, `bad_response`, `redirect_refused`, `unauthorized`, `forbidden`,
 * `rate_limited`, `service_error`; `invalid_request` where the server finds a value faulty, and says which. A wrong argument is an
 * `invalid_argument`. What a call adds to these is said there.
 *
 * @example
 * ```js
 * const { secret: mine } = await client.create({ name: 'for applications', scopes: ['keys:read', 'keys:write'] });
 * const applications = new Applications({ baseUrl: 'http://127.0.0.1:8787', credential: mine });
 * const { id } = await applications.create({ name: 'Acme API', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
 *
 * const { keys, owners } = applications.application(id);
 * const { key, secret } = await keys.create({ owner: 'cust_7', scopes: ['mesh:read'], expiresIn: 'P1Y' });
 * key; // → { id: 'key_…', applicationId: 'app_…', owner: 'cust_7', … status: 'active', … }
 * secret.reveal(); // → 'acme_live_…'
 * await owners.revoke('cust_7'); // → 1
 * await keys.rotate(key.id); // throws key_inactive
 * await keys.get('key_0123456789abcdefghij'); // throws not_found
 * ```
 */
export class Applications {
  /** Sets it up; nothing is sent. @throws {KeylatchError} `invalid_argument`, `insecure_url`. */
  constructor(options: ApplicationsOptions);
  /** Makes an application. @throws {KeylatchError} `outcome_unknown` when one may have been made all the same. */
  create(options: CreateApplicationOptions): Promise<ApplicationInfo>;
  /** All of them, newest first; pages are asked for as they are needed. */
  list(options?: CallOptions): AsyncIterableIterator<ApplicationInfo>;
  /** @throws {KeylatchError} `not_found`. */
  get(id: string, options?: CallOptions): Promise<ApplicationInfo>;
  /** Changes an application. Keys that are there stay as they are. @throws {KeylatchError} `not_found`. */
  change(id: string, options: ChangeApplicationOptions): Promise<ApplicationInfo>;
  /** Deletes an application with all its keys, owners and management keys. @throws {KeylatchError} `not_found`. */
  delete(id: string, options?: CallOptions): Promise<void>;
  /** One of them, by its id, to act on; nothing is sent. */
  application(id: string): Application;
  /**
   * Whether a key is good, of the application whose management key with the scope `verify` is the credential. For each
   * request of an API `keylatch/guard` is faster, as it remembers answers.
   */
  verify<M extends object = Metadata>(key: Credential, options?: VerifyOptions): Promise<Verification<M>>;
}
