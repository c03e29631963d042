// Random requests, changes, outages and clocks, from a fixed seed, against what a model of
// a few lines says of each: the guard decides as the model does, whatever it has kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FILE } from '../limits.js';
import { dice } from './support/dice.js';
import { standIn } from './support/stand-in.js';
import { asOnWorker, bearer, clocks, verdict } from './support/table.js';

const SCOPES = ['read', 'write', 'admin'];
const ADDRESSES = ['10.1.2.3', '10.200.0.1', '192.0.2.7', '2001:db8::7', undefined];
/** Networks, and which of the addresses are in them. */
const NETWORKS = { '10.0.0.0/8': [0, 1], '10.1.0.0/16': [0], '2001:db8::/32': [3], '192.0.2.7': [2] };

/** A key as the model has it: what the server would say of it, as one value. */
const stateOf = ({ key, networks }) => ({ code: key.code, end: key.expires_at === null ? Infinity : Date.parse(key.expires_at), scopes: key.scopes, networks });

/** What a holder is told, in the order of the checks. */
function standing({ code, end, scopes, networks }, { needed, address }) {
  if (end <= Date.now()) return 'expired';
  if (code !== 'valid') return code;
  if (networks.length > 0 && !networks.some((network) => NETWORKS[network].includes(address))) return 'address_refused';
  return needed.every((scope) => scopes.includes(scope)) ? 'ok' : 'insufficient_scope';
}

for (const [title, requests, options, outages] of [
  ['10 000 random requests are answered as the model answers them', 10_000, {}, 0.003],
  ['… and where old answers stand in for a server that is gone', 3000, { onUnavailable: 'stale' }, 0.01],
]) {
  test(title, { timeout: FILE }, async (t) => {
    const { below, one, chance } = dice(20_261_126);
    const clock = clocks(t);
    asOnWorker(t);
    const server = await standIn(t, { block: 50, leaseSeconds: 1e9 });
    const guard = server.guard(options);
    // A quota that has to be asked for while the server is gone: limits.test.js.
    const [most, mostOfOwner] = outages > 0.005 ? [1e9, 1e9] : [300, 800];
    const subjects = Array.from({ length: 12 }, (_, at) => {
      const scopes = SCOPES.filter(() => chance(0.6));
      const limits = [{ name: 'calls', kind: 'quota', limit: most }];
      const { text, key } = server.issue({ owner: `cust_${at % 4}`, scopes, limits, ownerLimits: [{ name: 'all', kind: 'quota', limit: mostOfOwner }] });
      return { text, key, networks: [], spent: 0, kept: undefined };
    });
    const spentBy = new Map(subjects.map(({ key }) => [key.owner, 0]));

    /** What is said of a request; what is kept, as the guard keeps it, for five seconds or, for want of anything else, an hour more. */
    const expected = (subject, asked) => {
      const age = subject.kept ? Date.now() - subject.kept.at : Infinity;
      const isThere = server.gone === undefined;
      if (isThere && age >= 5000) subject.kept = { at: Date.now(), state: stateOf(subject) };
      else if (age >= (options.onUnavailable === 'stale' ? 3_605_000 : 5000)) return 'unavailable';
      const found = standing(subject.kept.state, asked);
      const isOver = subject.spent + asked.cost > most || spentBy.get(subject.key.owner) + asked.cost > mostOfOwner;
      return found === 'ok' && isOver && asked.cost > 0 ? 'quota_exceeded' : found;
    };

    const counts = {};
    let goneAt = 0;
    for (let number = 0; number < requests; number++) {
      const subject = one(subjects);
      const { key } = subject;
      if (chance(0.01)) key.code = one(['valid', 'valid', 'valid', 'revoked', 'disabled']);
      if (chance(0.01)) key.expires_at = chance(0.7) ? null : new Date(Date.now() + below(20_000) - 5000).toISOString();
      if (chance(0.01)) key.allowed_addresses = subject.networks = chance(0.6) ? [] : Object.keys(NETWORKS).filter(() => chance(0.4));
      if (chance(0.01)) key.scopes = SCOPES.filter(() => chance(0.6));
      if (chance(0.04)) clock.pass(below(3000) / 1000);
      if (server.gone !== undefined) goneAt = Date.now();
      if (chance(outages)) server.gone = server.gone === undefined ? one([500, 'broken', 'garbage']) : undefined;
      if (chance(0.01)) {
        guard.forget(key.id);
        subject.kept = undefined;
      }
      if (chance(0.002)) {
        // As a person sets it: nothing that is kept is used after that, be it newer or older.
        clock.jump(below(2) === 0 ? 7200 : -7200);
        for (const other of subjects) other.kept = undefined;
      }
      const asked = { needed: SCOPES.filter(() => chance(0.1)), address: below(ADDRESSES.length), cost: one([0, 1, 1, 1, 2, 5]) };
      const wanted = expected(subject, asked);
      const found = await verdict(guard, subject.text, { scopes: asked.needed, address: ADDRESSES[asked.address], cost: asked.cost });
      counts[found] = (counts[found] ?? 0) + 1;
      // More of a quota cannot be had of a server that is gone, or was a moment ago.
      const lacks = found === 'unavailable' && ['ok', 'quota_exceeded'].includes(wanted) && (server.gone !== undefined || Math.abs(Date.now() - goneAt) < 1000);
      if (!lacks) assert.equal(found, wanted, `request ${number}`);
      if (found !== 'ok') continue;
      subject.spent += asked.cost;
      spentBy.set(key.owner, spentBy.get(key.owner) + asked.cost);
    }
    const seen = Object.keys(counts).filter((code) => counts[code] > 20).sort();
    const all = ['address_refused', 'disabled', 'expired', 'insufficient_scope', 'ok', 'quota_exceeded', 'revoked', 'unavailable'];
    assert.deepEqual(seen, most < 1e9 ? all : all.filter((code) => code !== 'quota_exceeded'), JSON.stringify(counts));

    // Every unit that was spent is told, once, whatever became of reports under way.
    server.gone = undefined;
    clock.pass(1);
    await guard.close();
    assert.equal(server.spent('calls'), subjects.reduce((sum, { spent }) => sum + spent, 0));
  });
}

