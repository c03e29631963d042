// A table that cannot be asked, in each way.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { createGuard, issueKey } from '../../pkg/dist/node/guard.js';
import { bearer, clocks, later, OWNER, refusal, settled, table, verdict } from './support/table.js';

const boom = new Error('connect ECONNREFUSED db.internal:5432');
const { key, row } = issueKey({ owner: OWNER });
const KEY = key.expose();

/** Each way in which a look-up fails, with what its cause says. */
const FAILURES = {
  'it throws': [() => { throw boom; }, /ECONNREFUSED/],
  'it rejects': [async () => { throw boom; }, /ECONNREFUSED/],
  'it throws no error': [() => { throw 'text'; }, /text/],
  'its thenable throws': [() => ({ then() { throw boom; } }), /ECONNREFUSED/],
  'its thenable rejects': [() => ({ then: (_, no) => no(boom) }), /ECONNREFUSED/],
  'a row is no object': [() => 'row', /lookup: row: expected one row/],
  'a row is a list of rows': [() => [row], /lookup: row: expected one row/],
  'a row is a list of none': [() => [], /lookup: row: expected one row/],
  'a row is of another key': [() => ({ ...row, hash: '0'.repeat(64) }), /lookup: row\.hash: /],
  'a row has no id': [() => ({ ...row, id: undefined }), /lookup: row\.id: expected a string/],
  'a row has a number for an owner': [() => ({ ...row, owner: 7 }), /lookup: row\.owner: /],
  'a row has its scopes as text': [() => ({ ...row, scopes: '["a"]' }), /lookup: row\.scopes: /],
  'a row has its metadata as text': [() => ({ ...row, metadata: '{}' }), /lookup: row\.metadata: /],
  'a row says nothing of its revocation': [() => ({ ...row, revokedAt: undefined }), /lookup: row\.revokedAt: it is missing/],
  'a row has the names of its columns': [() => ({ ...row, expiresAt: undefined, expires_at: null }), /lookup: row\.expiresAt: it is missing/],
  'a row says nothing of being disabled': [() => ({ ...row, disabled: undefined }), /lookup: row\.disabled: /],
  'a row ends at a moment of no zone': [() => ({ ...row, expiresAt: '2030-01-01 00:00:00' }), /lookup: row\.expiresAt: expected/],
  'a row ends on a day that no calendar has': [() => ({ ...row, expiresAt: '2999-02-30T00:00:00Z' }), /lookup: row\.expiresAt: expected/],
  'a row ends on 31 April, as PostgreSQL writes it': [() => ({ ...row, expiresAt: '2999-04-31 00:00:00+00' }), /lookup: row\.expiresAt: expected/],
  'a row ends later than any Date': [() => ({ ...row, expiresAt: 1e300 }), /lookup: row\.expiresAt: expected/],
  'a row ends at no moment': [() => ({ ...row, expiresAt: new Date(NaN) }), /lookup: row\.expiresAt: expected/],
  'a row cannot be read': [() => new Proxy({}, { get() { throw boom; } }), /ECONNREFUSED/],
};

for (const [name, [lookup, cause]] of Object.entries(FAILURES)) {
  test(`503 when ${name}: not remembered, and nothing said of the cause`, async () => {
    let isBroken = true;
    const guard = createGuard({ lookup: (hash) => (isBroken ? lookup(hash) : row) });
    const error = await refusal(guard.authenticate(bearer(KEY)));
    assert.deepEqual([error.code, error.status, error.retryAfter, error.message], ['unavailable', 503, 5, 'API keys cannot be checked at the moment. Try again soon.']);
    assert.match(String(error.cause?.message ?? error.cause), cause, 'the program can log it');
    assert.deepEqual(error.headers, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', 'Retry-After': '5' });
    assert.deepEqual(await error.response.json(), { type: 'about:blank', title: 'Service Unavailable', status: 503, detail: error.message, code: 'unavailable' });
    isBroken = false;
    assert.equal(await verdict(guard, KEY), 'ok');
  });
}

test('a look-up that hangs ends at `timeout`, is told so, and what it still gives is not kept', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const queries = [];
  const guard = createGuard({
    timeout: 1000,
    lookup: (hash, { signal }) => {
      queries.push({ ...later(), signal });
      return queries.at(-1).promise;
    },
  });
  const waiting = refusal(guard.authenticate(bearer(KEY)));
  await settled();
  t.mock.timers.tick(999);
  assert.equal(queries[0].signal.aborted, false);
  t.mock.timers.tick(1);
  const error = await waiting;
  assert.deepEqual([error.code, error.status], ['unavailable', 503]);
  assert.match(error.cause.message, /did not answer within 1000 ms/);
  assert.equal(queries[0].signal.aborted, true);
  queries[0].resolve(row);
  await settled();
  const next = verdict(guard, KEY);
  assert.equal(queries.length, 2, 'it is asked again');
  queries[1].resolve({ ...row, revokedAt: new Date() });
  assert.equal(await next, 'revoked');
});

