// The client of a service: create, list, rotate, revoke and delete keys, and call its API with one.

import type { KeylatchError } from './errors.js';
import type { Account, CallOptions, CreateOptions, KeyInfo, ListOptions, RotateOptions, Validation } from './keys.js';
import type { Provider, ProviderId, ProviderSpec } from './providers.js';
import type { Credential, RevealOnce, Secret } from './secrets.js';

/** Where a key came from and can be read again, such as what `resolveKey` of `keylatch/node` gives. */
export interface CredentialSource {
  /** The key, as it was read last. */
  readonly secret: Credential;
  /** Default `baseUrl` of the client. */
  readonly baseUrl?: string;
  /** Default `scheme` of the client. */
  readonly scheme?: 'bearer' | 'basic' | 'header';
  /**
   * Called once when the service answers 401; `undefined` when there is no other key now. It has the `timeout` of a call;
   * its signal says that nobody waits for it any more. What it gives is used if it is for the same origin; otherwise, and
   * when it throws, the call rejects with `unauthorized`, whose `cause` says so.
   */
  refresh?(options?: { signal?: AbortSignal }): Promise<CredentialSource | undefined>;
}

/** How a client is set up. */
export interface ClientOptions {
  /** The service: an id, what `provider` or `defineProvider` answered, or a declaration. */
  provider: ProviderId | Provider | ProviderSpec;
  /**
   * Where its API is. Default: the provider's own address; keylatch has none, so say it. Plain http is for this computer:
   * where `HTTP_PROXY` is heeded (by Bun and Deno, by Node 24 with `NODE_USE_ENV_PROXY`), name it in `NO_PROXY`, or the key
   * goes to the proxy.
   */
  baseUrl?: string | URL;
  /** The key; leave it out in a page whose session cookie the browser holds. */
  credential?: Credential | CredentialSource;
  /** Your own `fetch`; it is given a `Request`. Default: the platform's. */
  fetch?: typeof globalThis.fetch;
  /** Milliseconds for one call, tries included. Default 30000. */
  timeout?: number;
  /** Further tries after a lost answer, 429 or 5xx, 0 to 10; `create` and `rotate` only where no second key can come of it. Default 2. */
  retries?: number;
  /** Dangerous: lets a key travel over plain http to other computers. Default false. */
  allowInsecure?: boolean;
  /** Which of the provider's schemes to use. Default: its first. */
  scheme?: 'bearer' | 'basic' | 'header';
}

/** How to sign in. */
export interface SignInOptions extends Omit<ClientOptions, 'credential' | 'scheme'>, CallOptions {
  /** Login name. Where one signs in with a key alone, the empty text. */
  user: string;
  /** The password. Where one signs in with a key, the key. */
  password: string | Secret;
}

/**
 * The keys of one service, seen with one credential.
 *
 * Every call may reject with `timeout`, `aborted`, `network_error`,
 * `bad_response`, `redirect_refused`, `unauthorized`, `forbidden`,
 * `rate_limited`, `service_error` and, where the service has no such request,
 * `unsupported`; a wrong argument is an `invalid_argument`. What a call adds to
 * these is said there.
 *
 * @example
 * ```js
 * const program = new KeyClient({
 *   provider: 'keylatch',
 *   baseUrl: 'http://127.0.0.1:8787',
 *   credential: 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms',
 * });
 * program.provider.title; // → 'keylatch'
 * await program.whoami(); // throws unauthorized
 * ```
 */
