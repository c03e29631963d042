/// <reference lib="esnext.disposable" />
/**
 * keylatch: API keys for JavaScript.
 *
 * Everything here works at once after the import: the WebAssembly is compiled
 * on first use, there is nothing to await.
 *
 * @module
 */

/** A stable word for what went wrong. The sentence may change, this does not. */
export type ErrorCode =
  | 'invalid_argument' | 'invalid_provider' | 'unknown_provider'
  | 'invalid_key' | 'invalid_header' | 'already_revealed'
  | 'insecure_url' | 'origin_mismatch' | 'redirect_refused'
  | 'timeout' | 'aborted' | 'network_error' | 'bad_response'
  | 'unauthorized' | 'invalid_credentials' | 'forbidden' | 'not_found'
  | 'key_active' | 'key_inactive' | 'conflict' | 'invalid_request'
  | 'rate_limited' | 'service_error' | 'unsupported' | 'outcome_unknown'
  | 'no_credential' | 'store_failed' | 'old_key_alive' | 'not_stored' | 'replacement_failed'
  | 'no_entropy' | 'internal';

/** What the service itself said about a refusal. */
export interface ServiceMessage {
  code?: string;
  message?: string;
  /** What the service suggests to do (Lambda Cloud does). */
  suggestion?: string;
}

/** Every error that keylatch throws or rejects with. Never contains a key. */
export class KeylatchError extends Error {
  private constructor();
  readonly name: 'KeylatchError';
  readonly code: ErrorCode;
  /** HTTP status of the answer, if there was one. */
  readonly status?: number;
  /** The service's id of the request, for its support. */
  readonly requestId?: string;
  /** Seconds to wait before another try. */
  readonly retryAfter?: number;
  /** What the service said. */
  readonly service?: ServiceMessage;
  /** The platform's own error, freed of keys; for `aborted` the signal's reason. */
  readonly cause?: unknown;
  /** Everything that was tried, for `no_credential` (`keylatch/node`). */
  readonly tried?: readonly { readonly reason: string; readonly message: string }[];
}

/** Text that does not get out by accident: `console.log`, `JSON.stringify`,
 *  template strings and `util.inspect` all show `[redacted]`. */
export class Secret {
  /** Wraps a key that you already have. */
  constructor(text: string);
  /** The text itself. Calling this is the decision to let it out. */
  expose(): string;
  /** Enough to recognise the key by, never enough to use it. */
  mask(): string;
  /** Wipes it from memory; afterwards `expose()` throws `already_revealed`. */
  [Symbol.dispose](): void;
  toString(): string;
  toJSON(): string;
}

/** A new key, kept in WebAssembly memory until it is looked at, once. */
export class RevealOnce {
  private constructor();
  /** Hands the key out and wipes it. @throws {KeylatchError} `already_revealed` from the second call on. */
  reveal(): string;
  /** Whether it was handed out or wiped. */
  readonly revealed: boolean;
  /** Wipes the key unseen. */
  [Symbol.dispose](): void;
  toString(): string;
  toJSON(): string;
}

/** How sure we are of a fact about a service. */
export type Certainty = 'documented' | 'observed' | 'unknown';

export type ProblemCode =
  | 'empty' | 'surrounding_space' | 'inner_space' | 'line_break' | 'quotes'
  | 'scheme_prefix' | 'assignment_prefix' | 'placeholder'
  | 'bad_character' | 'lookalike' | 'invisible'
  | 'wrong_prefix' | 'wrong_length' | 'wrong_checksum' | 'unsafe_in_header';

export interface KeyProblem {
  code: ProblemCode;
  /** A sentence for the person: what is wrong, and what to do. */
  message: string;
  /** Where, in UTF-16 code units, so that `text.slice(index)` starts there. */
  index: number;
}

export type KeyCheck =
  | {
      ok: true;
      /** Id of the service. */
      provider: string;
      /** How much the check means: `unknown` says only that nothing is certainly wrong. */
      certainty: Certainty;
      /** The known prefix that the key has, e.g. `kl_live_`. */
      prefix?: string;
    }
  | {
      ok: false;
      provider: string;
      certainty: Certainty;
      problems: KeyProblem[];
      /** Ids of services that the text does look like a key of. */
      looksLike: string[];
    };

