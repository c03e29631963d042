// What the guard remembers, for how long, and what ends it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generateKey } from '../../pkg/dist/node/index.js';
import { createGuard, issueKey } from '../../pkg/dist/node/guard.js';
import { asOnWorker, clocks, later, OWNER, settled, table, verdict } from './support/table.js';

test('an answer is used again for `fresh` seconds, and not for longer', async (t) => {
  const clock = clocks(t);
  for (const [options, fresh] of [[{}, 5], [{ fresh: 60 }, 60], [{ fresh: 0.5 }, 0.5]]) {
    const { guard, issue, asked, rows } = table(options);
    const { key, row } = issue();
    assert.equal(await verdict(guard, key), 'ok');
    rows.get(row.hash).revokedAt = new Date();
    clock.pass(fresh - 0.001);
    assert.equal(await verdict(guard, key), 'ok');
    assert.equal(asked.length, 1);
    clock.pass(0.001);
    assert.equal(await verdict(guard, key), 'revoked');
    assert.equal(asked.length, 2);
  }
});

test('with `fresh: 0` the table is asked every time', async () => {
  const { guard, issue, asked } = table({ fresh: 0 });
  const { key } = issue();
  for (let times = 1; times <= 3; times++) {
    await verdict(guard, key);
    assert.equal(asked.length, times);
  }
});

test('how old an answer is counts from before its query', async (t) => {
  const clock = clocks(t);
  const { key, row } = issueKey({ owner: OWNER });
  let asked = 0;
  const guard = createGuard({
    lookup: async () => {
      asked += 1;
      clock.pass(4);
      return row;
    },
  });
  await verdict(guard, key.expose());
  clock.pass(0.9);
  await verdict(guard, key.expose());
  assert.equal(asked, 1);
  clock.pass(0.1);
  await verdict(guard, key.expose());
  assert.equal(asked, 2);
});

test('after `fresh`, for `stale` seconds, the old answer is used while the table is asked once', async (t) => {
  const clock = clocks(t);
  const { guard, issue, asked, rows } = table({ fresh: 5, stale: 10 });
  const { key, row } = issue();
  await verdict(guard, key);
  rows.get(row.hash).revokedAt = new Date();
  clock.pass(5);
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => verdict(guard, key))), ['ok', 'ok', 'ok']);
  assert.equal(asked.length, 2);
  await settled();
  assert.equal(await verdict(guard, key), 'revoked');
  assert.equal(asked.length, 2);

  const idle = table({ fresh: 5, stale: 10 });
  const unused = idle.issue();
  await verdict(idle.guard, unused.key);
  idle.rows.get(unused.row.hash).revokedAt = new Date();
  clock.pass(15);
  assert.equal(await verdict(idle.guard, unused.key), 'revoked', 'fresh + stale is the bound of a revocation');
});

test('no answer outlives the end of its key', async (t) => {
  const clock = clocks(t);
  for (const options of [{ fresh: 3600 }, { fresh: 1, stale: 3600 }, { fresh: 1, onUnavailable: 'stale' }]) {
    const { guard, issue } = table(options);
    const { key } = issue({ expiresIn: 60 });
    assert.equal(await verdict(guard, key), 'ok');
    clock.pass(59.999);
    assert.equal(await verdict(guard, key), 'ok');
    clock.pass(0.001);
    assert.equal(await verdict(guard, key), 'expired');
  }
});

test('a clock that jumps makes nothing last longer', async (t) => {
  const clock = clocks(t);
  for (const seconds of [-3600, -0.001, 3600]) {
    const { guard, issue, asked, rows } = table();
    const { key, row } = issue({ expiresIn: 'P1D' });
    await verdict(guard, key);
    rows.get(row.hash).revokedAt = new Date();
    clock.jump(seconds);
    assert.equal(await verdict(guard, key), 'revoked', `${seconds} s`);
    assert.equal(asked.length, 2);
  }
  const { guard, issue } = table({ fresh: 60 });
  const { key } = issue({ expiresIn: 30 });
  assert.equal(await verdict(guard, key), 'ok');
  clock.jump(31);
  assert.equal(await verdict(guard, key), 'expired');
});

