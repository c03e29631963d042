// Many calls at once, clients that are disposed of, and nothing left behind.

import { equal, ok, refused, same, show, thrown } from '../support/assert.js';
import { ANYTHING, BASE_URL, KEY_INFO, answering, json, operations, problem, well } from '../support/service.js';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** Counts the timers that are set and not yet over, while `work` runs. */
async function timersLeft(work) {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const pending = new Set();
  globalThis.setTimeout = (then, ...rest) => {
    const timer = set((...values) => { pending.delete(timer); then(...values); }, ...rest);
    pending.add(timer);
    return timer;
  };
  globalThis.clearTimeout = (timer) => { pending.delete(timer); clear(timer); };
  try {
    await work();
    return pending.size;
  } finally {
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }
}

export default ({ keylatch, memories }) => {
  const { KeyClient, generateKey } = keylatch;
  const client = (fetch, options) => new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: generateKey(), fetch, ...options });

  return [
    {
      name: 'calls of one client overlap, and each gets its own answer',
      async run() {
        const waiting = [];
        const fetch = answering(({ path }) => new Promise((resolve) => {
          waiting.push(() => resolve(json({ ...KEY_INFO, id: path.split('/').pop() })));
          // Answered when all are under way, the last first.
          if (waiting.length === 50) for (const answer of waiting.reverse()) answer();
        }));
        const one = client(fetch);
        const ids = Array.from({ length: 50 }, (_, n) => `key_${n}`);
        same((await Promise.all(ids.map((id) => one.get(id)))).map(({ id }) => id), ids);
      },
    },
    {
      name: 'calls of different kinds overlap, failures among them',
      async run() {
        const fetch = answering(({ method, path }) => {
          if (method === 'DELETE') return problem(409, 'key_active');
          if (path.endsWith('/key_gone')) return problem(404, 'not_found');
          return well({ method, path });
        });
        const one = client(fetch);
        const results = await Promise.allSettled([
          ...Object.values(operations(one)).map((call) => call()), one.get('key_gone'), one.get(''),
        ]);
        const codes = results.map(({ reason }) => reason?.code ?? 'ok');
        same(codes, ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'key_active', 'ok', 'ok', 'not_found', 'invalid_argument']);
      },
    },
    {
      name: 'a call may start calls of the same client from its fetch and its store',
      async run() {
        let depth = 0;
        const fetch = answering(async ({ method, path }) => {
          if (path === '/v1/account' && (depth += 1) < 5) await one.whoami();
          return well({ method, path });
        });
        const one = client(fetch);
        equal((await one.whoami()).id, 'usr_1');
        equal(depth, 5);
        await one.rotate('key_1', { store: async () => { await one.whoami(); } });
      },
    },
    {
      name: 'no call leaves a timer or a listener behind, however it ends',
      async run() {
        for (const [how, reply, options] of [
          ['well', well, {}],
          ['with a refusal', () => problem(403, 'forbidden'), {}],
          ['after repeats', (one, count) => (count < 3 ? json({}, { status: 429, headers: { 'retry-after': '0' } }) : well(one)), {}],
          ['with a fault', () => { throw new TypeError('fetch failed'); }, { retries: 0 }],
          ['in time', () => new Promise(() => {}), { timeout: 20, retries: 0 }],
        ]) {
          for (const operation of ['whoami', 'list', 'get', 'delete', 'revoke', 'validate', 'fetch']) {
            const controller = new AbortController();
            let listeners = 0;
            const { signal } = controller;
            const { addEventListener, removeEventListener } = signal;
            Object.assign(signal, {
              addEventListener(...given) { listeners += 1; addEventListener.apply(signal, given); },
              removeEventListener(...given) { listeners -= 1; removeEventListener.apply(signal, given); },
            });
            const left = await timersLeft(() => operations(client(answering(reply), options))[operation]({ signal }).catch(() => {}));
            equal(left, 0, `${operation} ends ${how}: timers`);
            // `fetch` hands the signal on to the Request, which keeps it.
            if (operation !== 'fetch') equal(listeners, 0, `${operation} ends ${how}: listeners`);
          }
        }
      },
    },
    {
      name: 'for how long to wait is told in seconds, where the service names a date as well',
      async run() {
        const limited = (value) => refused(keylatch, 'rate_limited', () => client(
          answering(() => json({}, { status: 429, headers: { 'retry-after': value } })), { retries: 0 },
        ).whoami());
        equal((await limited('120')).retryAfter, 120);
        // Less than was asked for is never waited.
        equal((await limited('1.5')).retryAfter, 2);
        const { retryAfter } = await limited(new Date(Date.now() + 90_000).toUTCString());
        // Such a date has no milliseconds.
        ok(retryAfter >= 88 && retryAfter <= 90, `${retryAfter} s`);
        equal((await limited('Sun, 06 Nov 1994 08:49:37 GMT')).retryAfter, 0);
        for (const odd of ['-1', '1,5', 'soon', 'Sun, 99 Nov 2094 08:49:37 GMT', 'Fri, 01 Jan 9999 00:00:00 GMT']) {
          equal((await limited(odd)).retryAfter, undefined, odd);
        }
      },
    },
    {
      name: 'what cannot be used is refused as an argument, and not with what it throws',
      async run() {
        const one = client(answering(() => json(ANYTHING)));
        const boom = () => { throw 1; };
        const ignore = () => {};
        const signals = [
          null, new EventTarget(), { addEventListener: boom }, { addEventListener: ignore, removeEventListener: ignore },
          { addEventListener: ignore, removeEventListener: ignore, get aborted() { return boom(); } },
        ];
        for (const signal of signals) await refused(keylatch, 'invalid_argument', () => one.whoami({ signal }), show(signal));
        const aborted = { addEventListener: ignore, removeEventListener: ignore, aborted: true, get reason() { return boom(); } };
        await refused(keylatch, 'aborted', () => one.whoami({ signal: aborted }));

        for (const toISOString of [boom, () => null, () => 5]) {
          await refused(keylatch, 'invalid_argument', () => one.create({ name: 'robot', expiresIn: { toISOString } }), String(toISOString));
        }
        for (const retries of [1.5, -1, 11, NaN, '2', {}, true]) {
          await refused(keylatch, 'invalid_argument', () => client(undefined, { retries }), String(retries));
        }
        for (const retries of [0, 10, undefined]) client(undefined, { retries });
      },
    },
    {
      name: 'the moment in which a key ends may be of a library for dates',
      async run() {
        const end = '2027-02-20T10:00:00.000Z';
        for (const expiresIn of [new Date(end), { toISOString: () => end }]) {
          const fetch = answering(() => json(ANYTHING));
          await client(fetch).create({ name: 'robot', expiresIn });
          equal(fetch.asked[0].body.expires_at, end);
        }
      },
    },
    {
      name: 'arguments that are refused leave no timer behind either',
      async run() {
        const hostile = [
          { signal: 5 }, { signal: { addEventListener() { throw new Error('mine'); } } },
          { signal: { addEventListener() {}, removeEventListener() {}, get aborted() { throw new Error('mine'); } } },
          { signal: { addEventListener() {}, removeEventListener() { throw new Error('mine'); }, aborted: false } },
        ];
        for (const options of hostile) {
          const left = await timersLeft(() => client(answering(() => json(ANYTHING))).whoami(options).catch(() => {}));
          equal(left, 0);
        }
        const left = await timersLeft(async () => {
          await thrown(() => client('no function'));
          await thrown(() => client(undefined, { timeout: 0 }));
          await thrown(() => client(undefined, { provider: 7 }));
          await thrown(() => client(answering(() => json(ANYTHING))).create({ name: Symbol('x') }));
          await thrown(() => client(answering(() => json(ANYTHING))).fetch('https://evil.example'));
        });
        equal(left, 0);
      },
    },
    {
      name: 'a client that was disposed of refuses calls, and disposing again does no harm',
      async run() {
        const fetch = answering(() => json(ANYTHING));
        const one = client(fetch);
        one[dispose]();
        one[dispose]();
        for (const [operation, call] of Object.entries(operations(one))) {
          const error = await refused(keylatch, 'invalid_argument', call, operation);
          ok(/disposed/.test(error.message), error.message);
        }
        await refused(keylatch, 'invalid_argument', () => one.signOut());
        equal(fetch.asked.length, 0, 'nothing is sent:');
        equal(one.baseUrl, BASE_URL);
        equal(one.provider.id, 'keylatch');
      },
    },
    {
      name: 'a client may be disposed of while its calls are under way',
      async run() {
        let answer;
        const fetch = answering(() => new Promise((resolve) => { answer = () => resolve(json(ANYTHING)); }));
        const one = client(fetch);
        const call = one.whoami();
        while (!answer) await new Promise((resolve) => setTimeout(resolve, 0));
        one[dispose]();
        answer();
        equal((await call).id, 'usr_1');
      },
    },
    {
      name: 'a fetch that fails after its client was disposed of ends as an aborted one',
      async run() {
        let fail;
        const one = client(() => new Promise((_, reject) => { fail = () => reject(new TypeError('broken')); }));
        const call = one.fetch('/x');
        while (!fail) await new Promise((resolve) => setTimeout(resolve, 0));
        one[dispose]();
        fail();
        await refused(keylatch, 'aborted', () => call);
      },
    },
    {
      name: 'an iterator that is left early, or twice, is at its end',
      async run() {
        const one = client(answering(() => json({ ...ANYTHING, items: [KEY_INFO, KEY_INFO], next_cursor: 'more' })));
        const list = one.list();
        equal(list[Symbol.asyncIterator](), list);
        equal((await list.next()).value.id, 'key_1');
        same(await list.return(), { done: true });
        same(await list.next(), { done: true });
      },
    },
    {
      name: 'many clients and secrets do not fill the memory',
      async run() {
        const { Secret } = keylatch;
        const round = async () => {
          for (let n = 0; n < 1000; n += 1) {
            const secret = new Secret(`${n}`.padEnd(1000, 'x'));
            const one = client(answering(() => json(ANYTHING)), {});
            if (n % 50 === 0) await one.whoami();
            one[dispose]();
            secret[dispose]();
          }
        };
        await round();
        const [memory] = memories();
        const before = memory.buffer.byteLength;
        for (let n = 0; n < 5; n += 1) await round();
        const grown = memory.buffer.byteLength - before;
        // What handles take is given back when they are collected, which may be later.
        ok(grown <= 2 ** 20, `${grown} bytes more for 5000 clients and as many secrets`);
      },
    },
  ];
};
