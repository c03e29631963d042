// What `keylatch/element` decides without a page: lifetimes, words, and which keys are shown.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { dateProblem, dateValue, endOf, endOfDay } = await import('../../pkg/element/lifetime.js');
const { Speech } = await import('../../pkg/element/speech.js');
const { KeyList, NO_FILTERS, isUnused } = await import('../../pkg/element/key-list.js');
const { cut } = await import('../../pkg/element/cut.js');
const { isOwnerId } = await import('../../pkg/core/owner-id.js');
const { Offer } = await import('../../pkg/element/offer.js');
const { envLines, snippets } = await import('../../pkg/element/snippets.js');
const { generateKey, provider, providers } = await import('../../pkg/entries/index.js');

const SECOND = 1, MINUTE = 60, HOUR = 3600, DAY = 86400;

test('months are calendar months, and stay inside their month', () => {
  const cases = [
    ['2026-11-20T10:00:00.000Z', 'P7D', '2026-11-27T10:00:00.000Z'],
    ['2026-11-20T10:00:00.000Z', 'P3M', '2027-02-20T10:00:00.000Z'],
    ['2026-11-30T10:00:00.000Z', 'P3M', '2027-02-28T10:00:00.000Z'],
    ['2027-11-30T10:00:00.000Z', 'P3M', '2028-02-29T10:00:00.000Z'],
    ['2026-08-31T23:59:59.000Z', 'P6M', '2027-02-28T23:59:59.000Z'],
    ['2028-02-29T00:00:00.000Z', 'P1Y', '2029-02-28T00:00:00.000Z'],
    ['2026-12-31T12:00:00.000Z', 'P10Y', '2036-12-31T12:00:00.000Z'],
  ];
  for (const [now, duration, end] of cases) assert.equal(endOf(duration, new Date(now)).toISOString(), end, `${now} + ${duration}`);
});

test('a day ends when it ends where the person is', (t) => {
  const zone = process.env.TZ;
  t.after(() => { process.env.TZ = zone ?? ''; });
  process.env.TZ = 'Pacific/Auckland';
  const now = new Date('2027-02-20T10:30:00Z'); // 23:30 in Auckland
  assert.equal(endOfDay('2027-02-20').toISOString(), '2027-02-20T10:59:59.000Z');
  assert.equal(dateProblem(dateValue(now), now), undefined);
  assert.equal(dateProblem('2027-02-19', now), 'create.pastDate');
  assert.equal(dateProblem('2037-02-22', now), 'create.farDate');
  assert.equal(dateProblem('', now), 'create.noDate');
});

test('times are said as people say them', () => {
  const speech = new Speech('en');
  const cases = [
    [-3 * SECOND, 'just now'],
    [3 * SECOND, 'in a moment'],
    [-MINUTE, '1 minute ago'],
    [-59 * MINUTE, '1 hour ago'],
    [HOUR - SECOND, 'in 1 hour'],
    [-5 * HOUR, '5 hours ago'],
    [-DAY, 'yesterday'],
    [7 * DAY - SECOND, 'next week'],
    [92 * DAY, 'in 3 months'],
    [-365.25 * DAY, 'last year'],
    [730.5 * DAY, 'in 2 years'],
  ];
  for (const [seconds, words] of cases) assert.equal(speech.ago(seconds * 1000, 0), words, `${seconds} s`);
  assert.equal(speech.duration(282), '4 minutes 42 seconds');
  assert.equal(speech.duration(1), '1 second');
});

test('words are replaced one by one, and counted by the plurals of the language', () => {
  const speech = new Speech('ar', { 'list.count': { zero: 'لا مفاتيح', two: 'مفتاحان', few: '{count} مفاتيح', other: '{count} مفتاح' } });
  assert.equal(speech.say('list.count', { count: 2 }), 'مفتاحان');
  assert.match(speech.say('list.count', { count: 5 }), /مفاتيح$/);
  assert.equal(speech.say('list.create'), 'Create API key', 'what is not replaced is English');
  assert.equal(new Speech('no such language!').say('list.count', { count: 1 }), '1 key');
  assert.equal(new Speech('en', { 'error.timeout': 'Too slow.' }).problem({ code: 'timeout', message: 'x' }), 'Too slow.');
});

const now = Date.now();
const daysAgo = (days) => new Date(now - days * DAY * 1000);
const KEYS = [
  { id: 'key_1', name: 'Deploy', status: 'active', masked: 'kl_test_…aaaa', scopes: ['keys:read'], createdAt: daysAgo(200), lastUsedAt: daysAgo(1), expiresAt: daysAgo(-9) },
  { id: 'key_2', name: 'build 10', status: 'active', masked: 'kl_test_…bbbb', scopes: [], createdAt: daysAgo(200) },
  { id: 'key_3', name: 'build 9', status: 'revoked', masked: 'kl_live_…cccc', scopes: [], createdAt: daysAgo(300), lastUsedAt: daysAgo(250) },
  { id: 'key_4', name: 'ephemeral', status: 'expired', masked: 'kl_test_…dddd', scopes: [], createdAt: daysAgo(3), expiresAt: daysAgo(1) },
];