test('that a key is unknown is remembered for `fresh` seconds, and apart', async (t) => {
  const clock = clocks(t);
  const { guard, issue, asked, rows } = table({ cacheSize: 2 });
  const known = issue();
  await verdict(guard, known.key);
  const { key, row } = issueKey({ owner: OWNER });
  for (let times = 0; times < 3; times++) assert.equal(await verdict(guard, key.expose()), 'not_found');
  assert.equal(asked.length, 2);
  // A flood of unknown keys drives out each other, but not those that exist.
  for (let times = 0; times < 10; times++) await verdict(guard, generateKey().expose());
  await verdict(guard, known.key);
  assert.equal(asked.length, 12);
  await verdict(guard, key.expose());
  assert.equal(asked.length, 13);
  rows.set(row.hash, row);
  assert.equal(await verdict(guard, key.expose()), 'not_found');
  clock.pass(5);
  assert.equal(await verdict(guard, key.expose()), 'ok');
});

test('the cache is bounded, and the answer that was fetched longest ago goes first', async () => {
  const { guard, issue, asked } = table({ cacheSize: 3, fresh: 3600 });
  const keys = Array.from({ length: 4 }, () => issue().key);
  for (const key of keys) await verdict(guard, key);
  for (const key of keys.slice(1)) await verdict(guard, key);
  assert.equal(asked.length, 4);
  await verdict(guard, keys[0]);
  assert.equal(asked.length, 5);
});

test('`forget` ends what is known of a key at once, by its hash or by its id', async () => {
  for (const member of ['hash', 'id']) {
    const { guard, issue, rows, asked } = table({ fresh: 3600, stale: 3600 });
    const [gone, other] = [issue(), issue()];
    for (const { key } of [gone, other]) await verdict(guard, key);
    rows.get(gone.row.hash).revokedAt = new Date();
    assert.equal(await verdict(guard, gone.key), 'ok');
    guard.forget(gone.row[member]);
    assert.equal(await verdict(guard, gone.key), 'revoked');
    await verdict(guard, other.key);
    assert.equal(asked.length, 3, 'the other is still known');
  }
  const { guard, rows } = table();
  const { key, row } = issueKey({ owner: OWNER });
  assert.equal(await verdict(guard, key.expose()), 'not_found');
  rows.set(row.hash, row);
  guard.forget(row.hash);
  assert.equal(await verdict(guard, key.expose()), 'ok', 'so is one that did not exist');
  for (const wrong of [undefined, 7, {}]) assert.throws(() => guard.forget(wrong), { code: 'invalid_argument' });
});

/** A guard whose look-ups are answered by hand. */
function byHand(options) {
  const { key, row } = issueKey({ owner: OWNER });
  const queries = [];
  const lookup = () => queries[queries.push(later()) - 1].promise;
  const guard = createGuard({ lookup, ...options });
  const revoked = { ...row, revokedAt: new Date() };
  return { guard, row, revoked, queries, ask: () => verdict(guard, key.expose()) };
}

test('one look-up is for all who want the same key, and for nobody else', async () => {
  const { guard, row, queries, ask } = byHand();
  const all = [ask(), ask(), ask()];
  const other = verdict(guard, generateKey().expose());
  assert.equal(queries.length, 2);
  queries[0].resolve(row);
  queries[1].resolve(undefined);
  assert.deepEqual(await Promise.all(all), ['ok', 'ok', 'ok']);
  assert.equal(await other, 'not_found');
});

test('nobody waits for a look-up that began longer than `fresh` ago', async (t) => {
  const clock = clocks(t);
  const { row, revoked, queries, ask } = byHand();
  const first = ask();
  clock.pass(5);
  const second = ask();
  assert.equal(queries.length, 2);
  queries[1].resolve(revoked);
  assert.equal(await second, 'revoked');
  queries[0].resolve(row);
  assert.equal(await first, 'ok', 'it asked before');
  assert.equal(await ask(), 'revoked', 'the older answer does not replace the newer');
});

test('revoke against verify: a look-up that began before `forget` is not kept, and nobody waits for it', async () => {
  for (const member of ['hash', 'id']) {
    const { guard, row, revoked, queries, ask } = byHand({ fresh: 3600 });
    const before = ask();
    // Revoked in the table meanwhile.
    guard.forget(row[member]);
    const after = ask();
    assert.equal(queries.length, 2);
    queries[1].resolve(revoked);
    assert.equal(await after, 'revoked');
    queries[0].resolve(row);
    assert.equal(await before, 'ok');
    assert.equal(await ask(), 'revoked');

    const again = byHand({ fresh: 3600 });
    const late = again.ask();
    again.guard.forget(again.row[member]);
    again.queries[0].resolve(again.row);
    await late;
    const next = again.ask();
    assert.equal(again.queries.length, 2, 'what came late was not kept');
    again.queries[1].resolve(again.revoked);
    assert.equal(await next, 'revoked');
  }
});

