// Limits that a server has for a key and its owner: what is counted and spent here, what
// the client is told, and what the server hears of it, once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CASE } from '../limits.js';
import { CREDENTIAL, standIn } from './support/stand-in.js';
import { asOnWorker, bearer, clocks, later, refusal, settled, verdict } from './support/table.js';

const REQUESTS = { name: 'requests', kind: 'rate', limit: 3, window_seconds: 60 };
const CALLS = { name: 'calls', kind: 'quota', limit: 100 };

/** A guard without timers, as on Cloudflare's workers: reports go with requests, by the clock of the test. */
function onWorker(t, server, options) {
  asOnWorker(t);
  return server.guard(options);
}

/** How many of so many requests are let in, one after the other. */
async function admitted(guard, text, times, options) {
  let count = 0;
  for (let at = 0; at < times; at++) count += (await verdict(guard, text, options)) === 'ok';
  return count;
}

test('a rate lets in as many as it says, and tells whoever comes after them for how long to wait', async (t) => {
  const clock = clocks(t);
  clock.align(60);
  const server = await standIn(t);
  const { text } = server.issue({ limits: [REQUESTS] });
  const guard = onWorker(t, server, { fresh: 3600 });
  server.freshSeconds = 3600;
  for (const remaining of [2, 1, 0]) {
    const { limits } = await guard.authenticate(bearer(text));
    assert.deepEqual(limits, [{ name: 'requests', of: 'key', kind: 'rate', limit: 3, remaining, resetSeconds: 60 }]);
  }
  // Of the three, in a sliding window, one is gone when a third of the next minute is over.
  const error = await refusal(guard.authenticate(bearer(text)));
  assert.deepEqual([error.status, error.code, error.message, error.retryAfter], [429, 'rate_limited', 'The limit "requests" of 3 in 60 seconds is used up. Try again in 80 seconds.', 80]);
  assert.deepEqual(error.headers, {
    'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', 'Retry-After': '80',
    'RateLimit-Policy': '"requests";q=3;w=60', RateLimit: '"requests";r=0;t=80',
  });
  assert.deepEqual(await error.response.json(), {
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded', title: 'Too Many Requests', status: 429,
    detail: error.message, code: 'rate_limited', 'violated-policies': ['requests'],
  });
  server.gone = 500; // What is counted here needs nobody.
  clock.pass(79);
  assert.equal(await verdict(guard, text), 'rate_limited');
  clock.pass(1);
  assert.equal(await admitted(guard, text, 2), 1);
  clock.pass(120);
  assert.equal(await admitted(guard, text, 5), 3);
});

test('a request may cost more than one, or nothing, and what is refused spends nothing', async (t) => {
  clocks(t).align(60);
  const server = await standIn(t);
  const { text } = server.issue({ limits: [{ ...REQUESTS, limit: 10 }, { ...CALLS, limit: 8 }] });
  const guard = server.guard();
  const remaining = async (cost) => (await guard.authenticate(bearer(text), { cost })).limits.map((limit) => limit.remaining);
  assert.deepEqual(await remaining(0), [10, 8]);
  assert.deepEqual(await remaining(7), [3, 1]);
  assert.equal(await verdict(guard, text, { cost: 4 }), 'rate_limited');
  assert.equal(await verdict(guard, text, { cost: 2 }), 'quota_exceeded');
  assert.deepEqual(await remaining(0), [3, 1]);
  assert.deepEqual(await remaining(1), [2, 0]);
  assert.equal(await verdict(guard, text), 'quota_exceeded');
  assert.deepEqual(await remaining(0), [2, 0]);
  for (const cost of [-1, 0.5, 1_000_001, '1', NaN, null]) assert.equal(await verdict(guard, text, { cost }), 'invalid_argument');
});

test('a quota that is filled again says when: 429; one that is not: 403, and nothing to wait for', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t);
  const filled = server.issue({ owner: 'a', limits: [{ ...CALLS, limit: 1, resets: Date.now() + 86_400_000 }] });
  const never = server.issue({ owner: 'b', limits: [{ ...CALLS, limit: 1 }] });
  const guard = server.guard();
  for (const { text } of [filled, never]) assert.equal(await verdict(guard, text), 'ok');
  const [again, gone] = [await refusal(guard.authenticate(bearer(filled.text))), await refusal(guard.authenticate(bearer(never.text)))];
  assert.deepEqual([again.status, again.code, again.headers['Retry-After'], again.headers.RateLimit, again.headers['RateLimit-Policy']], [429, 'quota_exceeded', '86400', '"calls";r=0;t=86400', '"calls";q=1']);
  assert.equal(again.message, 'The quota "calls" of 1 is used up. It is filled again in 86400 seconds.');
  assert.deepEqual([gone.status, gone.code, gone.retryAfter, gone.headers['Retry-After'], gone.headers.RateLimit], [403, 'quota_exceeded', undefined, undefined, '"calls";r=0']);
  assert.deepEqual(gone.problem, { type: 'about:blank', title: 'Forbidden', status: 403, detail: 'The quota "calls" of 1 is used up.', code: 'quota_exceeded', 'violated-policies': ['calls'] });
  // After that the server is asked again.
  const [limit] = filled.key.limits;
  Object.assign(limit, { limit: 2, resets: Date.now() + 2 * 86_400_000 });
  clock.pass(86_400);
  assert.equal(await verdict(guard, filled.text), 'ok');
});

