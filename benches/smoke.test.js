// That `cargo xtask bench` runs, measures every row, and cannot measure what is
// broken. No test here looks at how long anything took.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as keylatch from '../pkg/dist/node/index.js';
import { sameAnswers, sameReadings } from './agree.js';
import { generator, measure, ratio, spread } from './measure.js';
import * as handwritten from './peers/handwritten.js';
import { table } from './table.js';
import { TARGETS } from './targets.js';

const both = ['keylatch', 'hand-written'];
const withPackage = [...both, 'prefixed-api-key'];
const clients = [...both, 'bare fetch'];
const ROWS = [
  ['checkKey, a good key', both],
  ['checkKey, a typing error', both],
  ['checkKey, too short', both],
  ['checkKey, a wrong prefix', both],
  ['checkKey, a bad character', both],
  ['checkKeys, 100 000 keys in one text', ['keylatch', 'a loop over hand-written']],
  ['checkKey on 10 MB of anything', ['keylatch']],
  ['generateKey, looked at', both],
  ['generateKey + hashKey', withPackage],
  ['hashKey', [...withPackage, 'WebCrypto']],
  ['verifyKey', withPackage],
  ['authHeaders', both],
  ['cold start: import, first checkKey', both],
  ['cold start: import, first verifyKey', withPackage],
  ['guard.authenticate, from the cache', ['keylatch', 'no guard', 'Unkey, LRU', 'better-auth, LRU']],
  ['guard.authenticate, asked each time', ['keylatch', '@unkey/api', 'better-auth']],
  ['redact a log as Buffer, 40 services', ['keylatch', 'one RegExp', 'secretlint', 'a copy']],
  ['redact a log as Buffer, every service', ['keylatch', 'the same, 40 services']],
  ['redact a log as Buffer, 40 services against 5', ['keylatch', 'the same, 5 services']],
  ['redact a log as text, 40 services', ['keylatch', 'one RegExp', 'secretlint', 'a copy']],
  ['redact a stream of 64 KB pieces', ['keylatch', 'the whole']],
  ['redact one log line of 120 characters', ['keylatch', 'one RegExp', 'fast-redact, by path', '@arcjet/redact, its email rule', 'secretlint']],
  ['redact a hostile line for each rule', ['keylatch', 'the same, in parts']],
  ['client.get, over loopback', clients],
  ['client.whoami, over loopback', clients],
  ['client.whoami, answered at once', clients],
  ['client.get, answered at once', clients],
];
const QUICK = { rounds: 3, milliseconds: 1, seed: 1 };

function bench(options, env = process.env) {
  const run = fileURLToPath(new URL('run.js', import.meta.url));
  return spawnSync(process.execPath, [run, ...options], { encoding: 'utf8', env });
}

test('a quick run measures every row and every peer', () => {
  const { status, stdout, stderr } = bench(['--quick', '--json']);
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout);
  assert.equal(report.node, process.version);
  assert.ok(report.cores >= 1);
  assert.deepEqual(report.rows.map(({ name, peers }) => [name, peers.map((peer) => peer.name)]), ROWS);

  for (const { name, peers } of report.rows) {
    for (const [index, peer] of peers.entries()) {
      const spreads = index === 0 ? [peer.ns] : [peer.ns, peer.ratio];
      for (const { median, min, max } of spreads) {
        const what = `${name}, ${peer.name}: ${min} ≤ ${median} ≤ ${max}`;
        assert.ok([median, min, max].every((number) => Number.isFinite(number) && number > 0), what);
        assert.ok(min <= max, what);
      }
      assert.ok(peer.ns.min <= peer.ns.median && peer.ns.median <= peer.ns.max);
      assert.equal(peer.ratio === undefined, index === 0, 'keylatch is what the others are compared with');
    }
  }

  const lines = table(report).split('\n');
  for (const [name, peers] of ROWS) {
    const at = lines.findIndex((line) => line === name || line.startsWith(`${name} (`));
    assert.ok(at > 0, `${name} is in the table`);
    peers.forEach((peer, index) => assert.match(lines[at + 1 + index], new RegExp(`^  ${peer} +\\d`)));
  }
  assert.ok(lines.every((line) => line.length <= 100), lines.join('\n'));
});

test('every target is of a row and of a peer that are measured', () => {
  for (const [name, target] of Object.entries(TARGETS)) {
    const row = ROWS.find(([row]) => row === name);
    assert.ok(row && (!('peer' in target) || row[1].includes(target.peer)), name);
  }
});