function shownWith(filters) {
  const list = new KeyList();
  list.fill(KEYS, true);
  list.filter({ ...NO_FILTERS, ...filters });
  return list.shown().map(({ id }) => id.slice(4)).join('');
}

test('keys are found by name, id, scope and last four, filtered, and sorted', () => {
  const cases = [
    [{}, '1234'],
    [{ search: 'BUILD' }, '23'],
    [{ search: 'key_4' }, '4'],
    [{ search: 'keys:read' }, '1'],
    [{ search: 'bbbb' }, '2'],
    [{ search: 'another_mask_…cccc' }, '3'],
    [{ search: '…zzzz' }, ''],
    [{ status: 'inactive' }, '34'],
    [{ status: 'expired' }, '4'],
    [{ status: 'nonsense' }, '1234'],
    [{ unused: true }, '2'],
    [{ sort: 'name' }, '3214'],
    [{ sort: '-name' }, '4123'],
    [{ sort: 'createdAt' }, '3124'],
    // What never expires comes last, whichever way.
    [{ sort: 'expiresAt' }, '4123'],
    [{ sort: '-expiresAt' }, '1423'],
    [{ sort: 'nonsense' }, '1234'],
  ];
  for (const [filters, ids] of cases) assert.equal(shownWith(filters), ids, JSON.stringify(filters));
  assert.deepEqual([isUnused(KEYS[0], now), isUnused(KEYS[1], now), isUnused(KEYS[2], now)], [false, true, false]);
});

test('what is gone or has ended is selected no more', () => {
  const list = new KeyList();
  list.fill(KEYS, true);
  list.selected = new Set(['key_1', 'key_2']);
  list.replace({ ...KEYS[0], status: 'revoked' });
  assert.deepEqual([...list.selected], ['key_2']);
  list.remove('key_2');
  assert.equal(list.selected.size, 0);
});

test('of a pasted key only the masked form is left, and what is none stays', () => {
  const keylatch = provider('keylatch');
  const key = generateKey('test').expose();
  const masked = `kl_test_…${key.slice(-4)}`;
  for (const text of [key, ` ${key}\n`, `Bearer ${key}`, `export KEYLATCH_API_KEY="${key}"`]) assert.equal(cut(keylatch, text, () => false), masked, text.replace(key, 'KEY'));
  // A key with a typing error, one of another service, and one of a service of which nothing is known.
  const secrets = [`${key.slice(0, -1)}!`, `secret_demo_${'0af9'.repeat(8)}.${'aZ09'.repeat(8)}`];
  for (const secret of secrets) assert.ok(!cut(keylatch, secret, () => false)?.includes(secret.slice(8, -4)), secret);
  assert.ok(cut(provider('modelon'), 'q'.repeat(40), () => false));
  for (const text of ['', 'nightly', 'key_abcdefghij0123456789', 'bbbb', 'kl_test_…bbbb', 'the nightly build of the website, on weekdays']) {
    assert.equal(cut(keylatch, text, () => false), undefined, text);
  }
  assert.equal(cut(keylatch, 'a'.repeat(40), (text) => text === 'a'.repeat(40)), undefined, 'part of an id');
});

test('of the snippets only the lines of .env hold the key', () => {
  for (const each of providers()) {
    const offer = new Offer(each);
    for (const { id, text, holdsKey } of snippets(offer, 'https://keys.example.com', 'THE-KEY')) {
      assert.equal(text.includes('THE-KEY'), holdsKey, `${each.id}, ${id}`);
      assert.ok(text.includes(offer.variable), `${each.id}, ${id}`);
    }
  }
  assert.equal(envLines(new Offer(provider('keylatch')), 'https://keys.example.com', 'K'), 'KEYLATCH_API_KEY=K\nKEYLATCH_URL=https://keys.example.com\n');
  assert.equal(envLines(new Offer(provider('lambda')), 'https://keys.example.com', 'K'), 'LAMBDA_API_KEY=K\n');
});

test('a key that is replaced already is offered no other rotation', () => {
  const offer = new Offer(provider('keylatch'));
  assert.deepEqual(offer.actionsOn({ status: 'active' }), ['rotate', 'revoke']);
  assert.deepEqual(offer.actionsOn({ status: 'active', replacedBy: 'key_2' }), ['revoke']);
  assert.deepEqual(offer.actionsOn({ status: 'revoked', replacedBy: 'key_2' }), ['delete']);
  assert.deepEqual(offer.actionsOn({ status: 'unknown' }), ['rotate', 'revoke', 'delete']);
});

test('the id of an owner is whatever an address can carry as one step of its path', () => {
  for (const id of ['cust_7', 'a', 'a'.repeat(128), '...', 'mail@example.com', 'a:b;c=d&e+f', '~!$\'()*,"<>[]{}|^`']) assert.equal(isOwnerId(id), true, id);
  for (const id of ['', 'a'.repeat(129), '.', '..', 'a b', 'a/b', 'a?b', 'a#b', 'a%2fb', 'a\\b', 'cust_7\n', 'kündin', '\u007f', undefined, 7, {}]) assert.equal(isOwnerId(id), false, String(id));
});
