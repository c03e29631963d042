// Limits as people say them: 100/minute, calls=10000/month@Europe/Berlin.

import { secondsOf } from '../applications/asked.js';
import { failure } from '../core/errors.js';
import { duration } from './when.js';

const RATE = /^(?:([a-z0-9_-]{1,32})=)?([1-9]\d{0,12})\/(.+)$/;
const QUOTA = /^(?:([a-z0-9_-]{1,32})=)?([1-9]\d{0,12})\/(day|week|month|never)(?:@([A-Za-z0-9_+/-]{1,64}))?$/;
/** Takes all of them away. */
const NONE = 'none';

/** @param {string[]} said */
export function rates(said) {
  return all(said, (text) => {
    const [, name = 'requests', limit, window] = RATE.exec(text) ?? [];
    if (limit === undefined) throw failure('invalid_argument', '--rate', 'use 100/min, 5/10s, or with a name search=5/10s.');
    const span = duration(/^\d/.test(window) ? window : `1${window}`, '--rate', 'use 100/min, 5/10s, or with a name search=5/10s.');
    return { name, kind: 'rate', limit: Number(limit), windowSeconds: secondsOf(span) };
  });
}

/** @param {string[]} said */
export function quotas(said) {
  return all(said, (text) => {
    const [, name = 'quota', limit, refill, timeZone] = QUOTA.exec(text) ?? [];
    if (limit === undefined) throw failure('invalid_argument', '--quota', 'use 10000/month, also day, week or never; with a time zone 10000/month@Europe/Berlin, with a name calls=10000/month.');
    return { name, kind: 'quota', limit: Number(limit), refill, ...(timeZone && { timeZone }) };
  });
}

/** Both kinds; nothing where neither is said. @param {{ rate?: any[], quota?: any[] }} options */
export const limitsOf = ({ rate, quota }) => (rate || quota ? [...(rate ?? []), ...(quota ?? [])] : undefined);

/** @template T @param {string[]} said @param {(text: string) => T} one */
const all = (said, one) => (said.length === 1 && said[0] === NONE ? [] : said.map(one));
