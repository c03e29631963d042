// A table in memory that says how often it was asked, and a clock that stands.

import { createGuard, issueKey } from '../../../pkg/dist/node/guard.js';

export const OWNER = 'cust_7';

/** A guard over a Map, and what happened at the Map. */
export function table(options = {}) {
  const rows = new Map();
  const asked = [];
  const lookup = (hash) => {
    asked.push(hash);
    return rows.get(hash);
  };
  const issue = (more = {}) => {
    const { key, row } = issueKey({ owner: OWNER, ...more });
    rows.set(row.hash, row);
    return { key: key.expose(), row };
  };
  return { rows, asked, issue, guard: createGuard({ lookup, ...options }) };
}

export const bearer = (key) => ({ headers: { authorization: `Bearer ${key}` } });

/** The error that a promise rejects with. */
export async function refusal(promise) {
  const value = await promise.then((caller) => ({ caller }), (error) => ({ error }));
  if (!value.error) throw new Error(`it was let in: ${JSON.stringify(value.caller)}`);
  return value.error;
}

/** What the guard says of a key, as one word: `ok`, or why not. */
export const verdict = (guard, key, options) => guard.authenticate(bearer(key), options).then(() => 'ok', (error) => error.reason ?? error.code);

/** Clocks that move when they are told to. */
export function clocks(t) {
  // Whole numbers, so that a second later is a second later.
  const time = { wall: Date.now(), steady: Math.ceil(performance.now()) };
  t.mock.method(Date, 'now', () => time.wall);
  t.mock.method(performance, 'now', () => time.steady);
  return {
    pass(seconds) {
      time.wall += seconds * 1000;
      time.steady += seconds * 1000;
    },
    /** To a moment at which whole periods of so many seconds begin. */
    align(seconds) {
      const period = seconds * 1000;
      time.wall = Math.ceil(time.wall / period) * period;
      time.steady = Math.ceil(time.steady / period) * period;
    },
    /** As when a person sets the clock, or a computer sleeps. */
    jump(seconds) {
      time.wall += seconds * 1000;
    },
  };
}

/** Lets guards believe that they are on one of Cloudflare's workers. */
export function asOnWorker(t) {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { userAgent: 'Cloudflare-Workers' } });
  t.after(() => (own ? Object.defineProperty(globalThis, 'navigator', own) : delete globalThis.navigator));
}

/** A promise that is settled from outside. */
export function later() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

/** Lets everything that can go on go on. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
