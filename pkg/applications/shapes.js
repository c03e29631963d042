// What the answers about applications state. Each member is looked at, and named as
// JavaScript names things; what is not known here is left out.

import { isObject, isText, needed } from '../server/needed.js';

/** @typedef {(value: any, path: string) => any} Shape */

/** An RFC 3339 time in UTC, as the server writes it. */
const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z$/;

/** @type {Shape} */
const text = (value, path) => needed(value, path, isText);
/** @type {Shape} */
const name = (value, path) => needed(value, path, (it) => isText(it) && it !== '');
/** @type {Shape} */
const flag = (value, path) => needed(value, path, (it) => typeof it === 'boolean');
/** @type {Shape} */
const count = (value, path) => needed(value, path, (it) => Number.isSafeInteger(it) && it >= 0);
/** @type {Shape} */
const data = (value, path) => needed(value, path, isObject);

/** A moment of the calendar: the 30th of February, which `Date` takes for a day in March, is none. @type {Shape} */
function instant(value, path) {
  const [, whole] = INSTANT.exec(isText(value) ? value : '') ?? [];
  const moment = new Date(value);
  needed(value, path, () => whole !== undefined && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(whole));
  return moment;
}

/** @param {Shape} shape @returns {Shape} */
const orNull = (shape) => (value, path) => (value === null ? null : shape(value, path));

/** @param {Shape} shape @returns {Shape} */
const optional = (shape) => (value, path) => (value === undefined ? undefined : shape(value, path));

/** @param {Shape} shape @returns {Shape} */
const list = (shape) => (value, path) => needed(value, path, Array.isArray).map((/** @type {any} */ one, /** @type {number} */ at) => shape(one, `${path}[${at}]`));

/** @param {...string} words @returns {Shape} */
const word = (...words) => (value, path) => needed(value, path, (it) => words.includes(it));

/** @param {Record<string, Shape>} members as they stand in the answer @returns {Shape} */
const object = (members) => (value, path) => {
  needed(value, path || 'body', isObject);
  /** @type {Record<string, any>} */
  const out = {};
  for (const [member, shape] of Object.entries(members)) {
    const read = shape(value[member], path ? `${path}.${member}` : member);
    if (read !== undefined) out[member.replace(/_./g, ([, letter]) => letter.toUpperCase())] = read;
  }
  return out;
};

const rate = object({ name, kind: word('rate'), limit: count, window_seconds: count });
const quota = object({ name, kind: word('quota'), limit: count, refill: word('day', 'week', 'month', 'never'), time_zone: text });

/** @type {Shape} */
const limit = (value, path) => (value?.kind === 'rate' ? rate : quota)(value, path);

const environment = word('live', 'test');

export const application = object({
  id: name, name, formats: list(object({ environment, prefix: name })), default_lifetime: name, longest_lifetime: orNull(name),
  scopes: list(object({ name, description: text })), limits: list(limit), on_limiter_failure: word('deny', 'allow'), created_at: instant, updated_at: instant,
});

export const key = object({
  id: name, application_id: name, owner: name, name: text, masked: text, prefix: text, last_four: text, environment, scopes: list(text), metadata: data,
  limits: orNull(list(limit)), allowed_addresses: list(text), status: word('active', 'expired', 'revoked', 'disabled'), disabled: flag, created_at: instant,
  expires_at: orNull(instant), last_used_at: orNull(instant), last_used_address: orNull(text), revoked_at: orNull(instant), replaced_by: orNull(name),
});

export const owner = object({ id: name, metadata: data, limits: list(limit), keys: count, created_at: instant });

export const managementKey = object({
  id: name, application_id: name, name: text, masked: text, status: word('active', 'expired', 'revoked'), scopes: list(text), created_at: instant,
  expires_at: orNull(instant), last_used_at: orNull(instant), revoked_at: orNull(instant),
});

/** What is left of limits. */
const left = list(object({ name, of: word('key', 'owner'), kind: word('rate', 'quota'), limit: count, remaining: count, reset_seconds: orNull(count) }));

export const remaining = object({ limits: left });

export const verification = object({
  valid: flag, code: word('not_found', 'expired', 'revoked', 'disabled', 'ip_refused', 'insufficient_scope', 'rate_limited', 'quota_exceeded', 'valid'),
  key: optional(object({ id: name, name: text, scopes: list(text), metadata: data, expires_at: orNull(instant), environment })),
  owner: optional(object({ id: name, metadata: data })), missing_scopes: (value, path) => optional(list(text))(value, path) ?? [],
  limits: left,
  fresh_seconds: count,
});

export const revoked = object({ revoked: count });

/** A page of a list. @param {Shape} shape */
export const page = (shape) => object({ items: list(shape), next_cursor: orNull(name) });

/** Those of several. @param {Shape} shape */
export const keysOf = (shape) => object({ keys: list(shape) });

export const replaced = object({ replaced: key });

/** A key, as it is told once. */
export const secret = object({ secret: (value, path) => needed(value, path, (it) => isText(it) && /^[!-~]{16,16384}$/.test(it)) });

/** Refuses an answer about another one than was asked for. @param {unknown} value @param {unknown} asked @param {string} path */
export const same = (value, asked, path) => needed(value, path, (it) => it === asked);