test('an owner\'s limit is that of all its keys, and each key has its own', async (t) => {
  const server = await standIn(t);
  const ownerLimits = [{ ...CALLS, name: 'all', limit: 5 }];
  const [one, other] = [server.issue({ limits: [{ ...REQUESTS, limit: 4 }], ownerLimits }), server.issue({ limits: [{ ...REQUESTS, name: 'more', limit: 4 }] })];
  const guard = server.guard();
  assert.equal(await admitted(guard, one.text, 5), 4);
  assert.equal(await verdict(guard, one.text), 'rate_limited');
  assert.equal(await admitted(guard, other.text, 5), 1);
  assert.equal(await verdict(guard, other.text), 'quota_exceeded');
});

test('while a lease lasts nothing is asked, and what was used is told in one report', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t, { block: 50 });
  const { text } = server.issue({ limits: [{ ...REQUESTS, limit: 100 }, CALLS] });
  const guard = onWorker(t, server);
  assert.equal(await admitted(guard, text, 20), 20);
  assert.equal(server.asked.length, 1);
  clock.pass(1);
  await verdict(guard, text);
  assert.deepEqual(server.reports, [{ number: 1, uses: [{ limit: 'lim_1', spent: 21 }, { limit: 'lim_0', spent: 21 }] }]);
  await admitted(guard, text, 5);
  clock.pass(1);
  await verdict(guard, text);
  // Less than half is left, so more is asked for before it is used up.
  assert.deepEqual(server.reports.slice(1), [{ number: 2, uses: [{ limit: 'lim_1', spent: 6 }, { limit: 'lim_0', spent: 6 }], want: [{ limit: 'lim_1', units: 50 }] }]);
  assert.equal(server.verified.length, 1);
  await guard.close();
  assert.deepEqual(server.used('calls'), { spent: 27, leased: 0 });
});

test('a lease that is used up, or over, is asked for once for all who wait', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t, { block: 5, leaseSeconds: 3 });
  const { text } = server.issue({ limits: [CALLS] });
  const guard = server.guard();
  assert.deepEqual(await Promise.all(Array.from({ length: 12 }, () => verdict(guard, text))), Array(12).fill('ok'));
  const numbers = server.reports.map(({ number }) => number);
  assert.deepEqual(numbers, numbers.map((_, at) => at + 1));
  assert.equal(server.verified.length, 1);
  const before = server.reports.length;
  clock.pass(3);
  assert.equal(await verdict(guard, text), 'ok');
  assert.equal(server.reports.length, before + 1, 'what is left of a lease that is over is not spent');
  await guard.close();
  assert.equal(server.used('calls').spent, 13);
});

test('what is left of a lease goes back, also where none of it is ever used', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t, { block: 10, leaseSeconds: 10 });
  const { text } = server.issue({ limits: [CALLS] });
  const guard = onWorker(t, server);
  // Refused for something else, again and again: each minute or so the server would set aside another ten units.
  for (let seconds = 0; seconds < 300; seconds += 5) {
    assert.equal(await verdict(guard, text, { scopes: ['admin'] }), 'insufficient_scope');
    assert.ok(server.used('calls').leased <= 20, `${server.used('calls').leased} units are set aside for nothing`);
    clock.pass(5);
  }
  const told = server.reports.length;
  assert.ok(told > 0 && told < 60, `${told} reports`);
  assert.deepEqual(server.reports[0], { number: 1, uses: [] });
});

test('… where timers are to be had, without any request', { timeout: CASE }, async (t) => {
  const server = await standIn(t, { block: 10, leaseSeconds: 1 });
  const { text } = server.issue({ limits: [CALLS] });
  const settled = later();
  server.onReport = () => server.used('calls').leased === 0 && settled.resolve();
  const guard = server.guard();
  assert.equal(await admitted(guard, text, 3), 3);
  await settled.promise;
  assert.deepEqual(server.used('calls'), { spent: 3, leased: 0 });
});

