/**
 * keylatch: API keys for JavaScript.
 *
 * Everything here works at once after the import: the WebAssembly is compiled
 * on first use, there is nothing to await.
 *
 * Whatever goes wrong is thrown, or rejected with, as a {@link KeylatchError}.
 * Where `@throws` names a code, it is the `code` of that error.
 *
 * @module
 */

// As lib `esnext.disposable` has it, which TypeScript before 5.2 does not have.
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}

/** A stable word for what went wrong. The sentence may change, this does not. */
export type ErrorCode =
  /** An argument cannot be used. The message names it and says what is expected. */
  | 'invalid_argument'
  /** A declaration of a service has a wrong field. The message names it. */
  | 'invalid_provider'
  /** No built-in service has this id. */
  | 'unknown_provider'
  /** The key is certainly not one of this service. Nothing was sent. */
  | 'invalid_key'
  /** The key may not stand in an HTTP header. Nothing was sent. */
  | 'invalid_header'
  /** The key was handed out or wiped before. */
  | 'already_revealed'
  /** Plain http to another computer, without `allowInsecure`. Nothing was sent. */
  | 'insecure_url'
  /** The address is not of the service that the key is for. Nothing was sent. */
  | 'origin_mismatch'
  /** The service answered with a redirect, which a key does not follow. */
  | 'redirect_refused'
  /** No answer within `timeout`. */
  | 'timeout'
  /** Your `signal` ended the call. Its reason is the `cause`. */
  | 'aborted'
  /** The service could not be reached, or the connection broke. */
  | 'network_error'
  /** The answer is not what the API of the service promises. */
  | 'bad_response'
  /** 401: the key or session is not accepted. */
  | 'unauthorized'
  /** The user or the password is not accepted. */
  | 'invalid_credentials'
  /** 402 or 403: the key is good, but may not do this. */
  | 'forbidden'
  /** 404 or 410: no such key, or not yours. */
  | 'not_found'
  /** An active key cannot be deleted. Revoke it first. */
  | 'key_active'
  /** Only an active key can be rotated. */
  | 'key_inactive'
  /** 409: the request contradicts the state of the service. */
  | 'conflict'
  /** Another 4xx: the service found the request faulty. Of `keylatch/guard`: two keys, or a malformed header. */
  | 'invalid_request'
  /** 429: too many requests. `retryAfter` says for how long to wait. */
  | 'rate_limited'
  /** 5xx: the service failed. */
  | 'service_error'
  /** The API of the service cannot do this. The message says where a person can. */
  | 'unsupported'
  /** The answer to create or rotate was lost, and so was the clean-up: a key that nobody has seen may be alive. */
  | 'outcome_unknown'
  /** No source had a key. The message names each and why. Of `keylatch/guard`: the request carries none. */
  | 'no_credential'
  /** Of `keylatch/guard`: the key that a request carries is not valid. */
  | 'invalid_token'
  /** Of `keylatch/guard`: the key is good, but lacks a scope. */
  | 'insufficient_scope'
  /** Of `keylatch/guard`: the key is good, but not from this address. */
  | 'address_refused'
  /** Of `keylatch/guard`: a quota of the key or of its owner is used up. */
  | 'quota_exceeded'
  /** Of `keylatch/guard`: the table of keys, or the server, could not be asked. */
  | 'unavailable'
  /** Your `store` failed, so the new key was revoked, and the old one still works. */
  | 'store_failed'
  /** A warning of `rotate`: the new key is good, but the old one could not be revoked. */
  | 'old_key_alive'
  /** A warning of `rotate`: your `store` failed, and the new key is the only one there is. */
  | 'not_stored'
  /** The only key was deleted, and no new one could be made. */
  | 'replacement_failed'
  /** A file of keys could not be read or written. The message says which and why. */
  | 'file_failed'
  /** The random source of the system failed, so no key was made. */
  | 'no_entropy'
  /** The WebAssembly could not be started or loaded. The message says what to do; the next call tries again. */
  | 'not_started'
  /** A fault in keylatch itself. */
  | 'internal';