/** Of all that was let in: what the window of the grid has, and of the one before the part that lies within the last window. */
function slidingSum(uses, window, now) {
  const start = Math.floor(now / window) * window;
  const sum = (from, to) => uses.filter(({ at }) => at >= from && at < to).reduce((all, { cost }) => all + cost, 0);
  return sum(start - window, start) * (1 - (now - start) / window) + sum(start, Infinity);
}

test('a rate is counted as the sliding counter of a few lines counts it, and never waits in vain', async (t) => {
  const { below, one, chance } = dice(7);
  const clock = clocks(t);
  asOnWorker(t);
  const server = await standIn(t);
  server.freshSeconds = 1e9;
  const { text } = server.issue({ limits: [{ name: 'requests', kind: 'rate', limit: 50, window_seconds: 10 }] });
  const guard = server.guard({ fresh: 1e9 });
  await verdict(guard, text, { cost: 0 });
  // Nothing is heard of others, nor told.
  server.gone = 500;
  const uses = [];
  const counts = { ok: 0, rate_limited: 0 };
  for (let number = 0; number < 5000; number++) {
    if (chance(0.3)) clock.pass(below(one([100, 1000, 10_000])) / 1000);
    const cost = one([0, 1, 1, 2, 10, 60]);
    const now = performance.now();
    const isOver = slidingSum(uses, 10_000, now) + cost > 50 + 1e-9;
    const error = await guard.authenticate(bearer(text), { cost }).then(() => undefined, (error) => error);
    counts[error?.code ?? 'ok'] += 1;
    assert.equal(error?.code, isOver ? 'rate_limited' : undefined, `request ${number}`);
    if (!error) uses.push({ at: now, cost });
    // Whoever waits as he is told, and is alone, is let in.
    else if (cost <= 50) assert.ok(slidingSum(uses, 10_000, now + error.retryAfter * 1000) + cost <= 50 + 1e-9, `request ${number}: ${error.retryAfter} s`);
    if (uses.length > 1000) uses.splice(0, 500);
  }
  assert.ok(counts.ok > 500 && counts.rate_limited > 500, JSON.stringify(counts));
});

test('three guards never spend more of a quota than there is, and of a rate no more than is documented', { timeout: FILE }, async (t) => {
  const { below, one, chance } = dice(11);
  const clock = clocks(t);
  asOnWorker(t);
  const server = await standIn(t, { block: 5, leaseSeconds: 20 });
  const LIMIT = 30;
  const { text } = server.issue({ limits: [{ name: 'requests', kind: 'rate', limit: LIMIT, window_seconds: 10 }, { name: 'calls', kind: 'quota', limit: 1500 }] });
  const guards = [0, 1, 2].map(() => server.guard());
  const uses = [];
  let spent = 0;
  for (let number = 0; number < 3000 && spent < 1500; number++) {
    if (chance(0.2)) clock.pass(below(1500) / 1000);
    if (chance(0.05)) server.loses = 1;
    if (chance(0.02)) {
      // A guard ends, and another one begins.
      const at = below(3);
      server.loses = 0;
      await guards[at].close();
      guards[at] = server.guard();
    }
    const cost = one([1, 1, 1, 3]);
    if ((await verdict(one(guards), text, { cost })) !== 'ok') continue;
    spent += cost;
    uses.push({ at: performance.now(), cost });
    const within = uses.filter(({ at }) => performance.now() - at < 10_000).reduce((sum, { cost }) => sum + cost, 0);
    assert.ok(within <= 3 * 2 * LIMIT, 'each guard, at the seam of two windows');
  }
  assert.ok(spent > 1000 && spent <= 1500, `spent ${spent}`);
  server.loses = 0;
  clock.pass(1);
  await Promise.all(guards.map((guard) => guard.close()));
  assert.deepEqual(server.used('calls'), { spent, leased: 0 });
});