export class KeyClient {
  /**
   * Sets a client up; nothing is sent.
   * @throws {KeylatchError} `insecure_url`, `invalid_key`, `invalid_header`, `invalid_argument`, `unknown_provider`, `invalid_provider`.
   */
  constructor(options: ClientOptions);
  /**
   * Signs in with user and password; the session then stands for a key. In a
   * page the browser keeps its cookie, elsewhere the client does.
   * @throws {KeylatchError} `invalid_credentials`, and those of the constructor.
   *
   * @example
   * ```js
   * const options = { provider: 'keylatch', baseUrl: 'http://127.0.0.1:8787', user: 'demo@example.com' };
   * const session = await KeyClient.signIn({ ...options, password: 'reveal-once' });
   * await session.whoami(); // → { id: 'usr_…', user: 'demo@example.com' }
   * await session.signOut();
   * await KeyClient.signIn({ ...options, password: 'wrong' }); // throws invalid_credentials
   * ```
   */
  static signIn(options: SignInOptions): Promise<KeyClient>;
  /** The service that its keys are of. */
  readonly provider: Provider;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /**
   * Makes a key. When its answer is lost, it is asked for again where no second
   * key can come of that; when every answer is lost, the key that may have been
   * made is removed.
   * @throws {KeylatchError} `invalid_request` for what the service refuses, `outcome_unknown` when a key may be left.
   *
   * @example
   * ```js
   * const { key, secret } = await client.create({ name: 'ci', expiresIn: 'P30D', scopes: ['keys:read'] });
   * key; // → { id: 'key_…', name: 'ci', status: 'active', masked: 'kl_test_…', scopes: [ 'keys:read' ], … }
   * secret.reveal(); // → 'kl_test_…'
   * ```
   */
  create(options: CreateOptions): Promise<{ key: KeyInfo; secret: RevealOnce }>;
  /**
   * The keys, newest first where the service says when they were made. Pages
   * are fetched as they are needed.
   *
   * @example
   * ```js
   * await client.create({ name: 'nightly build' });
   * const names = [];
   * for await (const key of client.list({ status: 'active', search: 'Nightly' })) names.push(key.name);
   * names; // → [ 'nightly build' ]
   * ```
   */
  list(options?: ListOptions): AsyncIterableIterator<KeyInfo>;
  /**
   * One key; from the list, where the service cannot look one up.
   * @throws {KeylatchError} `not_found`.
   *
   * @example
   * ```js
   * const { key } = await client.create({ name: 'looked up' });
   * (await client.get(key.id)).status; // → 'active'
   * await client.get('key_00000000000000000000000000'); // throws not_found
   * ```
   */
  get(id: string, options?: CallOptions): Promise<KeyInfo>;
  /**
   * A successor with the same name, scopes and expiry: neither life is extended.
   * It resolves whenever there is a new key; `warning` is then an error with the code
   * `old_key_alive`, or `not_stored` where the service allows one key at a time
   * and cannot go back. Where `capabilities.oneKey` is true, the old key ends at once.
   * @throws {KeylatchError} `key_inactive`, `store_failed`, `not_found`, `conflict`, `outcome_unknown`, `replacement_failed`.
   *
   * @example
   * ```js
   * const vault = new Map();
   * const { key } = await client.create({ name: 'deploy' });
   * const next = await client.rotate(key.id, { store: (secret, { name }) => vault.set(name, secret) });
   * vault.get('deploy'); // → Secret { [redacted] }
   * (await client.get(key.id)).replacedBy === next.key.id; // → true
   * await client.rotate(key.id); // throws key_inactive
   * ```
   */
  rotate(id: string, options?: RotateOptions): Promise<{ key: KeyInfo; secret: RevealOnce; warning?: KeylatchError }>;
  /**
   * Ends a key, which stays in the list. Revoking a revoked key succeeds and changes nothing.
   * @throws {KeylatchError} `not_found`.
   *
   * @example
   * ```js
   * const { key } = await client.create({ name: 'leaked' });
   * (await client.revoke(key.id)).status; // → 'revoked'
   * ```
   */
  revoke(id: string, options?: CallOptions): Promise<KeyInfo>;
  /**
   * Deletes a key for ever; its id is never used again. Where a service cannot
   * revoke, this is how a key is ended.
   * @throws {KeylatchError} `key_active` while it is active, `not_found`.
   *
   * @example
   * ```js
   * const { key } = await client.create({ name: 'short-lived', expiresIn: 3600 });
   * await client.delete(key.id); // throws key_active
   * await client.revoke(key.id); // → { … status: 'revoked', … }
   * await client.delete(key.id);
   * await client.get(key.id); // throws not_found
   * ```
   */
  delete(id: string, options?: CallOptions): Promise<void>;
  /**
   * Whether a key works, now. A service without such a request is asked
   * something cheap with that key. That the key is refused is an answer and no error;
   * that the client's own credential is refused is `unauthorized`, and says nothing of the key.
   *
   * @example
   * ```js
   * const { secret } = await client.create({ name: 'probe' });
   * await client.validate(secret); // → { valid: true, key: { … } }
   * await client.validate(generateKey('test')); // → { valid: false, reason: 'unknown' }
   * ```
   */
  validate(secret: Credential, options?: CallOptions): Promise<Validation>;
  /**
   * Whose key or session this is.
   *
   * @example
   * ```js
   * await client.whoami(); // → { id: 'usr_…', user: 'demo@example.com' }
   * ```
   */
  whoami(options?: CallOptions): Promise<Account>;
  /** Ends the session of `signIn`. @throws {KeylatchError} `invalid_argument` when the client holds a key: revoke that instead. */
  signOut(options?: CallOptions): Promise<void>;
  /**
   * The service's own API: the key is attached, and only this origin is reached.
   * An address may be relative to `baseUrl`. As with the platform's `fetch`, an
   * answer of any status resolves; `timeout` ends with its headers, and the body
   * may take its time. Nothing is tried again, but for one case: after a
   * 401, when the client can read its credential again and finds another key.
   * @throws {KeylatchError} `origin_mismatch`, `redirect_refused`, `network_error`, `timeout`, `aborted`.
   *
   * @example
   * ```js
   * const response = await client.fetch('v1/keys?limit=1');
   * response.status; // → 200
   * await client.fetch('https://elsewhere.example.com/'); // throws origin_mismatch
   * ```
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Wipes the credential from memory. The client cannot be used afterwards. */
  [Symbol.dispose](): void;
}