/** What the service itself said about a refusal. */
export interface ServiceMessage {
  /** The service's own code, as text; a number is written as one. */
  code?: string;
  /** The service's sentence. */
  message?: string;
  /** What the service suggests to do (Lambda Cloud does). */
  suggestion?: string;
}

/**
 * Every error that keylatch throws or rejects with. Never contains a key. Its
 * `message` is for the person: what is wrong, where, and what to do.
 *
 * @example
 * ```js
 * try {
 *   await client.create({ name: '' });
 * } catch (error) {
 *   if (!(error instanceof KeylatchError)) throw error;
 *   error.code; // → 'invalid_argument'
 *   error.message; // → 'name: use 1 to 100 characters; it has 0.'
 * }
 * ```
 */
export class KeylatchError extends Error {
  private constructor();
  readonly name: 'KeylatchError';
  /** What to decide by. */
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

/**
 * Text that does not get out by accident: `console.log`, `JSON.stringify`,
 * template strings and `util.inspect` all show `[redacted]`. To deep equality (of
 * `node:assert`, Jest, Vitest) two are equal when their texts are, which they compare by
 * a digest with a salt of the process; one that was wiped is equal to itself alone.
 *
 * @example
 * ```js
 * const key = new Secret('kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms');
 * `${key} ${JSON.stringify({ key })}`; // → '[redacted] {"key":"[redacted]"}'
 * key.mask(); // → 'kl_test_…HBms'
 * key.expose(); // → 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'
 * ```
 */
export class Secret {
  /** Wraps a key that you already have. @throws {KeylatchError} `invalid_argument` when it is no string. */
  constructor(text: string);
  /** The text itself. Calling this is the decision to let it out. @throws {KeylatchError} `already_revealed` when it was wiped. */
  expose(): string;
  /** Enough to recognise the key by, never enough to use it. */
  mask(): string;
  /** Wipes it from memory; afterwards `expose()` throws `already_revealed`. */
  [Symbol.dispose](): void;
  /** `[redacted]`. */
  toString(): string;
  /** `[redacted]`. */
  toJSON(): string;
}

/**
 * A new key, kept in WebAssembly memory until it is looked at, once. It can be
 * passed wherever a key is taken, which does not count as looking at it.
 *
 * @example
 * ```js
 * const { secret } = await client.create({ name: 'seen once' });
 * secret.revealed; // → false
 * hashKey(secret); // → '…'
 * secret.reveal(); // → 'kl_test_…'
 * secret.reveal(); // throws already_revealed
 * ```
 */
export class RevealOnce {
  private constructor();
  /** Hands the key out and wipes it. @throws {KeylatchError} `already_revealed` from the second call on. */
  reveal(): string;
  /** Whether it was handed out or wiped. */
  readonly revealed: boolean;
  /** Wipes the key unseen. */
  [Symbol.dispose](): void;
  /** `[redacted]`. */
  toString(): string;
  /** `[redacted]`. */
  toJSON(): string;
}

/**
 * How sure we are of a fact about a service: `documented` by its vendor,
 * `observed` in public code, or `unknown`.
 */
export type Certainty = 'documented' | 'observed' | 'unknown';

/** What is wrong with a text that should be a key. The sentence may change, this does not. */
export type ProblemCode =
  /** There is nothing. */
  | 'empty'
  /** White space before or after the key. */
  | 'surrounding_space'
  /** White space within the key. */
  | 'inner_space'
  /** The key is broken over lines. */
  | 'line_break'
  /** Quotation marks around the key. */
  | 'quotes'
  /** `Bearer`, `Basic` or the name of a header before the key. */
  | 'scheme_prefix'
  /** The name of a variable before the key, as in `LC_API_KEY=`. */
  | 'assignment_prefix'
  /**
   * Something that stands for a key: an example such as `<API-KEY>`, a reference that was not resolved such as
   * `op://vault/item/key` or `$KEY`, a word such as `None`, an escape (`\n` as two characters), a key shortened for showing.
   */
  | 'placeholder'
  /** A good key with other text around it, such as a line of a program. */
  | 'surrounding_text'
  /** A character that keys of the service do not have. */
  | 'bad_character'
  /** A character that looks like another, such as a Cyrillic letter. */
  | 'lookalike'
  /** A character that cannot be seen, such as a zero-width space. */
  | 'invisible'
  /** The key does not begin as keys of the service do. */
  | 'wrong_prefix'
  /** The key is too short or too long. */
  | 'wrong_length'
  /** The checksum does not fit: probably a typing error. */
  | 'wrong_checksum'
  /** A character that may not stand in an HTTP header. */
  | 'unsafe_in_header'
  /** A warning of a good key: it is publishable, and a secret key may have been meant. */
  | 'publishable_key'
  /** A warning: it is an identifier, and the key that it names may have been meant. */
  | 'identifier'
  /** A warning of a good key: it is of test mode, and a live key may have been meant. */
  | 'test_key';

/** One thing that is wrong with a text that should be a key. */
export interface KeyProblem {
  /** What to decide by. */
  code: ProblemCode;
  /** A sentence for the person: what is wrong, and what to do. */
  message: string;
  /** Where, in UTF-16 code units, so that `text.slice(index)` starts there. */
  index: number;
  /** How many UTF-16 code units it is about, from there on; 0 where something is missing. */
  length: number;
}

/** The answer to "is this a key?" */
export type KeyCheck =
  | {
      ok: true;
      /** Id of the service. */
      provider: string;
      /** How much the check means: `unknown` says only that nothing is certainly wrong. */
      certainty: Certainty;
      /** The known prefix that the key has, e.g. `kl_live_`. */
      prefix?: string;
      /** What the service calls such a key (`keylatch/catalogue`). */
      kind?: string;
      /** What it is for: a publishable key or an identifier is no secret (`keylatch/catalogue`). */
      purpose?: KeyPurpose;
      /** Whether it is of test mode (`keylatch/catalogue`). */
      test?: true;
      /**
       * What may be wrong all the same (`keylatch/catalogue`): the key is publishable, an identifier or of test mode, which is
       * easily pasted for a secret live key; or a checksum does not fit, whose algorithm was only observed.
       */
      warnings?: KeyProblem[];
    }
  | {
      ok: false;
      /** Id of the service. */
      provider: string;
      /** How sure the format is that the key was held against. */
      certainty: Certainty;
      /** Everything that is wrong, in the order of its place; at least one. */
      problems: KeyProblem[];
      /** Ids of other services that the text does look like a key of, whatever stands around the key. */
      looksLike: string[];
      /** The key that was meant, where the text certainly holds exactly one: without what stands around or within it. */
      fixed?: string;
    };

/** What a key is for: `secret`, `publishable` (meant to be seen) or `identifier` (names a key or an account, opens nothing). */
export type KeyPurpose = 'secret' | 'publishable' | 'identifier';

/** Id of a built-in service, or of one that you declare. */
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

/** What a key looks like: its parts, from the first character to the last. */
export interface KeyFormat {
  /** At least one; fixed text, choices, runs of characters, and at most one checksum, at the end. */
  parts: FormatPart[];
  /** Only a `documented` format makes a client refuse a key. Default in a declaration: `documented`. */
  certainty: Certainty;
}

/** How a key is sent. */
export type SchemeSpec =
  /** `Authorization: Bearer KEY` (RFC 6750). */
  | { type: 'bearer' }
  /** The key as user name with an empty password, or as `password` of a fixed user. */
  | { type: 'basic'; user?: string }
  /** A header of the service's own, such as `x-api-key`. */
  | { type: 'header'; name: string };

/**
 * One request of a service's key API. Paths, queries and bodies may hold `{account}` and the variables of their operation:
 * `user` and `password` for signIn; `name`, `expires_in`, `expires_at` and `scopes` for create; `status`, `search` and
 * `cursor` for list; `id` for get, rotate, revoke and delete; `overlap`, an ISO 8601 duration or, where the old key is
 * revoked by a call of its own, `until_revoked`, for rotate, and the duration for revoke; `secret` for delete and validate; `attempt`, the number of a repeated try, for create and rotate; `hold` for rotate, where revoke takes the
 * overlap; `idempotency_key` for takeBack, which sees to it that nothing comes of a request whose answer was lost.
 * A list without `{cursor}` has one page. `password` and `secret` may stand in bodies only.
 */
export interface EndpointSpec {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `baseUrl`. Variables in braces stay in their segment, whatever is in them. */
  path: string;
  /**
   * The JSON body: constants, or templates such as `{name}`, at any depth. A member whose template has no value is left out;
   * `null` is no body at all.
   */
  body?: Json;
  /** Members of the query, likewise. */
  query?: Record<string, string>;
  /** The header for an idempotency key, if the service keeps them. With one, a lost answer leaves no second key. */
  idempotencyHeader?: string;
  /**
   * For `validate`: the statuses that say "no such key" and are no failure, beside 401 where the key in question
   * authenticates the request; where it is sent beside another credential, 401 speaks of that one.
   */
  refusals?: number[];
  /** What its answer must state to be a success. */
  answer?: AnswerSpec;
}

/**
 * What an answer must state to be a success. Anything else is `bad_response`: a web page in an API's place, an empty body,
 * an error with the status 200, another key's id.
 */
export interface AnswerSpec {
  /** Statuses that mean success. Default: those that go with `states`. */
  statuses?: number[];
  /**
   * What the body states:
   * `key`, the key with the id that was asked for; `newKey`, a key and its secret; `keys`, the list; `account`, whose
   * credential it is; `valid`, true or false at `fields.valid`; `end`, the key that was ended, or a few words, or with 204
   * nothing; `nothing`, there is no body; `anything`, the body is not read.
   *
   * Default: `newKey` for create and rotate, `keys` for list, `key` for get, `account` for whoami, `end` for revoke and
   * delete, `nothing` for signOut and takeBack, `anything` for signIn, which needs a session cookie besides, and
   * checkSession; for validate `valid` where it sends `{secret}` or `fields.valid` is declared, else `anything`, for then it
   * is a cheap call with the key in question. Only signIn, signOut, revoke, delete, validate, checkSession and takeBack can
   * state something else.
   */
  states?: 'key' | 'newKey' | 'keys' | 'account' | 'valid' | 'end' | 'nothing' | 'anything';
}

/** What a declaration may say of a request: a path alone, the rest as in keylatch's own API; or more. */
export type EndpointDeclaration = string | (Partial<EndpointSpec> & { path: string });

/** Plain data. */
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
  /** The id of the public client; no secret. */
  clientId: string;
  /** Whom the token is for. */
  audience?: string;
  /** What is asked for. Default `openid offline_access`. */
  scope?: string;
  /** Ports that the issuer sends the browser back to. */
  ports: number[];
  /** Environment variables that override issuer, client id and audience, in that order. */
  env?: string[];
  /** Environment variable that names the directory of the last of `files`. */
  envDirectory?: string;
  /** Where the token is kept; it is written to each of them. */
  files: string[];
}

