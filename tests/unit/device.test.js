// When the issuer is asked whether a code was typed: RFC 8628, section 3.5.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { byDevice } = await import('../../pkg/node/device.js');
const { KeylatchError } = await import('../../pkg/core/errors.js');

const TOKENS = { accessToken: 'a.b.c' };
const PENDING = { slowDown: false };
const SLOW = { slowDown: true };
const passing = (code) => new KeylatchError({ code, details: [] });

/** Runs a login against these answers: the seconds at which it asked, and what came of it. */
async function schedule(t, answers, { interval = 5, expiresIn = 600, timeout, signal } = {}) {
  let time = 0;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(performance, 'now', () => time);
  const asked = [];
  const said = [];
  const login = {
    issuer: 'https://login.example',
    device: async () => ({ userCode: 'WDJB-MJHT', page: 'https://login.example/device', interval, expiresIn }),
    async poll() {
      asked.push(time / 1000);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const outcome = byDevice(login, (work) => work(), { timeout, say: (text) => said.push(text), signal }).catch((error) => error);
  let isOver = false;
  outcome.then(() => (isOver = true));
  for (let steps = 0; !isOver && steps < 10_000; steps += 1) {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    time += 500;
    t.mock.timers.tick(500);
  }
  t.mock.timers.reset();
  return { asked, outcome: await outcome, said: said.join('') };
}

test('it asks at the interval, and five seconds later from each slow_down on', async (t) => {
  const { asked, outcome, said } = await schedule(t, [PENDING, PENDING, SLOW, PENDING, SLOW, TOKENS]);
  assert.deepEqual(asked, [5, 10, 15, 25, 35, 50]);
  assert.equal(outcome, TOKENS);
  assert.match(said, /code WDJB-MJHT\n\n {2}https:\/\/login\.example\/device\n/);
});

test('what may pass is asked past, more slowly', async (t) => {
  const { asked, outcome } = await schedule(t, ['network_error', 'timeout', 'service_error', 'rate_limited'].map(passing).concat(TOKENS), { interval: 1 });
  assert.deepEqual(asked, [1, 7, 18, 34, 55]);
  assert.equal(outcome, TOKENS);
});

test('a refusal, and an answer that is none, end it at once', async (t) => {
  for (const code of ['unauthorized', 'bad_response', 'aborted', 'internal']) {
    const { asked, outcome } = await schedule(t, [PENDING, passing(code), TOKENS]);
    assert.deepEqual([asked, outcome.code], [[5, 10], code]);
  }
});

test('it ends with the code, or with the time that the person has', async (t) => {
  for (const [limits, end] of [[{ expiresIn: 12 }, 12_000], [{ timeout: 7000 }, 7000], [{ expiresIn: 12, timeout: 60_000 }, 12_000], [{ interval: 30, expiresIn: 20 }, 20_000]]) {
    const { asked, outcome } = await schedule(t, Array(99).fill(PENDING), limits);
    assert.equal(outcome.code, 'timeout');
    assert.ok(asked.every((at) => at * 1000 < end), `${asked}`);
  }
});

test('a signal ends the wait', async (t) => {
  const controller = new AbortController();
  const answers = [PENDING, { get slowDown() { return controller.abort(), false; } }, PENDING];
  const { asked, outcome } = await schedule(t, answers, { signal: controller.signal });
  assert.deepEqual([asked, outcome.code], [[5, 10], 'aborted']);
});