test('a computer that has slept spends nothing of a lease that ended meanwhile', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t, { block: 50, leaseSeconds: 60 });
  server.freshSeconds = 1e6;
  const { text } = server.issue({ limits: [CALLS] });
  const guard = server.guard({ fresh: 1e6 });
  await verdict(guard, text);
  assert.equal(server.reports.length, 0);
  clock.jump(60);
  assert.equal(await verdict(guard, text), 'ok');
  assert.equal(server.reports.length, 1, 'it has asked for more');
  clock.jump(-3600);
  assert.equal(await verdict(guard, text), 'ok');
  assert.equal(server.reports.length, 1, 'a lease is no longer for a clock that was set back');
  clock.pass(60);
  await verdict(guard, text);
  assert.ok(server.reports.length > 1);
});

test('a credential that cannot be read in time keeps no request that waits for more of a quota', async (t) => {
  const server = await standIn(t, { block: 2 });
  const { text } = server.issue({ limits: [CALLS] });
  let hangs = false;
  const guard = server.guard({ timeout: 1000, credential: () => (hangs ? new Promise(() => {}) : CREDENTIAL) });
  assert.equal(await admitted(guard, text, 2), 2);
  server.gone = 401;
  hangs = true;
  const error = await refusal(guard.authenticate(bearer(text)));
  assert.deepEqual([error.status, error.cause.code, error.cause.message], [503, 'timeout', 'credential() did not answer within 1000 ms.']);
});

test('a limit that becomes another kind is counted as that', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t);
  const { text, key } = server.issue({ limits: [{ ...REQUESTS, limit: 2 }] });
  const guard = onWorker(t, server);
  assert.equal(await admitted(guard, text, 3), 2);
  Object.assign(key.limits[0], { kind: 'quota', limit: 3, spent: 0 });
  clock.pass(5);
  assert.equal(await admitted(guard, text, 4), 3);
  assert.equal(await verdict(guard, text), 'quota_exceeded');
});

test('a quota that has nothing left is not asked for with every request', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t);
  const { text, key } = server.issue({ limits: [{ ...CALLS, limit: 4 }] });
  const guard = server.guard();
  assert.equal(await admitted(guard, text, 10), 4);
  assert.equal(server.reports.length, 1);
  key.limits[0].limit = 6;
  assert.equal(await verdict(guard, text), 'quota_exceeded');
  clock.pass(5);
  assert.equal(await admitted(guard, text, 10), 2);
  await guard.close();
  assert.deepEqual(server.used('calls'), { spent: 6, leased: 0 });
});

test('a report without an answer is told again under its number, and counts once', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t, { block: 50 });
  const { text } = server.issue({ limits: [CALLS] });
  const guard = onWorker(t, server, { fresh: 3600 });
  server.freshSeconds = 3600;
  await admitted(guard, text, 3);
  clock.pass(1);
  // It arrives, and its answer does not.
  const [first, ...rest] = [{ number: 1, uses: [{ limit: 'lim_0', spent: 4 }] }];
  server.loses = 1;
  await verdict(guard, text);
  assert.deepEqual(server.reports, [first, ...rest]);
  await admitted(guard, text, 2);
  clock.pass(1);
  await verdict(guard, text);
  assert.deepEqual(server.reports, [first, first], 'the same, and nothing more');
  assert.equal(server.used('calls').spent, 4);
  await guard.close();
  assert.deepEqual(server.reports.at(-1), { number: 3, uses: [], done: true });
  assert.deepEqual(server.used('calls'), { spent: 7, leased: 0 });
});

test('where timers are to be had, what was used is told within a second or so', async (t) => {
  const server = await standIn(t);
  const { text } = server.issue({ limits: [CALLS] });
  const reported = later();
  server.onReport = reported.resolve;
  const guard = server.guard();
  await admitted(guard, text, 2);
  assert.equal(server.reports.length, 0);
  await reported.promise;
  assert.deepEqual(server.reports, [{ number: 1, uses: [{ limit: 'lim_0', spent: 2 }] }]);
});

test('on a worker a request tells it: after its answer where `waitUntil` is given, before it where not', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t);
  const { text } = server.issue({ limits: [CALLS] });
  const guard = onWorker(t, server);
  await verdict(guard, text);
  clock.pass(1);
  const [reached, go] = [later(), later()];
  server.gone = async () => {
    reached.resolve();
    await go.promise;
  };
  const work = [];
  assert.equal(await verdict(guard, text, { waitUntil: (promise) => work.push(promise) }), 'ok');
  await reached.promise;
  // Meanwhile another one tells the same, as it may not wait for the first.
  const other = verdict(guard, text);
  go.resolve();
  assert.equal(await other, 'ok');
  await Promise.all(work);
  assert.equal(work.length, 1);
  server.gone = undefined;
  await guard.close();
  assert.equal(server.used('calls').spent, 3);
  assert.equal(await verdict(server.guard(), text, { waitUntil: 5 }), 'invalid_argument');
});