/** What can be asked of a key API. */
export type Operation =
  | 'signIn' | 'signOut' | 'whoami' | 'create' | 'list' | 'get' | 'rotate' | 'revoke' | 'delete' | 'validate'
  | 'checkSession' | 'takeBack';

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

/** A declaration of a service, plain JSON: see {@link defineProvider}. */
export interface ProviderSpec {
  /** Lower-case letters, digits and `-`; not the id of a built-in service. */
  id: string;
  /** Its name, for people. */
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
  /** Whether `.env` of the working directory stands in for variables that are not set. Default true. */
  dotenv?: boolean;
  /** Files that hold a key, in the order in which they are looked at. */
  files?: KeyFile[];
  /** Signing in with a browser, where the service has it. */
  login?: LoginSpec;
  /** A user has one key at a time: to rotate is to delete it and make another. */
  oneKey?: boolean;
  /** It gives a key an end by itself when none is asked for. Default false: three months are asked for then. */
  endsByDefault?: boolean;
  /** Its list has working keys only, so a key without a status is `active` and not `unknown`. Default false. */
  listsWorkingKeysOnly?: boolean;
  /** What its keys look like. Default: unknown. */
  format?: KeyFormat;
  /** How the key is sent; the first is the default. Default: bearer. */
  schemes?: SchemeSpec[];
  /** The key API, in keylatch's REST shape unless said otherwise. */
  endpoints?: Partial<Record<Operation, EndpointDeclaration>>;
  /**
   * How the API is found where something may stand in front of it: `path` is asked first, with the key, and the member
   * of its answer holds a path; that and `suffix` then stand before every other path.
   */
  discovery?: { path: string; member: string; suffix?: string };
  /** Where its answers say what. Default: as keylatch's own API does. */
  fields?: FieldMap;
  /** Unit of numeric times in answers. Default `s`. Times as text are RFC 3339. */
  timeUnit?: 's' | 'ms';
  /** Dotted paths of code and message in an error body. */
  errors?: { code?: string; message?: string; suggestion?: string };
}