test('what a few thousand keys leave in memory is what a thousand leave', () => {
  const run = fileURLToPath(new URL('memory.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [run, '--quick', '--check'], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^memory after 3 000 create, reveal, dispose \(that after 1 000: reached\)\n/);
});

test('without a server it says what to do', () => {
  const { KEYLATCH_SERVER_BIN, ...env } = process.env;
  const { status, stderr } = bench(['--quick'], env);
  assert.equal(status, 1);
  assert.match(stderr, /KEYLATCH_SERVER_BIN is not set.*cargo xtask bench/);
});

test('peers that agree are let in', () => sameAnswers(keylatch, handwritten));

for (const [what, broken] of [
  ['finds nothing wrong', { checkKey: () => ({ ok: true, prefix: 'kl_live_' }) }],
  ['points to the wrong place', { checkKey: (text) => moved(handwritten.checkKey(text)) }],
  ['makes keys with a wrong checksum', { generateKey: () => handwritten.generateKey().slice(0, -1) + '!' }],
  ['hashes something else', { hashKey: (key) => handwritten.hashKey(`${key} `) }],
  ['accepts every key', { verifyKey: () => true }],
  ['accepts no key', { verifyKey: () => false }],
  ['sends another header', { authHeaders: (key) => ({ Authorization: key }) }],
]) {
  test(`a peer that ${what} is refused`, () => {
    assert.throws(() => sameAnswers(keylatch, { ...handwritten, ...broken }), assert.AssertionError);
  });
}

for (const [what, broken] of [
  ['finds nothing wrong', { checkKey: () => ({ ok: true, prefix: 'kl_live_' }) }],
  ['finds good keys wrong', { checkKey: (_, text) => ({ ok: false, problems: keylatch.checkKey('keylatch', text).problems ?? [] }) }],
  ['accepts every key', { verifyKey: () => true }],
]) {
  test(`a keylatch that ${what} is refused`, () => {
    assert.throws(() => sameAnswers({ ...keylatch, ...broken }, handwritten), assert.AssertionError);
  });
}

function moved(check) {
  return check.ok ? check : { ok: false, problems: check.problems.map((problem) => ({ ...problem, index: problem.index + 1 })) };
}

test('clients that read differently are refused', async () => {
  const client = (name) => ({
    whoami: async () => ({ id: 'usr_1', user: 'demo@example.com' }),
    get: async (id) => ({ id, name, status: 'active' }),
  });
  await sameReadings({ keylatch: client('a'), 'hand-written': client('a'), 'bare fetch': client('b') }, 'key_1');
  await assert.rejects(sameReadings({ keylatch: client('a'), 'hand-written': client('b') }, 'key_1'));
});

for (const [kind, run] of [
  ['a plain', (i) => (i % 5 === 3 ? 0 : 1)],
  ['an asynchronous', async (i) => (i % 5 === 3 ? 0 : 1)],
]) {
  test(`${kind} job that is sometimes wrong ends the measurement`, async () => {
    await assert.rejects(measure([{ name: 'broken', run }], QUICK), /broken answered wrongly/);
  });
}

test('ratios are of the medians, with the extremes of the rounds', () => {
  assert.deepEqual(spread([5, 1, 3]), { median: 3, min: 1, max: 5 });
  assert.deepEqual(spread([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
  assert.deepEqual(ratio([2, 4, 9], [1, 4, 3]), { median: 4 / 3, min: 1, max: 3 });
});

test('in every round each peer runs once, in an order that the seed decides', async () => {
  const orders = [];
  for (const seed of [1, 1, 2]) {
    let order = '';
    const peers = ['a', 'b', 'c'].map((name) => ({ name, time: async () => ((order += name), 1) }));
    const results = await measure(peers, { ...QUICK, rounds: 8, seed });
    assert.ok(results.every(({ count, ns }) => count === 1 && ns.median === 1));
    // The first three are the warm-up.
    const rounds = order.slice(3).match(/.{3}/g);
    assert.ok(rounds.length === 8 && rounds.every((round) => [...round].sort().join('') === 'abc'), order);
    assert.ok(new Set(rounds).size > 1, order);
    orders.push(order);
  }
  assert.equal(orders[0], orders[1]);
  assert.notEqual(orders[0], orders[2]);
  const random = generator(7);
  assert.ok(Array.from({ length: 1000 }, random).every((number) => number >= 0 && number < 1));
});