test('what others have used is heard of with the next report, and with the next answer', async (t) => {
  const clock = clocks(t);
  clock.align(60);
  const server = await standIn(t);
  const { text } = server.issue({ limits: [{ ...REQUESTS, limit: 10 }] });
  const [one, other] = [onWorker(t, server), onWorker(t, server)];
  // Both know of themselves only: at worst so many times the limit as there are guards.
  assert.deepEqual([await admitted(one, text, 6), await admitted(other, text, 4)], [6, 4]);
  clock.pass(1);
  assert.equal(await admitted(one, text, 1), 1);
  assert.equal(await admitted(other, text, 1), 1);
  assert.equal(await admitted(other, text, 1), 0, 'its report had the answer that there is no more');
  clock.pass(4);
  assert.equal(await verdict(one, text), 'rate_limited', 'it has asked about the key again');
  const late = onWorker(t, server);
  assert.equal(await verdict(late, text), 'rate_limited', 'one that has just begun');
});

test('a server that does not know the guard\'s numbers any more gets them from another guard', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t, { block: 20 });
  const { text } = server.issue({ limits: [{ ...REQUESTS, limit: 50 }, CALLS] });
  const guard = onWorker(t, server);
  for (const status of [409, 422]) {
    await admitted(guard, text, 3);
    const { guard: before } = server.verified.at(-1);
    clock.pass(1);
    server.gone = status;
    assert.equal(await verdict(guard, text), 'ok');
    server.gone = undefined;
    clock.pass(1);
    assert.equal(await verdict(guard, text), 'ok', 'with a lease of its own');
    clock.pass(4);
    await verdict(guard, text);
    assert.notEqual(server.verified.at(-1).guard, before);
  }
  await guard.close();
  // Each use of the rate is told; what was spent of a lost lease stays taken.
  assert.equal(server.used('requests').spent, 12);
  assert.ok(server.used('calls').spent + server.used('calls').leased >= 12);
});

test('where more of a quota cannot be asked for, `onUnavailable` says what becomes of the request', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t, { block: 2 });
  const { text } = server.issue({ limits: [CALLS] });
  const [strict, lenient] = [server.guard(), server.guard({ onUnavailable: 'stale' })];
  assert.deepEqual([await admitted(strict, text, 2), await admitted(lenient, text, 2)], [2, 2]);
  server.gone = 500;
  const error = await refusal(strict.authenticate(bearer(text)));
  assert.deepEqual([error.status, error.code, error.message, error.cause.code], [503, 'unavailable', 'The quota "calls" cannot be asked for at the moment. Try again soon.', 'service_error']);
  assert.equal(await verdict(lenient, text), 'ok');
  const tries = server.reports.length;
  assert.equal(await verdict(strict, text), 'unavailable');
  assert.equal(await verdict(lenient, text), 'ok');
  assert.equal(server.reports.length, tries, 'not again at once');
  server.gone = undefined;
  clock.pass(1);
  assert.equal(await verdict(strict, text), 'ok');
  for (const guard of [strict, lenient]) await guard.close();
  assert.deepEqual(server.used('calls'), { spent: 7, leased: 0 }, 'what was let in is told');
});

test('what cannot be told when the guard is closed is said', async (t) => {
  const server = await standIn(t);
  const { text } = server.issue({ limits: [CALLS] });
  const guard = server.guard();
  await verdict(guard, text);
  server.gone = 'broken';
  await assert.rejects(guard.close(), { code: 'network_error' });
});

test('limits that nobody uses any more are forgotten, and none that is in use', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t, { block: 10, leaseSeconds: 600 });
  const guard = onWorker(t, server);
  const [leased, rated] = [server.issue({ owner: 'a', limits: [CALLS] }), server.issue({ owner: 'b', limits: [REQUESTS] })];
  for (const { text } of [leased, rated]) await verdict(guard, text);
  const asks = server.verified.length;
  clock.pass(300);
  // The lease still runs, so it is the one that is used.
  assert.equal(await verdict(guard, leased.text), 'ok');
  assert.equal(server.verified.length, asks + 1);
  clock.pass(120);
  assert.equal(await admitted(guard, rated.text, 4), 3);
  await guard.close();
  assert.equal(server.used('calls').spent, 2);
});

test('neither a credential nor a key is in what is told', async (t) => {
  const server = await standIn(t);
  const { text } = server.issue({ limits: [CALLS] });
  const guard = server.guard();
  await verdict(guard, text);
  await guard.close();
  assert.ok(server.reports.length > 0);
  for (const secret of [text, CREDENTIAL]) assert.ok(!JSON.stringify(server.reports).includes(secret));
  await settled();
});