/**
 * What a service can do through its API. An operation that is `false` rejects
 * with `unsupported`; but `get` is then done from the list, where there is one.
 */
export interface Capabilities {
  signIn: boolean; whoami: boolean; create: boolean; list: boolean; get: boolean; rotate: boolean;
  revoke: boolean; delete: boolean; validate: boolean;
  /** A lifetime can be chosen; without, `expiresIn` may only be `'never'`. */
  expiry: boolean;
  /** Scopes can be chosen. */
  scopes: boolean;
  /** Whether the old key can live on for a while after a rotate. */
  overlap: boolean;
  /** A user has one key at a time: a rotate ends the old one at once. Warn the person. */
  oneKey: boolean;
}

/** A service as plain, frozen data. */
export interface Provider extends Omit<ProviderSpec, 'endpoints'> {
  /** Whether only the look of its keys and how they are sent is known (`keylatch/catalogue`). `schemes` is empty where that is not known. */
  formatOnly?: true;
  /** Its key API, written out. */
  readonly endpoints: Partial<Record<Operation, EndpointSpec>>;
  /** What it can do, read off its endpoints. */
  readonly capabilities: Capabilities;
  /** How sure its key format is. */
  readonly certainty: Certainty;
}

/**
 * What a key is good for; only an active one authenticates. A deleted key is not told of at all. `unknown` is a key whose
 * status the service does not tell, or tells in a word that is none of these.
 */
