// What an application is: its formats, scopes and limits.

import type { CallOptions } from './keys.js';

/** What you know of a key or an owner: plain data, up to 4096 bytes as JSON. It is told with each check. */
export type Metadata = Record<string, unknown>;

/** What a key is for. */
export type Environment = 'live' | 'test';

/** So much within any window of `windowSeconds`, which is at most a day: smooths what comes at once. */
export interface RateLimit {
  /** 1 to 32 of `a-z`, `0-9`, `_` and `-`, unique within its holder. */
  name: string;
  /** Tells it from a quota. */
  kind: 'rate';
  /** From 1 to 1,000,000,000,000. */
  limit: number;
  /** Seconds, from 1 to 86,400. */
  windowSeconds: number;
}

/** So much between two refills: what somebody has paid for. */
export interface QuotaLimit {
  /** 1 to 32 of `a-z`, `0-9`, `_` and `-`, unique within its holder. */
  name: string;
  /** Tells it from a rate. */
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
  /** What keys of this look are for. */
  environment: Environment;
  /** 2 to 24 of `a-z`, `0-9` and `_`, the last of them `_`: `'acme_live_'`. */
  prefix: string;
}

/** A scope that keys may have, with a description for whoever chooses. */
export interface ApplicationScope {
  /** 1 to 64 of `a-z 0-9 : . _ -`. */
  name: string;
  /** Empty where none was given. */
  description: string;
}

/** An application as the server tells of it. */
export interface ApplicationInfo {
  /** `app_` and letters and digits. */
  id: string;
  /** What the user calls it. */
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
  /** When it was made. */
  createdAt: Date;
  /** When it was changed last; at first, when it was made. */
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