test('a row may have its moments as each database gives them', async () => {
  const [soon, past] = [Date.now() + 60_000, Date.now() - 60_000];
  for (const [more, expected] of [
    [{ expiresAt: new Date(soon) }, 'ok'],
    [{ expiresAt: soon }, 'ok'],
    [{ expiresAt: new Date(soon).toISOString() }, 'ok'],
    [{ expiresAt: '2999-01-31 12:00:00+01' }, 'ok'],
    [{ expiresAt: null, disabled: 0, metadata: null }, 'ok'],
    [{ expiresAt: BigInt(soon), disabled: 0n }, 'ok'],
    [{ expiresAt: BigInt(past) }, 'expired'],
    [{ revokedAt: BigInt(past) }, 'revoked'],
    [{ disabled: 1n }, 'disabled'],
    [{ expiresAt: past }, 'expired'],
    [{ expiresAt: new Date(past).toISOString() }, 'expired'],
    [{ revokedAt: new Date(soon).toISOString() }, 'revoked'],
    [{ revokedAt: 0 }, 'revoked'],
    [{ disabled: 1 }, 'disabled'],
    [{ expiresAt: past, revokedAt: past, disabled: true }, 'expired'],
    [{ revokedAt: past, disabled: true }, 'revoked'],
  ]) assert.equal(await verdict(createGuard({ lookup: () => ({ ...row, ...more }) }), KEY), expected, inspect(more));
  for (const none of [undefined, null]) assert.equal(await verdict(createGuard({ lookup: async () => none }), KEY), 'not_found');
});

/** A table that can be switched off. */
function switchable(options) {
  let isOff = false;
  const one = table({});
  const lookup = (hash) => {
    if (isOff) throw boom;
    return one.rows.get(hash);
  };
  return { ...one, guard: createGuard({ lookup, ...options }), off: () => (isOff = true), on: () => (isOff = false) };
}

test("`onUnavailable: 'stale'` lets the last answer stand, and refuses those of whom nothing is known", async (t) => {
  const clock = clocks(t);
  const { guard, issue, off, on, rows } = switchable({ onUnavailable: 'stale' });
  const [used, unused] = [issue({ scopes: ['a'] }), issue()];
  assert.equal(await verdict(guard, used.key), 'ok');
  off();
  clock.pass(3604);
  assert.equal(await verdict(guard, used.key), 'ok');
  assert.equal(await verdict(guard, used.key, { scopes: ['b'] }), 'insufficient_scope');
  assert.equal(await verdict(guard, unused.key), 'unavailable');
  clock.pass(1);
  assert.equal(await verdict(guard, used.key), 'unavailable', 'an hour is the most');
  on();
  rows.get(used.row.hash).revokedAt = new Date();
  assert.equal(await verdict(guard, used.key), 'revoked');
  off();
  clock.pass(10);
  assert.equal(await verdict(guard, used.key), 'revoked', 'what stands is the last answer, whatever it was');
});

test('… for `stale` seconds where they are said', async (t) => {
  const clock = clocks(t);
  const { guard, issue, off } = switchable({ onUnavailable: 'stale', stale: 20 });
  const { key } = issue();
  await verdict(guard, key);
  off();
  for (const [seconds, expected] of [[6, 'ok'], [18.999, 'ok'], [0.001, 'unavailable']]) {
    clock.pass(seconds);
    assert.equal(await verdict(guard, key), expected);
    await settled();
  }
});

test('… and without it a failed refresh ends the old answer', async (t) => {
  const clock = clocks(t);
  const { guard, issue, off, on } = switchable({ stale: 20 });
  const { key } = issue();
  await verdict(guard, key);
  off();
  clock.pass(6);
  assert.equal(await verdict(guard, key), 'ok');
  await settled();
  assert.equal(await verdict(guard, key), 'unavailable');
  on();
  assert.equal(await verdict(guard, key), 'ok');
});