export type KeyStatus = 'active' | 'expired' | 'revoked' | 'unknown';

/** A key as the service tells of it; never the key itself. */
export interface KeyInfo {
  /** What the calls take. Where the service knows a key by the key itself, a fingerprint of it. */
  id: string;
  /** Empty where the service has no names. */
  name: string;
  status: KeyStatus;
  /** Enough of the key to recognise it by, where the service tells it. */
  masked?: string;
  /** What it may do; empty for everything. */
  scopes: string[];
  /** Each time is a moment of the calendar; one that cannot be read is left out. */
  createdAt?: Date;
  /** `undefined` when it never expires or the service does not tell. */
  expiresAt?: Date;
  /** `undefined` when it was never used or the service does not tell. keylatch-server tells it to the minute. */
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

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it then rejects with `aborted`. */
  signal?: AbortSignal;
}

/** What a new key is to be. */
export interface CreateOptions extends CallOptions {
  /** 1 to 100 characters after trimming. */
  name: string;
  /**
   * Default: three calendar months, `'P3M'`. keylatch-server ends a key no later than the key that made it: left out, the
   * end is cut to that, and one that is asked for and lies beyond is `forbidden`, with the latest possible end.
   */
  expiresIn?: Lifetime;
  /**
   * What it may do. Default: what the service gives. At keylatch-server a key without scopes tells whose it is and
   * nothing else; `keys:read` is to look at keys, `keys:write` to make and end them, and other words are yours. It takes up to 32,
   * each of 1 to 64 of `a-z 0-9 : . _ -`.
   */
  scopes?: string[];
}

