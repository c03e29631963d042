/**
 * keylatch/guard: whose key is this, and what may it do? For an API of your own,
 * whose keys stand in a table of your own, without any server; or at keylatch-server,
 * which also has limits of rate and quota for them. A table of your own has none: what
 * holds over several processes, a process cannot count alone.
 *
 * `keylatch/guard/express`, `/fastify`, `/hono`, `/next` and `/fetch` put it before
 * the handlers of a framework.
 *
 * @module
 */

import type { Credential, KeyFormat, KeylatchError, Lifetime, SchemeSpec, Secret } from './index.js';
import type { RemainingLimit } from './types/limits.js';

export type { RemainingLimit } from './types/limits.js';

/** What you know of a key beyond its scopes, such as a plan: plain data. */
export type Metadata = Record<string, unknown>;

/** What a new key is to be. */
export interface IssueOptions<M extends object = Metadata> {
  /** What your keys look like, as for `generateKey`. Default: keylatch's format with the prefix `kl_live_`. */
  format?: KeyFormat | 'live' | 'test';
  /** Your own id of whoever the key is for: your customer. */
  owner: string;
  /** What the key may do, in words of your own. Default: none. */
  scopes?: readonly string[];
  /** Up to 4096 bytes as JSON. */
  metadata?: M;
  /** Default: three calendar months, `'P3M'`; at most ten years, or `'never'`. */
  expiresIn?: Lifetime;
}

/** What a table keeps of a key: nothing that the key could be made from. */
export interface KeyRow<M extends object = Metadata> {
  /** `key_` and 20 letters and digits. */
  id: string;
  /** SHA-256 of the key as 64 hexadecimal digits, by which it is looked up. */
  hash: string;
  /** The beginning and the last characters, to show in a list. Empty for a format whose keys are too short for that. */
  prefix: string;
  /** The last four characters. */
  lastFour: string;
  /** Whose key it is, in your words. */
  owner: string;
  /** What it may do, in your words. */
  scopes: string[];
  /** What you keep with it; it comes back with each caller. */
  metadata: M;
  /** When it was made. */
  createdAt: Date;
  /** `null`: never. */
  expiresAt: Date | null;
  /** Set it to end the key for good. */
  revokedAt: Date | null;
  /** Set it to end the key until it is set back. */
  disabled: boolean;
}

/** A new key: to show once, and to store. */
export interface IssuedKey<M extends object = Metadata> {
  /** To show, once. */
  key: Secret;
  /** To store. */
  row: KeyRow<M>;
}

/**
 * A new key for an owner. Store the row and show the key: it can be seen nowhere later.
 * @throws {KeylatchError} `invalid_argument`, `invalid_provider` for a wrong format, `no_entropy`.
 *
 * @example
 * ```js
 * const { key, row } = issueKey({ owner: 'cust_7', scopes: ['mesh:read'], expiresIn: 'P3M' });
 * key.expose(); // → 'kl_live_…'
 * row; // → { id: 'key_…', hash: '…', prefix: 'kl_live_', lastFour: '…', owner: 'cust_7', … revokedAt: null, disabled: false }
 * issueKey({ owner: 'cust_7', expiresIn: -1 }); // throws invalid_argument
 * ```
 */
export function issueKey<M extends object = Metadata>(options: IssueOptions<M>): IssuedKey<M>;

/** A moment, as databases give it: a Date, Unix milliseconds, or a timestamp with its time zone; `null` for none. */
export type Moment = Date | number | bigint | string | null;

/** A row as a table gives it back. What decides must be said: a row without `revokedAt` is a fault, and no key that was never revoked. */
export interface StoredRow<M extends object = Metadata> {
  /** The id that `forget` takes. */
  id: string;
  /** Checked where it is given. */
  hash?: string;
  /** The beginning of the key; it comes back with each caller. */
  prefix?: string | null;
  /** Whose key it is. */
  owner: string;
  /** What it may do. */
  scopes: readonly string[];
  /** What you keep with it. */
  metadata?: M | null;
  /** When the key ends by itself; `null` for never. */
  expiresAt: Moment;
  /** When it was revoked; `null` for a key that was not. */
  revokedAt: Moment;
  /** SQLite has no booleans, but 0 and 1; some databases give each integer as a bigint. */
  disabled: boolean | 0 | 1 | 0n | 1n;
}

