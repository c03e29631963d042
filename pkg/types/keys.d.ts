// Keys as a service tells of them, and what its calls take.

import type { Secret } from './secrets.js';

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
  /** Whether it works, and if not, why. */
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
  /** `undefined` while it is not revoked, or when the service does not tell. */
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
  /** The service's id of the account. */
  id: string;
  /** Login name, usually an e-mail address. */
  user?: string;
}