export type ProviderId = 'keylatch' | 'luminary' | 'lambda' | 'conduce' | 'modelon' | (string & {});

/** Part of a key format: fixed text, one of several texts, a run of characters, or a checksum. */
export type FormatPart =
  | string
  | string[]
  | {
      /** `base62`, `hex`, `hex_lower`, `alphanumeric`, `base64url`, `digits`, or the characters themselves. */
      alphabet: string;
      /** Number of characters, or the bounds. At most one part of a format may vary. */
      length: number | { min: number; max: number };
    }
  | {
      checksum: 'crc32';
      /** What it covers: the random `body` alone (GitHub), or `all` that precedes (keylatch). */
      covers: 'body' | 'all';
      /** Characters of base62, left-padded with `0`. */
      length: number;
    };

export interface KeyFormat {
  parts: FormatPart[];
  certainty: Certainty;
}

export type SchemeSpec =
  | { type: 'bearer' }
  /** The key as user name with an empty password, or as `password` of a fixed user. */
  | { type: 'basic'; user?: string }
  | { type: 'header'; name: string };

/** One request of a service's key API. Paths may hold `{id}`, `{account}`, … */
export interface EndpointSpec {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** Members of the JSON body: constants, or templates such as `{name}`. A member whose template has no value is left out. */
  body?: Record<string, string | number | boolean | null>;
  /** Members of the query, likewise. */
  query?: Record<string, string>;
  /** The header for an idempotency key, if the service keeps them. With one, a lost answer leaves no second key. */
  idempotencyHeader?: string;
  /** For `validate`: the statuses that say "no such key" and are no failure. Default `[401]`. */
  refusals?: number[];
}

/** What a declaration may say of a request: a path alone, the rest as in keylatch's own API; or more. */
export type EndpointDeclaration = string | (Partial<Omit<EndpointSpec, 'body'>> & { path: string; body?: Json });

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A file that holds keys. */
export interface KeyFile {
  /** `~` is the home of the user. */
  path: string;
  /** `text`: the key alone. `profiles`: keylatch's own JSON. Default `text`. */
  kind?: 'text' | 'profiles' | 'conduce-config';
}

/** Signing in with a browser: authorization code with PKCE (RFC 7636, RFC 8252). */
export interface LoginSpec {
  /** Host of the issuer, or its URL. */
  issuer: string;
  clientId: string;
  audience?: string;
  scope?: string;
  /** Ports that the issuer sends the browser back to. */
  ports: number[];
  /** Environment variables that override issuer, client id and audience. */
  env?: string[];
  /** Where the token is kept; the first is written to. */
  files: string[];
}

export type Operation =
  | 'signIn' | 'signOut' | 'whoami' | 'create' | 'list' | 'get' | 'rotate' | 'revoke' | 'delete' | 'validate'
  | 'checkSession';

/**
 * Where things stand in the service's answers: dotted paths, alternatives by `|`,
 * the empty path for the whole answer (`key`, `items`) or for nowhere (the rest).
 */
export interface FieldMap {
  /** The key object in an answer about one key. Default `key|`: the member, or the answer itself. */
  key?: string;
  /** The new key in the answer to create and rotate. */
  secret?: string;
  items?: string;
  cursor?: string;
  id?: string; name?: string; status?: string; masked?: string; scopes?: string;
  /** The whole key, where a service lists it: the key gets a fingerprint as its id and is masked. */
  wholeKey?: string;
  createdAt?: string; expiresAt?: string; lastUsedAt?: string; revokedAt?: string; replacedBy?: string;
  /** In the answer to validate. */
  valid?: string; reason?: string; validKey?: string;
  /** In the answer to whoami. */
  account?: string; user?: string;
}