/** Finds the row of a key; `undefined` or `null` when there is none. The signal is aborted at `timeout`. */
export type Lookup<M extends object = Metadata> = (
  hash: string,
  options: { signal: AbortSignal },
) => StoredRow<M> | null | undefined | PromiseLike<StoredRow<M> | null | undefined>;

/** What every guard is set up with: below, *table* is your own or keylatch-server. */
export interface CommonOptions {
  /**
   * What your keys look like; a list while one format follows another. What is none of them is refused without a look-up. Default:
   * `'live'`; at keylatch-server its format behind any prefix, so say it for keys that were imported.
   */
  format?: KeyFormat | 'live' | 'test' | readonly (KeyFormat | 'live' | 'test')[];
  /** Where requests carry the key; a request must carry exactly one. Default: `Authorization: Bearer KEY` alone. */
  schemes?: readonly SchemeSpec[];
  /**
   * Seconds for which an answer of the table is used again. Default 5. A key that was revoked in the table works for at most
   * `fresh` + `stale` seconds more, counted from the look-up; in this process `forget` ends it at once.
   */
  fresh?: number;
  /** Seconds, after `fresh`, for which the old answer is used while the table is asked in the background. Default 0. */
  stale?: number;
  /**
   * When the table cannot be asked: `'refuse'` with 503, or let the last answer stand (`'stale'`), for `stale` seconds, or an hour
   * where `stale` is 0. No answer outlives the key's own end. Default `'refuse'`.
   */
  onUnavailable?: 'refuse' | 'stale';
  /** Milliseconds for one look-up. Default 5000. */
  timeout?: number;
  /** Answers that are kept, of known keys and of unknown ones each. Default 10000. */
  cacheSize?: number;
  /** Look-ups in a minute that find nothing, for one address, before it has to wait. `Infinity` for no limit. Default 60. */
  unknownPerMinute?: number;
}

/** How a guard is set up that asks a table of your own. */
export interface GuardOptions<M extends object = Metadata> extends CommonOptions {
  /** Finds a row in your table, by hash. */
  lookup: Lookup<M>;
}

/**
 * How a guard is set up that asks keylatch-server. Its answers are used for `fresh` seconds, or for as long as the server
 * allows where that is less.
 */
export interface ServerGuardOptions extends CommonOptions {
  /** The id of the application whose keys your API takes. With a management key of another one the guard lets nobody in. */
  application: string;
  /** A management key of the application with the scope `verify`; or a function that gives one, which is called again after a 401. */
  credential: Credential | (() => Credential | PromiseLike<Credential>);
  /** Where the server is. */
  baseUrl: string | URL;
  /** Dangerous: lets the keys travel over plain http to other computers. Default false. */
  allowInsecure?: boolean;
  /** Told once a day that the credential ends within thirty days. Default: `console.warn` with its message. */
  onWarning?: (warning: Warning) => void;
}

/** What an operator should know before it is too late. */
export interface Warning {
  /** What to decide by. */
  code: 'credential_expires';
  /** A sentence for the log. */
  message: string;
  /** The end of the guard's own credential. */
  expiresAt: Date;
}

/** What is asked of one request. */
export interface AuthenticateOptions {
  /** The scopes that the key must have, all of them. */
  scopes?: readonly string[];
  /**
   * At keylatch-server: how much is spent of each limit, from 0, which looks and is refused by none, to 1000000. What
   * is refused spends nothing. Default 1; a request that two guards look at pays twice, so let one of them cost 0. A table of your own
   * has no limits, so there it is an `invalid_argument`.
   */
  cost?: number;
  /**
   * The address of the client, for which unknown keys are counted, and from which a key may be used or not. Default: that of
   * the connection, where the request is Node's. Behind a proxy pass what you trust: this library reads no `X-Forwarded-For`.
   */
  address?: string | undefined;
  /** On Cloudflare's workers, `waitUntil` of the request: lets the guard tell the server of what was used after the answer, and not before it. */
  waitUntil?: ((work: Promise<void>) => void) | undefined;
}

