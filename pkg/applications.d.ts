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

import type { ApplicationKeys } from './types/application-keys.js';
import type { ApplicationInfo, ChangeApplicationOptions, CreateApplicationOptions, Environment, Metadata } from './types/applications.js';
import type { CallOptions } from './types/keys.js';
import type { RemainingLimit } from './types/limits.js';
import type { ManagementKeys } from './types/management-keys.js';
import type { Owners } from './types/owners.js';
import type { Credential } from './types/secrets.js';

export * from './types/applications.js';
export * from './types/application-keys.js';
export * from './types/limits.js';
export * from './types/owners.js';
export * from './types/management-keys.js';

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
  /** Whether the request may be answered: `code` is `valid`. */
  valid: boolean;
  /** Why not. */
  code: 'not_found' | 'expired' | 'revoked' | 'disabled' | 'ip_refused' | 'insufficient_scope' | 'rate_limited' | 'quota_exceeded' | 'valid';
  /** `undefined` for `not_found`, which it is too for a key of another application. */
  key?: { id: string; name: string; scopes: string[]; metadata: M; expiresAt: Date | null; environment: Environment };
  /** Whose key it is. */
  owner?: { id: string; metadata: Metadata };
  /** With `insufficient_scope`: what the key lacks of what was asked. */
  missingScopes: string[];
  /** What is left of the limits of the key and of its owner; empty when it is refused for anything else. */
  limits: RemainingLimit[];
  /** For so many seconds the answer may be kept. */
  freshSeconds: number;
}

/** One application, to act on. */
export interface Application {
  /** Its id. */
  readonly id: string;
  /** The keys of its customers. */
  readonly keys: ApplicationKeys;
  /** Its customers. */
  readonly owners: Owners;
  /** The keys by which your programs act on it. */
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
  /** Your own `fetch`; it is given a `Request`. Default: the platform's. */
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
 * (await applications.change(id, { defaultLifetime: 'P1Y' })).defaultLifetime; // → 'P1Y'
 * for await (const { name } of applications.list()) {
 *   name; // → 'Acme API'
 * }
 *
 * const { keys, owners, managementKeys } = applications.application(id);
 * const { key, secret } = await keys.create({ owner: 'cust_7', scopes: ['mesh:read'], expiresIn: 'P1Y' });
 * key; // → { id: 'key_…', applicationId: 'app_…', owner: 'cust_7', … status: 'active', … }
 * const shown = secret.reveal(); // → 'acme_live_…'
 *
 * const { secret: management } = await managementKeys.create({ name: 'API', scopes: ['verify'] });
 * const api = new Applications({ baseUrl: 'http://127.0.0.1:8787', credential: management });
 * (await api.verify(shown, { scopes: ['mesh:read'] })).code; // → 'valid'
 *
 * await owners.revoke('cust_7'); // → 1
 * await keys.rotate(key.id); // throws key_inactive
 * await applications.delete(id);
 * await applications.get(id); // throws not_found
 * ```
 */
export class Applications {
  /** Sets it up; nothing is sent. @throws {KeylatchError} `invalid_argument`, `insecure_url`. */
  constructor(options: ApplicationsOptions);
  /**
   * Makes an application. When the answer is lost, the request is repeated so that there is one all the same.
   * @throws {KeylatchError} `outcome_unknown` when one may have been made of which nothing is known.
   */
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