/** How a key is rotated. */
export interface RotateOptions extends CallOptions {
  /** How long the old key lives on, never past its own end: an ISO 8601 duration, or seconds. Default: not at all. */
  overlap?: string | number;
  /**
   * Called with the new key before the old one dies. When it throws, rejects, or takes
   * longer than the client's `timeout`, which begins with it, the new key is revoked, the
   * old one lives on, and `rotate` rejects with `store_failed`; where a user has one key at
   * a time that cannot be, and `rotate` resolves with the warning `not_stored`.
   */
  store?: (secret: Secret, key: KeyInfo) => void | Promise<void>;
}

/** Which keys to list. */
export interface ListOptions extends CallOptions {
  /** Default: all. `inactive` is expired or revoked. A key in an unknown state is in `all` alone. */
  status?: Exclude<KeyStatus, 'unknown'> | 'inactive' | 'all';
  /** Part of the name, upper or lower case. */
  search?: string;
}

/** Whether a key works, and if not, why. `unknown` may also mean: somebody else's. */
export type Validation =
  | { valid: true; key?: KeyInfo }
  | { valid: false; reason: 'unknown' | 'expired' | 'revoked' };

/** Whose key or session it is. */
export interface Account {
  id: string;
  /** Login name, usually an e-mail address. */
  user?: string;
}

/** A key, in any of its forms. */
export type Credential = string | Secret | RevealOnce;