/** Who calls. */
export interface Caller<M extends object = Metadata> {
  /** Of the key. */
  id: string;
  /** Whose key it is. */
  owner: string;
  /** What the key may do. */
  scopes: readonly string[];
  /** What was stored with the key. */
  metadata: Readonly<M>;
  /** The beginning of the key, which tells its environment. */
  prefix: string | undefined;
  /** `null`: never. */
  expiresAt: Date | null;
  /** What is left after this request, of the limits of the key and of its owner at keylatch-server. A table of your own has none. */
  limits: readonly RemainingLimit[];
  /** At keylatch-server: the key's name. */
  name?: string;
  /** At keylatch-server: what the key is for. */
  environment?: 'live' | 'test';
  /** At keylatch-server: the owner's metadata. */
  ownerMetadata?: Readonly<Metadata>;
}

/** A `Request`, or whatever has headers, as Node's requests: `Headers`, an object, a Map, or a list of pairs. */
export type GuardedRequest = { readonly headers: unknown };

/**
 * The error of a request that is refused. Send `response`, or make your own answer of its parts.
 *
 * | status | `code` | when |
 * |---|---|---|
 * | 400 | `invalid_request` | two keys, or a malformed header |
 * | 401 | `no_credential` | no key |
 * | 401 | `invalid_token` | the key is mistyped, unknown, expired, revoked or disabled |
 * | 403 | `address_refused` | the key may not be used from the address |
 * | 403 | `insufficient_scope` | the key lacks a scope |
 * | 429 | `rate_limited` | too many requests, or too many unknown keys from the address; `retryAfter` says for how long to wait |
 * | 429, 403 | `quota_exceeded` | a quota is used up: 429 with `retryAfter` where it is filled again, else 403 |
 * | 503 | `unavailable` | the table or the server cannot be asked; the `cause` says why, and what to do |
 *
 * 429 has the fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11).
 */
export interface Refusal extends KeylatchError {
  /** What to decide by. */
  readonly code:
    | 'invalid_request'
    | 'no_credential'
    | 'invalid_token'
    | 'address_refused'
    | 'insufficient_scope'
    | 'rate_limited'
    | 'quota_exceeded'
    | 'unavailable';
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The whole answer. */
  readonly response: Response;
  /** Its headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its body: problem details (RFC 9457). */
  readonly problem: Readonly<Record<string, unknown>>;
  /** For your log alone: why a key is not valid, which its holder is not told but for `expired`. */
  readonly reason?: 'mistyped' | 'not_found' | 'expired' | 'revoked' | 'disabled';
}

/** Stands before an API. */
export interface Guard<M extends object = Metadata> {
  /**
   * Who sent the request.
   * @throws {KeylatchError} a {@link Refusal}; `invalid_argument` for what is no request.
   */
  authenticate(request: GuardedRequest, options?: AuthenticateOptions): Promise<Caller<M>>;
  /**
   * Forgets what is known of a key, in this process: the next request asks the table. Call it when a change of the key is
   * committed. What was asked before is not kept, however late it comes.
   * @param key its hash or its id
   */
  forget(key: string): void;
  /**
   * Tells keylatch-server what was used and not told so far, and gives back what is left of quotas. Call it when the program ends:
   * without it, the last second of use is not counted. The guard cannot be used afterwards.
   * @throws {KeylatchError} `network_error` and others when the server cannot be told.
   */
  close(): Promise<void>;
}