/** A declaration of a service, plain JSON. */
export interface ProviderSpec {
  /** Lower-case letters, digits and `-`; not the id of a built-in service. */
  id: string;
  title: string;
  /** Default `baseUrl` of a client. */
  baseUrl?: string;
  /** The page where a person manages keys. */
  keysPage?: string;
  /** The steps that a person takes there. */
  keysHelp?: string;
  /** Environment variables that hold a key, first wins. */
  env?: string[];
  /** Environment variables that hold the address. */
  envBaseUrl?: string[];
  /** Files that hold a key, in the order in which they are looked at. */
  files?: KeyFile[];
  login?: LoginSpec;
  /** A user has one key at a time: to rotate is to delete it and make another. */
  oneKey?: boolean;
  format?: KeyFormat;
  /** How the key is sent; the first is the default. Default: bearer. */
  schemes?: SchemeSpec[];
  /** The key API, in keylatch's REST shape unless said otherwise. */
  endpoints?: Partial<Record<Operation, EndpointDeclaration>>;
  fields?: FieldMap;
  /** Unit of numeric times in answers. Default `s`. Times as text are RFC 3339. */
  timeUnit?: 's' | 'ms';
  /** Dotted paths of code and message in an error body. */
  errors?: { code?: string; message?: string; suggestion?: string };
}

/** What a service can do through its API. */
export interface Capabilities {
  signIn: boolean; whoami: boolean; create: boolean; list: boolean; get: boolean; rotate: boolean;
  revoke: boolean; delete: boolean; validate: boolean;
  expiry: boolean; scopes: boolean;
  /** Whether the old key can live on for a while after a rotate. */
  overlap: boolean;
  /** A user has one key at a time: a rotate ends the old one at once. Warn the person. */
  oneKey: boolean;
}

/** A service as plain, frozen data. */
export interface Provider extends Omit<ProviderSpec, 'endpoints'> {
  readonly endpoints: Partial<Record<Operation, EndpointSpec>>;
  readonly capabilities: Capabilities;
  readonly certainty: Certainty;
}

export type KeyStatus = 'active' | 'expired' | 'revoked';

/** A key as the service tells of it; never the key itself. */
export interface KeyInfo {
  id: string;
  /** Empty where the service has no names. */
  name: string;
  status: KeyStatus;
  /** Enough of the key to recognise it by, where the service tells it. */
  masked?: string;
  scopes: string[];
  createdAt?: Date;
  /** `undefined` when it never expires or the service does not tell. */
  expiresAt?: Date;
  lastUsedAt?: Date;
  revokedAt?: Date;
  /** Id of the key that it was rotated into. */
  replacedBy?: string;
}

/**
 * How long a key lives: `'never'`, an ISO 8601 duration (`'P3M'`, `'PT12H'`),
 * a number of seconds, or the moment it ends.
 */
export type Lifetime = 'never' | (string & {}) | number | Date;

export interface CallOptions {
  /** Ends the call; it then rejects with `aborted`. */
  signal?: AbortSignal;
}

export interface CreateOptions extends CallOptions {
  /** 1 to 100 characters after trimming. */
  name: string;
  /** Default: three calendar months, `'P3M'`. */
  expiresIn?: Lifetime;
  scopes?: string[];
}

export interface RotateOptions extends CallOptions {
  /** How long the old key lives on: ISO 8601 duration or seconds. Default: not at all. */
  overlap?: string | number;
  /**
   * Called with the new key before the old one dies. When it throws or rejects,
   * the new key is revoked, the old one lives on, and `rotate` rejects with `store_failed`.
   */
  store?: (secret: Secret, key: KeyInfo) => void | Promise<void>;
}

export interface ListOptions extends CallOptions {
  /** Default: all. `inactive` is expired or revoked. */
  status?: KeyStatus | 'inactive' | 'all';
  /** Part of the name, upper or lower case. */
  search?: string;
}

export type Validation =
  | { valid: true; key?: KeyInfo }
  | { valid: false; reason: 'unknown' | 'expired' | 'revoked' };

export interface Account {
  id: string;
  /** Login name, usually an e-mail address. */
  user?: string;
}

export type Credential = string | Secret | RevealOnce;

/** Where a key came from and can be read again, such as what `resolveKey` of `keylatch/node` gives. */
export interface CredentialSource {
  readonly secret: Credential;
  /** Default `baseUrl` of the client. */
  readonly baseUrl?: string;
  /** Default `scheme` of the client. */
  readonly scheme?: 'bearer' | 'basic' | 'header';
  /** Called once when the service answers 401; `undefined` when there is no other key now. */
  refresh?(): Promise<CredentialSource | undefined>;
}

