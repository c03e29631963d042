// Services as data: the built-in ones, and those that you declare.

import type { Certainty, KeyFormat } from './formats.js';
import type { SchemeSpec } from './headers.js';

/** Id of a built-in service, or of one that you declare. */
export type ProviderId = 'keylatch' | 'luminary' | 'lambda' | 'conduce' | 'modelon' | (string & {});

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
 * What a service can do through its API. An operation that is `false` rejects
 * with `unsupported`; but `get` is then done from the list, where there is one.
 */
export interface Capabilities {
  /** A user signs in with a password, for a session that stands for a key. */
  signIn: boolean;
  /** It says whose a key or a session is. */
  whoami: boolean;
  /** Keys can be made. */
  create: boolean;
  /** Keys can be listed. */
  list: boolean;
  /** One key can be looked up by its id. */
  get: boolean;
  /** A key can be replaced by a new one. */
  rotate: boolean;
  /** A key can be ended and stays in the list. */
  revoke: boolean;
  /** A key can be removed. */
  delete: boolean;
  /** It says whether a key works. */
  validate: boolean;
  /** A lifetime can be chosen; where not, `expiresIn` may only be `'never'`. */
  expiry: boolean;
  /** Scopes can be chosen. */
  scopes: boolean;
  /** Whether the old key can live on for a while after a rotate. */
  overlap: boolean;
  /** A user has one key at a time: a rotate ends the old one at once. Warn the person. */
  oneKey: boolean;
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

/** What can be asked of a key API. */
export type Operation =
  | 'signIn' | 'signOut' | 'whoami' | 'create' | 'list' | 'get' | 'rotate' | 'revoke' | 'delete' | 'validate'
  | 'checkSession' | 'takeBack';

/** What a declaration may say of a request: a path alone, the rest as in keylatch's own API; or more. */
export type EndpointDeclaration = string | (Partial<EndpointSpec> & { path: string });

/**
 * One request of a service's key API.
 *
 * Its path, query and body may hold variables in braces. `{account}`, the id that whoami answers, may stand everywhere. The
 * others belong to operations:
 *
 * - signIn: `user` and `password`.
 * - create: `name`, `expires_in` (an ISO 8601 duration), `expires_at` (RFC 3339), `scopes`, and `attempt`, the number of a
 *   repeated try.
 * - list: `status`, `search` and `cursor`. Without `{cursor}` the list has one page.
 * - get, revoke, delete: `id`. For revoke also `overlap`, the ISO 8601 duration after which the key ends; for delete also
 *   `secret`, the key itself.
 * - rotate: `id`, `attempt`, and `overlap`: the ISO 8601 duration for which the old key lives on, or `until_revoked` where a
 *   revoke follows. Also `hold`, where the revoke that follows takes the overlap.
 * - validate: `secret`, the key in question.
 * - takeBack: `idempotency_key`, of the request whose answer was lost. After it, nothing comes of that request.
 *
 * `password` and `secret` may stand in bodies only.
 */
export interface EndpointSpec {
  /** Default in a declaration: that of keylatch's own API, such as POST for create. */
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

/**
 * Where things stand in the service's answers: dotted paths such as `data.keys`, alternatives by `|`. The empty path is the
 * whole answer for `key` and `items`, and nowhere for the others. A default is the place in keylatch's own answers.
 */
export interface FieldMap {
  /** The key object in an answer about one key. Default `key|`: the member, or the answer itself. */
  key?: string;
  /** The new key's text in the answer to create and rotate. Default `secret`. */
  secret?: string;
  /** The array of key objects in the answer to list. Default `items`. */
  items?: string;
  /** The cursor of the next page in the answer to list; the last page has none. Default `next_cursor`. */
  cursor?: string;
  /** In a key object: its id. Default `id`. */
  id?: string;
  /** In a key object: its name. Default `name`. */
  name?: string;
  /** In a key object: `active`, `expired` or `revoked`. Default `status`. */
  status?: string;
  /** In a key object: enough of the key to recognise it by. Default `masked`. */
  masked?: string;
  /** In a key object: the array of its scopes. Default `scopes`. */
  scopes?: string;
  /** In a key object: the whole key, where a service lists it. The key then gets a fingerprint as its id and is masked. Default: nowhere. */
  wholeKey?: string;
  /** In a key object: when it was made, as RFC 3339 text or a number in `timeUnit`; likewise the other times. Default `created_at`. */
  createdAt?: string;
  /** In a key object: when it ends by itself. Default `expires_at`. */
  expiresAt?: string;
  /** In a key object: when it was last used. Default `last_used_at`. */
  lastUsedAt?: string;
  /** In a key object: when it was revoked. Default `revoked_at`. */
  revokedAt?: string;
  /** In a key object: the id of the key that it was rotated into. Default `replaced_by`. */
  replacedBy?: string;
  /** In the answer to validate: whether the key works, true or false. Default `valid`. */
  valid?: string;
  /** In the answer to validate: why the key does not work: `unknown`, `expired` or `revoked`. Default `reason`. */
  reason?: string;
  /** In the answer to validate: the key object of a key that works. Default `key`. */
  validKey?: string;
  /** In the answer to whoami: the id of the account. Default `id`. */
  account?: string;
  /** In the answer to whoami: its login name. Default `user`. */
  user?: string;
}

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

/**
 * Every built-in service, and every other one once `keylatch/catalogue` is imported; a page can build its menu from it.
 *
 * @example
 * ```js
 * providers().slice(0, 2).map(({ title }) => title); // → [ 'keylatch', 'Luminary Cloud' ]
 * ```
 */
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