test('a refresh in the background that is late revives no key', async (t) => {
  const clock = clocks(t);
  const { guard, row, revoked, queries, ask } = byHand({ fresh: 5, stale: 60 });
  const first = ask();
  queries[0].resolve(row);
  await first;
  clock.pass(6);
  assert.equal(await ask(), 'ok');
  assert.equal(queries.length, 2);
  guard.forget(row.id);
  queries[1].resolve(row);
  await settled();
  const next = ask();
  assert.equal(queries.length, 3);
  queries[2].resolve(revoked);
  assert.equal(await next, 'revoked');
});

test('on a worker no request waits for the promise of another, and nothing is left to be done behind its back', async (t) => {
  asOnWorker(t);
  const clock = clocks(t);
  const { row, revoked, queries, ask } = byHand({ fresh: 5, stale: 60 });
  const both = [ask(), ask()];
  assert.equal(queries.length, 2);
  queries[1].resolve(revoked);
  queries[0].resolve(row);
  assert.deepEqual(await Promise.all(both), ['ok', 'revoked']);
  assert.equal(await ask(), 'revoked', 'the one that began last');
  clock.pass(6);
  const waiting = ask();
  queries[2].resolve(row);
  assert.equal(await waiting, 'ok');
});

test('ten thousand steps in any order: a revoked key works for `fresh` + `stale` seconds at most, and not after `forget`', async (t) => {
  const clock = clocks(t);
  let seed = 7;
  const random = (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const [fresh, stale] = [5, 7];
  const rows = new Map();
  const keys = Array.from({ length: 5 }, () => {
    const { key, row } = issueKey({ owner: OWNER });
    rows.set(row.hash, row);
    return { key: key.expose(), hash: row.hash, id: row.id, ended: undefined, forgotten: false };
  });
  /** Look-ups that have read their row and have not given it yet. */
  const open = [];
  const lookup = (hash) => {
    const query = later();
    const row = { ...rows.get(hash) };
    open.push(() => query.resolve(row));
    return query.promise;
  };
  const guard = createGuard({ lookup, fresh, stale, cacheSize: 3, timeout: 2_000_000_000 });
  let refused = 0;
  const pending = [];
  for (let step = 0; step < 10_000; step++) {
    const one = keys[random(keys.length)];
    const action = random(20);
    if (action < 10) {
      const { ended, forgotten } = one;
      const began = Date.now();
      pending.push(verdict(guard, one.key).then((answer) => {
        // Whether it had ended for so long, when it was asked, that no old answer can excuse it.
        const isOver = ended !== undefined && (forgotten || began - ended >= (fresh + stale) * 1000);
        if (isOver) assert.equal(answer, 'revoked', `step ${step}`);
        if (ended === undefined && one.ended === undefined) assert.equal(answer, 'ok', `step ${step}`);
        refused += answer === 'revoked' ? 1 : 0;
      }));
    } else if (action < 16 && open.length > 0) open.splice(random(open.length), 1)[0]();
    else if (action < 18) clock.pass(random(3000) / 1000);
    else if (action === 18 && one.ended === undefined) {
      rows.get(one.hash).revokedAt = new Date(Date.now());
      one.ended = Date.now();
      // Here, or in another process.
      one.forgotten = random(2) === 0;
      if (one.forgotten) guard.forget(random(2) ? one.hash : one.id);
    } else if (one.ended !== undefined && random(10) === 0) {
      // Everything that was on its way arrives, and another key takes its place.
      for (const give of open.splice(0)) give();
      await settled();
      const { key, row } = issueKey({ owner: OWNER });
      rows.set(row.hash, row);
      keys[keys.indexOf(one)] = { key: key.expose(), hash: row.hash, id: row.id, ended: undefined, forgotten: false };
    }
    await settled();
  }
  for (const give of open.splice(0)) give();
  await Promise.all(pending);
  assert.ok(refused > 500, `${refused} refusals`);
});
