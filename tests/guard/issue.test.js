// issueKey: a key to show, and a row to store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { checkKey, hashKey, Secret } from '../../pkg/dist/node/index.js';
import { issueKey } from '../../pkg/dist/node/guard.js';

const OWN = { parts: [['ak_live_', 'ak_test_'], { alphabet: 'base62', length: 24 }, { checksum: 'crc32', covers: 'all', length: 6 }], certainty: 'documented' };

test('the key is a Secret, and the row holds its hash and nothing that it could be made from', () => {
  const { key, row } = issueKey({ owner: 'cust_7', scopes: ['mesh:read'], metadata: { plan: 'pro' }, expiresIn: 'P3M' });
  assert.ok(key instanceof Secret);
  const text = key.expose();
  assert.equal(checkKey('keylatch', text).ok, true);
  assert.deepEqual(Object.keys(row), ['id', 'hash', 'prefix', 'lastFour', 'owner', 'scopes', 'metadata', 'createdAt', 'expiresAt', 'revokedAt', 'disabled']);
  assert.match(row.id, /^key_[0-9A-Za-z]{20}$/);
  assert.equal(row.hash, hashKey(text));
  assert.equal(row.prefix, 'kl_live_');
  assert.equal(row.lastFour, text.slice(-4));
  assert.deepEqual([row.owner, row.scopes, row.metadata, row.revokedAt, row.disabled], ['cust_7', ['mesh:read'], { plan: 'pro' }, null, false]);
  assert.ok(!JSON.stringify({ key, row }).includes(text.slice(8, -4)));
});

test('keys and ids are new each time, and of the format that is asked for', () => {
  const made = [{}, { format: 'live' }, { format: 'test' }, { format: OWN }, { format: OWN }].map((given) => issueKey({ ...given, owner: 'a' }));
  assert.throws(() => issueKey({ format: undefined, owner: 'a' }), /format: it is not known/);
  assert.deepEqual(made.map(({ row }) => row.prefix), ['kl_live_', 'kl_live_', 'kl_test_', 'ak_live_', 'ak_live_']);
  assert.equal(new Set(made.map(({ row }) => row.id)).size, made.length);
  assert.equal(new Set(made.map(({ row }) => row.hash)).size, made.length);
});

test('a lifetime is of the calendar, as on the server', (t) => {
  for (const [now, expiresIn, end] of [
    ['2026-11-26T10:00:00.000Z', undefined, '2027-02-26T10:00:00.000Z'],
    ['2026-11-30T10:00:00.000Z', 'P3M', '2027-02-28T10:00:00.000Z'],
    ['2027-11-30T10:00:00.000Z', 'P3M', '2028-02-29T10:00:00.000Z'],
    ['2028-02-29T10:00:00.000Z', 'P1Y', '2029-02-28T10:00:00.000Z'],
    ['2026-01-31T10:00:00.000Z', 'P1M1D', '2026-03-01T10:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', 'PT1S', '2027-01-01T00:00:00.999Z'],
    ['2026-11-26T10:00:00.000Z', 'P2W', '2026-12-10T10:00:00.000Z'],
    ['2026-11-26T10:00:00.000Z', 'p1dt12h30m', '2026-11-27T22:30:00.000Z'],
    ['2026-11-26T10:00:00.000Z', 3600, '2026-11-26T11:00:00.000Z'],
    ['2026-11-26T10:00:00.000Z', new Date('2026-12-24T00:00:00Z'), '2026-12-24T00:00:00.000Z'],
    ['2026-11-26T10:00:00.000Z', 'P10Y', '2036-11-26T10:00:00.000Z'],
    ['2026-11-26T10:00:00.000Z', 'never', null],
  ]) {
    const clock = t.mock.method(Date, 'now', () => Date.parse(now));
    const { row } = issueKey({ owner: 'a', expiresIn });
    assert.equal(row.expiresAt?.toISOString() ?? null, end, `${now} + ${expiresIn}`);
    assert.equal(row.createdAt.toISOString(), now);
    clock.mock.restore();
  }
});

test('what cannot be a key is refused with the name of the option', () => {
  for (const [options, message] of [
    [undefined, /^options:/],
    [{}, /^owner:/],
    [{ owner: '' }, /^owner:/],
    [{ owner: 7 }, /^owner:/],
    [{ owner: 'a', scopes: 'mesh:read' }, /^scopes:/],
    [{ owner: 'a', scopes: ['two words'] }, /^scopes:/],
    [{ owner: 'a', scopes: ['"'] }, /^scopes:/],
    [{ owner: 'a', scopes: [7] }, /^scopes:/],
    [{ owner: 'a', metadata: [] }, /^metadata:/],
    [{ owner: 'a', metadata: 'text' }, /^metadata:/],
    [{ owner: 'a', metadata: null }, /^metadata:/],
    [{ owner: 'a', metadata: { text: 'ä'.repeat(2048) } }, /^metadata: it has 4107 bytes/],
    [{ owner: 'a', expiresIn: 'tomorrow' }, /^expiresIn: expected/],
    [{ owner: 'a', expiresIn: 'P' }, /^expiresIn: expected/],
    [{ owner: 'a', expiresIn: 'P1DT' }, /^expiresIn: expected/],
    [{ owner: 'a', expiresIn: NaN }, /^expiresIn: expected/],
    [{ owner: 'a', expiresIn: new Date(NaN) }, /^expiresIn: expected/],
    [{ owner: 'a', expiresIn: {} }, /^expiresIn: expected/],
    [{ owner: 'a', expiresIn: null }, /^expiresIn: expected/],
    ...[1n, new Date(), new Map(), new Set(), Buffer.from('a'), new URL('https://example.com/'), new String('a'), () => 1]
      .flatMap((value) => [{ value }, { list: [value] }])
      .map((metadata) => [{ owner: 'a', metadata }, /^metadata: expected plain data/]),
    [{ owner: 'a', expiresIn: 0 }, /^expiresIn: it ends now or in the past/],
    [{ owner: 'a', expiresIn: 'P0D' }, /^expiresIn: it ends now/],
    [{ owner: 'a', expiresIn: new Date(0) }, /^expiresIn: it ends now/],
    [{ owner: 'a', expiresIn: 'P10Y1D' }, /^expiresIn: it is more than 10 years away/],
    [{ owner: 'a', expiresIn: 'P999999999Y' }, /^expiresIn: it is more than 10 years away/],
    [{ owner: 'a', expiresIn: Infinity }, /^expiresIn: it is more than 10 years away/],
    [{ owner: 'a', scope: ['x'] }, /^scope: no such option\. There are format, owner,/],
    [{ owner: 'a', format: 'staging' }, /^format:/],
  ]) {
    assert.throws(() => issueKey(options), (error) => error.code === 'invalid_argument' && message.test(error.message), inspect(options));
  }
  assert.throws(() => issueKey({ owner: 'a', format: { parts: [] } }), { code: 'invalid_provider' });
});
