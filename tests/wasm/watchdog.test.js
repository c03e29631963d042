// Law 2, "no call hangs", where it does not rest on the core: a promise of the
// WebAssembly that never settles is given up by JavaScript. Node only, for the
// clock that the test moves.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { run } = await import('../../pkg/client/call.js');
const { learn } = await import('../../pkg/core/errors.js');
learn({ timeout: '{0} did not answer within {1} ms.' });

const never = () => new Promise(() => {});
/** What the core may take beyond the time of a call, to put things right. */
const GRACE = 6000;

/** Whether a promise has settled, and how; after all that is due by now has run. */
async function state(promise) {
  const pending = {};
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
  return Promise.race([promise, pending]).then((value) => (value === pending ? 'pending' : 'done'), (error) => error.code ?? error);
}

/** The clock of the timers and the one that deadlines are told by, moved together. */
function clock(t) {
  let time = 0;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(performance, 'now', () => time);
  return (milliseconds) => {
    time += milliseconds;
    t.mock.timers.tick(milliseconds);
  };
}

test('what never comes back is given up, and not before the core had its time', async (t) => {
  const pass = clock(t);
  const stuck = run({ timeout: 1000 }, never);
  pass(1000 + GRACE - 1);
  assert.equal(await state(stuck), 'pending');
  pass(1);
  assert.equal(await state(stuck), 'internal');
});

test('putting things right has a time of its own', async (t) => {
  const pass = clock(t);
  const stuck = run({ timeout: 1000 }, (call) => {
    setTimeout(() => call.renew(5000), 900);
    return never();
  });
  pass(900);
  pass(5000 + GRACE - 1);
  assert.equal(await state(stuck), 'pending');
  pass(1);
  assert.equal(await state(stuck), 'internal');
});

test('a function of the user\'s has the time of a call, from when it is called, and then the core has its own', async (t) => {
  const pass = clock(t);
  let finish;
  const person = new Promise((resolve) => (finish = resolve));
  const stuck = run({ timeout: 1000 }, async (call) => {
    await call.outside('store()', () => person);
    await never();
  });
  pass(999);
  assert.equal(await state(stuck), 'pending', 'a person is being asked');
  finish();
  assert.equal(await state(stuck), 'pending');
  pass(1000 + GRACE);
  assert.equal(await state(stuck), 'internal');
});

test('a function of the user\'s that never settles is named, and told that nobody waits', async (t) => {
  const pass = clock(t);
  let told;
  const stuck = run({ timeout: 1000 }, (call) => call.outside('store()', (over) => ((told = over), never())));
  pass(999);
  assert.equal(await state(stuck), 'pending');
  assert.equal(told.aborted, false);
  pass(1);
  await assert.rejects(stuck, { code: 'timeout', message: /^store\(\) did not answer within 1000 ms\./ });
  assert.equal(told.aborted, true);
});

test('the user\'s signal ends the wait for a function of theirs, and none is begun after it', async (t) => {
  clock(t);
  const controller = new AbortController();
  let told;
  const waiting = run({ timeout: 1000, signal: controller.signal }, (call) => call.outside('store()', (over) => ((told = over), never())));
  controller.abort();
  await assert.rejects(waiting, { code: 'aborted' });
  assert.equal(told.aborted, true);
  const unbegun = run({ timeout: 1000, signal: controller.signal }, (call) => call.outside('store()', () => assert.fail('it was begun')));
  await assert.rejects(unbegun, { code: 'aborted' });
});

test('an error of the user\'s code comes through, and leaves no timer', async (t) => {
  const pass = clock(t);
  const failing = run({ timeout: 1000 }, (call) => call.outside('store()', () => { throw new RangeError('theirs'); }));
  await assert.rejects(failing, (error) => error.cause?.name === 'RangeError' || error.name === 'RangeError');
  const cleared = t.mock.method(globalThis, 'setTimeout');
  pass(3_600_000);
  assert.equal(cleared.mock.callCount(), 0);
});

test('a call that is over keeps nobody waiting: no timer is left', async (t) => {
  const timers = new Set();
  const { setTimeout, clearTimeout } = globalThis;
  t.mock.method(globalThis, 'setTimeout', (...given) => {
    const timer = setTimeout(...given);
    timers.add(timer);
    return timer;
  });
  t.mock.method(globalThis, 'clearTimeout', (timer) => {
    timers.delete(timer);
    clearTimeout(timer);
  });
  assert.equal(await run({ timeout: 1000 }, async (call) => {
    call.renew(5000);
    await call.outside('store()', async () => {});
    return 'answer';
  }), 'answer');
  assert.equal(timers.size, 0);
});