/**
 * A guard for an API whose keys stand in a table of your own. `lookup` sees hashes, and no text that is not a key.
 *
 * The cache is of this process: each has its own, and `forget` reaches one.
 * @throws {KeylatchError} `invalid_argument`, `invalid_provider` for a wrong format.
 *
 * @example
 * ```js
 * const table = new Map();
 * const guard = createGuard({ lookup: (hash) => table.get(hash) });
 *
 * const { key, row } = issueKey({ owner: 'cust_7', scopes: ['mesh:read'] });
 * table.set(row.hash, row);
 * const request = new Request('https://api.example.com/meshes', { headers: { Authorization: `Bearer ${key.expose()}` } });
 *
 * const caller = await guard.authenticate(request, { scopes: ['mesh:read'] });
 * caller.owner; // → 'cust_7'
 * await guard.authenticate(request, { scopes: ['mesh:write'] }); // throws insufficient_scope
 *
 * table.get(row.hash).revokedAt = new Date();
 * guard.forget(row.id);
 * await guard.authenticate(request); // throws invalid_token
 * ```
 *
 * @example A table of SQLite, by better-sqlite3:
 * ```ts
 * db.exec(`CREATE TABLE api_keys (
 *   id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL, last_four TEXT NOT NULL, owner TEXT NOT NULL,
 *   scopes TEXT NOT NULL, metadata TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER,
 *   disabled INTEGER NOT NULL DEFAULT 0)`);
 * const insert = db.prepare(`INSERT INTO api_keys VALUES (@id, @hash, @prefix, @lastFour, @owner, @scopes, @metadata,
 *   @createdAt, @expiresAt, NULL, 0)`);
 * const select = db.prepare(`SELECT id, hash, prefix, owner, scopes, metadata, expires_at AS expiresAt,
 *   revoked_at AS revokedAt, disabled FROM api_keys WHERE hash = ?`);
 * const store = (row) => insert.run({
 *   ...row, scopes: JSON.stringify(row.scopes), metadata: JSON.stringify(row.metadata),
 *   createdAt: row.createdAt.getTime(), expiresAt: row.expiresAt?.getTime() ?? null, disabled: 0, revokedAt: null,
 * });
 * const lookup = (hash) => {
 *   const row = select.get(hash);
 *   return row && { ...row, scopes: JSON.parse(row.scopes), metadata: JSON.parse(row.metadata) };
 * };
 * const revoke = (id) => db.prepare('UPDATE api_keys SET revoked_at = ? WHERE id = ?').run(Date.now(), id);
 * ```
 *
 * @example A table of PostgreSQL, by pg:
 * ```ts
 * await db.query(`CREATE TABLE api_keys (
 *   id text PRIMARY KEY, hash text NOT NULL UNIQUE, prefix text NOT NULL, last_four text NOT NULL, owner text NOT NULL,
 *   scopes text[] NOT NULL, metadata jsonb NOT NULL, created_at timestamptz NOT NULL, expires_at timestamptz,
 *   revoked_at timestamptz, disabled boolean NOT NULL DEFAULT false)`);
 * const store = (row) => db.query('INSERT INTO api_keys VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
 *   row.id, row.hash, row.prefix, row.lastFour, row.owner, row.scopes, row.metadata, row.createdAt, row.expiresAt,
 * ]);
 * const lookup = async (hash) => {
 *   const { rows } = await db.query(`SELECT id, hash, prefix, owner, scopes, metadata, expires_at AS "expiresAt",
 *     revoked_at AS "revokedAt", disabled FROM api_keys WHERE hash = $1`, [hash]);
 *   return rows[0];
 * };
 * const revoke = (id) => db.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
 * ```
 */
export function createGuard<M extends object = Metadata>(options: GuardOptions<M>): Guard<M>;

/**
 * A guard for an API whose keys stand at keylatch-server. What is no key never gets there; what the server says of a key is
 * used again as for a table of your own, and `forget`, `fresh`, `stale` and `onUnavailable` mean the same.
 *
 * Limits are counted here, and the server is told once a second what was used:
 * - A **quota** is spent of units that the server has given to this guard alone, so it is never exceeded, however many guards there
 *   are. When it cannot give more because it cannot be asked, a request is refused with 503; with `onUnavailable: 'stale'` it is let
 *   in, and told later.
 * - A **rate** is counted by each guard for itself, with what the server has last heard of the others. At worst, when all of them
 *   begin at once, n guards let in n times the limit within the first second; from then on, only what comes to the others within a
 *   second.
 * @throws {KeylatchError} `invalid_argument`, `insecure_url`, `invalid_provider` for a wrong format.
 *
 * @example
 * ```ts
 * const guard = createGuard({
 *   application: 'app_…', credential: process.env.KEYLATCH_MANAGEMENT_KEY, baseUrl: 'https://keys.example.com',
 * });
 * const caller = await guard.authenticate(request, { scopes: ['mesh:read'], cost: 5 });
 * caller.limits; // → [{ name: 'requests', of: 'key', kind: 'rate', limit: 100, remaining: 95, resetSeconds: 42 }]
 * process.once('SIGTERM', () => guard.close());
 * ```
 */
export function createGuard<M extends object = Metadata>(options: ServerGuardOptions): Guard<M>;