/** Where a key came from and can be read again, such as what `resolveKey` of `keylatch/node` gives. */
export interface CredentialSource {
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
  /** Your own `fetch`. Default: the platform's. */
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
  /** One key; from the list, where the service cannot look one up. @throws {KeylatchError} `not_found`. */
  get(id: string, options?: CallOptions): Promise<KeyInfo>;
  /**
   * A successor with the same name, scopes and expiry: neither life is extended.
   * It resolves whenever there is a new key; `warning` then says what did not go
   * as wished: `old_key_alive`, or `not_stored` where the service allows one key
   * and cannot go back. Where `capabilities.oneKey`, the old key dies at once.
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
   * Ends a key's working life. Revoking a revoked key succeeds and changes nothing.
   * @throws {KeylatchError} `not_found`.
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
  /** Whose key or session this is. */
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

/**
 * Is this a key of the service? Offline; never throws on text.
 * @throws {KeylatchError} `unknown_provider`, `invalid_provider`, and `invalid_argument` when `text` is no string.
 *
 * @example
 * ```js
 * checkKey('keylatch', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms').ok; // → true
 * checkKey('keylatch', 'kl_test_').problems;
 * // → [ { code: 'wrong_length', message: 'The key has a length of 8 instead of 44. …', index: 8, length: 0 } ]
 * checkKey('keylatch', '"KEY=kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms"').fixed; // → 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'
 * checkKey('conduce', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms').looksLike; // → [ 'keylatch' ]
 * ```
 */
export function checkKey(provider: ProviderId | Provider | ProviderSpec, text: string): KeyCheck;

/** What a line is: `ok` for a good key, else the code of its first problem. */
export type LineStatus = 'ok' | ProblemCode;

/**
 * Checks many keys in one call, a line each: several times as fast as a loop over
 * {@link checkKey}. An empty line is `empty`; a line break at the end begins no other
 * line; `\r\n` is a line break too. Bytes are read as UTF-8.
 * @throws {KeylatchError} `unknown_provider`, `invalid_provider`, and `invalid_argument` when `lines` is neither a string nor bytes.
 *
 * @example
 * ```js
 * checkKeys('keylatch', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms\nkl_test_T7mQ2\n'); // → [ 'ok', 'wrong_length' ]
 * ```
 */
export function checkKeys(provider: ProviderId | Provider | ProviderSpec, lines: string | Uint8Array): LineStatus[];
/**
 * Which services could the text be a key of? The surest first; `unknown` says
 * only that nothing speaks against it.
 *
 * @example
 * ```js
 * identifyKey('kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms')[0];
 * // → { ok: true, provider: 'keylatch', certainty: 'documented', prefix: 'kl_test_' }
 * ```
 */
export function identifyKey(text: string): KeyCheck[];
/**
 * Enough to recognise the key by, never enough to use it: its prefix and the
 * last four characters, and nothing of a short text.
 *
 * @example
 * ```js
 * maskKey('kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'); // → 'kl_test_…HBms'
 * maskKey('hunter2'); // → '…' (nothing)
 * ```
 */
export function maskKey(text: string): string;
/**
 * A new key from the system's random source. Default: keylatch's format with the
 * prefix `kl_live_`; `'test'` is the prefix `kl_test_`.
 * @throws {KeylatchError} `invalid_provider` for a wrong format, `invalid_argument` for one with nothing random in it, `no_entropy`.
 *
 * @example
 * ```js
 * generateKey('test').expose(); // → 'kl_test_…'
 * const github = ['ghp_', { alphabet: 'base62', length: 30 }, { checksum: 'crc32', covers: 'body', length: 6 }];
 * generateKey({ parts: github, certainty: 'documented' }).expose().length; // → 40
 * ```
 */
export function generateKey(format?: KeyFormat | 'live' | 'test'): Secret;
/**
 * SHA-256 of the key as 64 lower-case hexadecimal digits: what a server stores.
 * Unkeyed and unsalted is enough for a key of 178 random bits; it is not enough
 * for a password.
 *
 * @example
 * ```js
 * hashKey('abc'); // → 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
 * ```
 */
export function hashKey(secret: Credential): string;
/**
 * Whether the hash is that of the key. Compares in constant time.
 * @throws {KeylatchError} `invalid_argument` when `hash` is not 64 hexadecimal digits.
 *
 * @example
 * ```js
 * const key = generateKey();
 * verifyKey(key, hashKey(key)); // → true
 * verifyKey(generateKey(), hashKey(key)); // → false
 * ```
 */
export function verifyKey(secret: Credential, hash: string): boolean;
/**
 * The header that carries the key, for requests that you send yourself. It is
 * then up to you that it goes to the service alone; `KeyClient.fetch` sees to that.
 * @throws {KeylatchError} `invalid_key` for what is certainly none (a placeholder, a reference, `Bearer …`), `invalid_header`,
 * `invalid_argument` for a scheme that the service does not take.
 *
 * @example
 * ```js
 * authHeaders('lambda', 'test'); // → { Authorization: 'Bearer test' }
 * authHeaders('lambda', 'test', { scheme: 'basic' }); // → { Authorization: 'Basic dGVzdDo=' }
 * authHeaders('modelon', 'line\nbreak'); // throws invalid_header
 * ```
 */
export function authHeaders(provider: ProviderId | Provider | ProviderSpec, secret: Credential, options?: { scheme?: 'bearer' | 'basic' | 'header' }): Record<string, string>;
/**
 * A built-in service.
 * @throws {KeylatchError} `unknown_provider`.
 *
 * @example
 * ```js
 * provider('modelon').capabilities.oneKey; // → true
 * provider('acme'); // throws unknown_provider
 * ```
 */
export function provider(id: ProviderId): Provider;
/** Every built-in service; a page can build its menu from it. */
export function providers(): Provider[];
/**
 * Declares a service, from plain JSON. What is declared is what it can do.
 * @throws {KeylatchError} `invalid_provider`, naming the field.
 *
 * @example
 * ```js
 * const acme = defineProvider({
 *   id: 'acme',
 *   title: 'Acme',
 *   schemes: [{ type: 'header', name: 'x-acme-key' }],
 *   endpoints: { create: '/v1/keys', list: '/v1/keys', revoke: '/v1/keys/{id}/revoke' },
 * });
 * authHeaders(acme, 'key'); // → { 'x-acme-key': 'key' }
 * acme.capabilities; // → { … create: true, list: true, … delete: false, … }
 * ```
 */
export function defineProvider(spec: ProviderSpec): Provider;
