// A call ends when its signal or its time says so, whatever the network does.

import { equal, includes, ok, refused, same } from '../support/assert.js';
import { ANYTHING, BASE_URL, KEY_INFO, answering, json, operations, problem, well } from '../support/service.js';

const never = () => new Promise(() => {});

export default ({ keylatch, realm }) => {
  const { KeyClient, generateKey } = keylatch;
  const client = (fetch, options) => new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: generateKey(), fetch, ...options });

  /** Hangs on what is asked, and answers the clean-up after it. */
  const hanging = () => answering(({ method, path }) => (method === 'DELETE' && path.includes('idempotency_key') ? new Response(null, { status: 204 }) : never()));
  const reasons = {
    nothing: [], undefined: [undefined], null: [null], 'a text': ['enough'], 'a number': [0], 'a symbol': [Symbol('enough')],
    'a plain object': [{ why: 'enough' }], 'an error': [new RangeError('enough')], 'a function': [() => {}], 'a bigint': [1n],
    'a frozen object': [Object.freeze({})], 'an object that throws': [new Proxy({}, { get() { throw new Error('mine'); } })],
  };

  return [
    {
      name: 'any call can be aborted at any time, with any reason',
      async run() {
        for (const [what, given] of Object.entries(reasons)) {
          for (const operation of Object.keys(operations({}))) {
            const controller = new AbortController();
            const fetch = hanging();
            const call = operations(client(fetch))[operation]({ signal: controller.signal });
            const end = refused(keylatch, 'aborted', () => call, `${operation} for ${what}`);
            while (fetch.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
            controller.abort(...given);
            const error = await end;
            const { reason } = controller.signal;
            if (reason !== undefined) equal(error.cause, reason, `${operation}: the reason is the cause`);
          }
        }
      },
    },
    {
      name: 'a signal that is aborted already sends nothing',
      async run() {
        for (const [what, given] of Object.entries(reasons)) {
          for (const operation of Object.keys(operations({}))) {
            const fetch = answering(() => json(ANYTHING));
            await refused(keylatch, 'aborted', () => operations(client(fetch))[operation]({ signal: AbortSignal.abort(...given) }), `${operation} for ${what}`);
            equal(fetch.asked.length, 0, `${operation} for ${what}:`);
          }
        }
      },
    },
    {
      name: 'AbortSignal.timeout and a signal of another realm end a call too',
      async run() {
        const signals = [AbortSignal.timeout(20)];
        if (realm?.AbortController) {
          const controller = new realm.AbortController();
          setTimeout(() => controller.abort('elsewhere'), 20);
          signals.push(controller.signal);
        }
        for (const signal of signals) {
          await refused(keylatch, 'aborted', () => client(hanging()).whoami({ signal }));
        }
      },
    },
    {
      name: 'time is up for a fetch that never answers',
      async run() {
        await Promise.all(Object.keys(operations({})).map(async (operation) => {
          const error = await refused(keylatch, 'timeout', () => operations(client(hanging(), { timeout: 50 }))[operation](), operation);
          includes(error.message, BASE_URL);
          includes(error.message, '50 ms');
        }));
      },
    },
    {
      name: 'time is up while the body is read',
      async run() {
        const bodies = {
          'a stream that never ends': () => new Response(new ReadableStream({ pull: never }), { status: 200 }),
          'a body of one\'s own that never comes': () => ({ status: 200, headers: new Headers(), text: never }),
        };
        for (const [what, reply] of Object.entries(bodies)) {
          await refused(keylatch, 'timeout', () => client(async () => reply(), { timeout: 50 }).whoami(), what);
          const controller = new AbortController();
          setTimeout(() => controller.abort(), 20);
          await refused(keylatch, 'aborted', () => client(async () => reply()).whoami({ signal: controller.signal }), what);
        }
      },
    },
    {
      name: 'an abort ends the wait between two tries',
      async run() {
        const controller = new AbortController();
        let isOver = false;
        let wait;
        const fetch = answering(() => {
          setTimeout(() => controller.abort('enough'), 10);
          wait = setTimeout(() => (isOver = true), 8_000);
          return json({}, { status: 503, headers: { 'retry-after': '8' } });
        });
        const error = await refused(keylatch, 'aborted', () => client(fetch).whoami({ signal: controller.signal }));
        equal(error.cause, 'enough');
        clearTimeout(wait);
        ok(!isOver, 'it waited all the same');
        equal(fetch.asked.length, 1);
      },
    },
    {
      name: 'the time of a call counts for all its tries together',
      async run() {
        const fetch = answering(() => problem(503, 'service_error'));
        await refused(keylatch, 'timeout', () => client(fetch, { timeout: 300, retries: 10 }).whoami());
        ok(fetch.asked.length <= 3, `${fetch.asked.length} tries`);
      },
    },
    {
      name: 'what an aborted create may have made, or make yet, is taken back',
      async run() {
        const controller = new AbortController();
        const fetch = answering(({ method, path }) => {
          if (method === 'POST' && path === '/v1/keys') {
            setTimeout(() => controller.abort('enough'), 10);
            return never();
          }
          return new Response(null, { status: 204 });
        });
        const error = await refused(keylatch, 'aborted', () => client(fetch).create({ name: 'robot', signal: controller.signal }));
        equal(error.cause, 'enough');
        const sent = fetch.asked.map(({ method, path }) => `${method} ${path.replace(/klc_\w+/, '*')}`);
        same(sent, ['POST /v1/keys', 'DELETE /v1/keys?idempotency_key=*']);
        const [{ headers }, { path }] = fetch.asked;
        includes(path, headers['idempotency-key']);
      },
    },
    {
      name: 'when nothing answers any more, the call still ends, and says what may be left',
      async run() {
        const error = await refused(keylatch, 'outcome_unknown', () => client(answering(never), { timeout: 100 }).create({ name: 'deploy robot' }));
        includes(error.message, '"deploy robot"');
      },
    },
    {
      name: 'a store that never settles ends in time or by the signal; the new key is taken back and the old one lives',
      async run() {
        const rotated = () => answering((request) => (request.path.endsWith('/revoke') ? json({ ...KEY_INFO, id: 'key_2', status: 'revoked' }) : well(request)));
        const sent = (fetch) => fetch.asked.map(({ method, path }) => `${method} ${path}`);
        const TAKEN_BACK = ['POST /v1/keys/key_1/rotate', 'POST /v1/keys/key_2/revoke', 'DELETE /v1/keys/key_2'];
        const late = rotated();
        const failed = await refused(keylatch, 'store_failed', () => client(late, { timeout: 100 }).rotate('key_1', { store: never }));
        includes(failed.cause.message, 'store() did not answer within 100 ms');
        same(sent(late), TAKEN_BACK);

        const ended = rotated();
        const controller = new AbortController();
        const store = () => (setTimeout(() => controller.abort('enough'), 10), never());
        const aborted = await refused(keylatch, 'aborted', () => client(ended).rotate('key_1', { store, signal: controller.signal }));
        equal(aborted.cause, 'enough');
        same(sent(ended), TAKEN_BACK);
      },
    },
    {
      name: 'a timeout is a number of milliseconds that a timer can hold',
      async run() {
        for (const timeout of [0, -1, NaN, Infinity, 2 ** 31, '100', 1n, null, {}]) {
          await refused(keylatch, 'invalid_argument', () => client(fetch, { timeout }), String(timeout));
        }
        for (const timeout of [1, 1.5, 2 ** 31 - 1, undefined]) client(fetch, { timeout });
      },
    },
  ];
};