export interface ClientOptions {
  provider: ProviderId | Provider | ProviderSpec;
  /** Default: the provider's own address. */
  baseUrl?: string | URL;
  /** The key; leave it out in a page whose session cookie the browser holds. */
  credential?: Credential | CredentialSource;
  /** Your own `fetch`. Default: the platform's. */
  fetch?: typeof globalThis.fetch;
  /** Milliseconds for one call, tries included. Default 30000. */
  timeout?: number;
  /** Further tries after a lost answer, 429 or 5xx. Default 2. */
  retries?: number;
  /** Dangerous: lets a key travel over plain http to other computers. Default false. */
  allowInsecure?: boolean;
  /** Which of the provider's schemes to use. Default: its first. */
  scheme?: 'bearer' | 'basic' | 'header';
}

export interface SignInOptions extends Omit<ClientOptions, 'credential' | 'scheme'>, CallOptions {
  user: string;
  password: string | Secret;
}

export class KeyClient {
  /** @throws {KeylatchError} `insecure_url`, `invalid_key`, `invalid_argument`, `unknown_provider`. Nothing is sent. */
  constructor(options: ClientOptions);
  /** Signs in with user and password; the session then stands for a key. @throws {KeylatchError} `invalid_credentials`. */
  static signIn(options: SignInOptions): Promise<KeyClient>;
  readonly provider: Provider;
  readonly baseUrl: string;
  create(options: CreateOptions): Promise<{ key: KeyInfo; secret: RevealOnce }>;
  list(options?: ListOptions): AsyncIterableIterator<KeyInfo>;
  get(id: string, options?: CallOptions): Promise<KeyInfo>;
  /**
   * A successor with the same name, scopes and expiry. It resolves whenever there is a new key; `warning` then says what
   * did not go as wished: `old_key_alive`, or `not_stored` where the service allows one key and cannot go back.
   */
  rotate(id: string, options?: RotateOptions): Promise<{ key: KeyInfo; secret: RevealOnce; warning?: KeylatchError }>;
  revoke(id: string, options?: CallOptions): Promise<KeyInfo>;
  /** @throws {KeylatchError} `key_active` while it is active. */
  delete(id: string, options?: CallOptions): Promise<void>;
  /** Whether a key works, now. */
  validate(secret: Credential, options?: CallOptions): Promise<Validation>;
  whoami(options?: CallOptions): Promise<Account>;
  /** Ends the session of `signIn`. */
  signOut(options?: CallOptions): Promise<void>;
  /** The service's own API: the key is attached, and only this origin is reached. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  [Symbol.dispose](): void;
}

/** Is this a key of the service? Offline, never throws on text. */
export function checkKey(provider: ProviderId | Provider | ProviderSpec, text: string): KeyCheck;
/** Which services could the text be a key of? The surest first. */
export function identifyKey(text: string): KeyCheck[];
/** Enough to recognise the key by, never enough to use it. */
export function maskKey(text: string): string;
/** A new key from the system's random source. Default format: keylatch's, with the prefix `kl_live_`. */
export function generateKey(format?: KeyFormat | 'live' | 'test'): Secret;
/** SHA-256 of the key as 64 lower-case hexadecimal digits: what a server stores. Unkeyed and unsalted is enough for a key of 178 random bits; it is not enough for a password. */
export function hashKey(secret: Credential): string;
/** Compares in constant time. @throws {KeylatchError} `invalid_argument` when `hash` is not one of `hashKey`. */
export function verifyKey(secret: Credential, hash: string): boolean;
/** The header that carries the key. @throws {KeylatchError} `invalid_header` */
export function authHeaders(provider: ProviderId | Provider | ProviderSpec, secret: Credential, options?: { scheme?: 'bearer' | 'basic' | 'header' }): Record<string, string>;
/** A built-in service. @throws {KeylatchError} `unknown_provider` */
export function provider(id: ProviderId): Provider;
/** Every built-in service. */
export function providers(): Provider[];
/** Declares a service. @throws {KeylatchError} `invalid_provider`, naming the field. */
export function defineProvider(spec: ProviderSpec): Provider;
