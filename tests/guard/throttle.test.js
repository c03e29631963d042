// How often an address may ask for keys that do not exist.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generateKey } from '../../pkg/dist/node/index.js';
import { bearer, clocks, refusal, table, verdict } from './support/table.js';

const unknown = () => generateKey().expose();

test('an address that asks for unknown keys has to wait, and is told for how long', async (t) => {
  const clock = clocks(t);
  const { guard, asked, issue } = table({ unknownPerMinute: 3 });
  const { key } = issue();
  const address = '192.0.2.7';
  for (let times = 0; times < 3; times++) assert.equal(await verdict(guard, unknown(), { address }), 'not_found');
  const error = await refusal(guard.authenticate(bearer(unknown()), { address }));
  assert.deepEqual([error.code, error.status, error.retryAfter, error.message], ['rate_limited', 429, 20, 'Too many unknown API keys came from this address. Try again in 20 seconds.']);
  assert.deepEqual(error.headers, {
    'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', 'Retry-After': '20',
    'RateLimit-Policy': '"unknown-keys";q=3;w=60', RateLimit: '"unknown-keys";r=0;t=20',
  });
  const problem = await error.response.json();
  assert.deepEqual([problem.type, problem['violated-policies']], ['https://iana.org/assignments/http-problem-types#quota-exceeded', ['unknown-keys']]);
  assert.equal(asked.length, 3, 'the table was not asked');
  assert.equal(await verdict(guard, unknown(), { address: '192.0.2.8' }), 'not_found', 'another address');
  assert.equal(await verdict(guard, key, { address: '192.0.2.8' }), 'ok');
  assert.equal(await verdict(guard, key, { address }), 'ok', 'a key that is known');
  clock.pass(10);
  assert.equal(await verdict(guard, key, { address }), 'ok', '… or was, some time ago');
  clock.pass(10);
  assert.equal(await verdict(guard, unknown(), { address }), 'not_found', 'after the wait');
  assert.equal(await verdict(guard, unknown(), { address }), 'rate_limited');
  clock.pass(120);
  assert.equal(await verdict(guard, key, { address }), 'ok');
  for (let times = 0; times < 3; times++) assert.equal(await verdict(guard, unknown(), { address }), 'not_found');
});

test('the same unknown key again, rubbish and keys that have ended cost nothing', async () => {
  const { guard, rows, issue } = table({ unknownPerMinute: 1 });
  const address = '192.0.2.7';
  const [gone, other] = [unknown(), issue()];
  rows.get(other.row.hash).revokedAt = new Date();
  for (let times = 0; times < 5; times++) assert.equal(await verdict(guard, 'rubbish', { address }), 'mistyped');
  for (let times = 0; times < 5; times++) assert.equal(await verdict(guard, other.key, { address }), 'revoked');
  for (let times = 0; times < 5; times++) assert.equal(await verdict(guard, gone, { address }), 'not_found');
  assert.equal(await verdict(guard, unknown(), { address }), 'rate_limited');
});

test('one customer is a network of IPv6, and one address however it is written', async () => {
  for (const [first, second, isSame] of [
    ['2001:db8:1:2::1', '2001:0DB8:1:2:ffff:ffff:ffff:ffff', true],
    ['2001:db8::1', '2001:db8:0:0:1::', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:1::1', false],
    ['192.0.2.7', '192.0.2.8', false],
  ]) {
    const { guard } = table({ unknownPerMinute: 1 });
    await verdict(guard, unknown(), { address: first });
    assert.equal(await verdict(guard, unknown(), { address: second }), isSame ? 'rate_limited' : 'not_found', `${first} ${second}`);
  }
});

test('of Node\'s requests it is who is connected, whatever a header says', async () => {
  const { guard } = table({ unknownPerMinute: 1 });
  const ask = (forwarded, remoteAddress) =>
    guard.authenticate({ headers: { ...bearer(unknown()).headers, 'x-forwarded-for': forwarded }, socket: { remoteAddress } }).catch(({ code }) => code);
  assert.equal(await ask('203.0.113.1', '192.0.2.7'), 'invalid_token');
  assert.equal(await ask('203.0.113.2', '192.0.2.7'), 'rate_limited');
  assert.equal(await ask('203.0.113.2', '192.0.2.8'), 'invalid_token');
});

test('where no address is known nobody is held up, and a limit can be lifted', async () => {
  for (const [options, address] of [[{ unknownPerMinute: 1 }, undefined], [{ unknownPerMinute: Infinity }, '192.0.2.7'], [{ unknownPerMinute: 1 }, '']]) {
    const { guard } = table(options);
    for (let times = 0; times < 100; times++) assert.equal(await verdict(guard, unknown(), { address }), 'not_found');
  }
});

test('those who come at the same time pay, and wait for two minutes at most', async (t) => {
  const clock = clocks(t);
  const { guard } = table({ unknownPerMinute: 10 });
  const address = '192.0.2.7';
  await Promise.all(Array.from({ length: 500 }, () => verdict(guard, unknown(), { address })));
  const { retryAfter } = await refusal(guard.authenticate(bearer(unknown()), { address }));
  assert.ok(retryAfter <= 120, `${retryAfter}`);
  clock.pass(retryAfter);
  assert.equal(await verdict(guard, unknown(), { address }), 'not_found');
});

test('the addresses that are remembered are bounded', async () => {
  const { guard } = table({ unknownPerMinute: 1 });
  const ask = (number) => verdict(guard, unknown(), { address: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}` });
  for (let number = 0; number <= 10_000; number++) await ask(number);
  assert.equal(await ask(10_000), 'rate_limited');
  assert.equal(await ask(0), 'not_found', 'the one that was seen longest ago');
});
