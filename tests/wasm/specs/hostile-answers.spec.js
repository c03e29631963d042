// Answers that are JSON, and not what was asked for.

import { equal, fail, ok, same, show } from '../support/assert.js';
import { ANYTHING, BASE_URL, KEY_INFO, json, operations } from '../support/service.js';

export default ({ keylatch, server }) => {
  const { KeyClient, KeylatchError, generateKey } = keylatch;
  const client = (body, status = 200) => {
    const fetch = async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
    return new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: generateKey(), fetch, retries: 0 });
  };

  const settle = async (what, call) => {
    try {
      await call();
    } catch (error) {
      if (!(error instanceof KeylatchError)) fail(`${what}: ${show(error)} is no KeylatchError`);
      if (error.code === 'internal') fail(`${what}: ${error.message} (${show(error.cause)})`);
    }
  };

  const all = (members) => ({ ...ANYTHING, ...members, key: { ...KEY_INFO, ...members }, items: [{ ...KEY_INFO, ...members }] });
  const odd = {
    nothing: '', 'white space': ' \n\t ', null: 'null', true: 'true', 'a number': '1e400', 'a text': '"x"', 'an array': '[]',
    'an array of nulls': '[null,null]', 'an empty object': '{}', 'half an object': '{"items": [', 'two objects': '{}{}',
    'a comment': '{} // ok', 'single quotes': "{'id': 'x'}", 'a lone surrogate': '{"id": "\\ud800", "items": [{"id": "\\udc00"}]}',
    'a null character': '{"id": "\\u0000"}', 'a prototype': '{"__proto__": {"id": "x"}, "constructor": {"name": 1}}',
    'a deep array': `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'a deep object': `${'{"key":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    'members twice': '{"id": "a", "id": "b", "items": [], "items": 3}',
    'no items': { items: null }, 'items that are none': { items: { length: 1 } }, 'items of null': { items: [null] },
    'items of texts': { items: ['x', 1, true, []] }, 'twenty thousand items': { items: new Array(20_000).fill(KEY_INFO) },
    'a cursor that is an object': { items: [], next_cursor: { a: 1 } }, 'an empty cursor': { items: [], next_cursor: '' },
    'no id': all({ id: null }), 'an empty id': all({ id: '' }), 'a number as id': all({ id: 7 }), 'an object as id': all({ id: {} }),
    'a name of megabytes': all({ name: 'n'.repeat(1e6) }), 'a name that is none': all({ name: [] }),
    'an unknown status': all({ status: 'undead' }), 'a status that is none': all({ status: {} }),
    'no times': all({ created_at: 'soon', expires_at: '', last_used_at: {}, revoked_at: [] }),
    'times that are numbers': all({ created_at: -1, expires_at: 1e300, last_used_at: 0.5 }),
    'scopes that are none': all({ scopes: 'all' }), 'scopes of everything': all({ scopes: [1, null, {}, 'x'] }),
    'an empty secret': { ...ANYTHING, secret: '' }, 'a secret that is none': { ...ANYTHING, secret: { text: 'x' } }, 'a secret of numbers': { ...ANYTHING, secret: 12345 },
    'a problem that is none': { type: {}, title: [], detail: 7, status: 'x' },
    'a problem of ours with a strange code': { type: '/problems/internal', detail: 'x' },
    'a problem of a client': { type: '/problems/timeout', detail: 'x' },
    'a sentence with braces': { type: '/problems/conflict', detail: '{0} {1} {constructor}' },
  };

  const cases = Object.entries(odd).map(([what, body]) => ({
    name: what,
    async run() {
      const isLarge = JSON.stringify(body).length > 100_000;
      for (const status of isLarge ? [200, 409] : [200, 201, 400, 401, 403, 404, 409, 422, 429, 500, 503]) {
        const calls = Object.entries(operations(client(body, status)));
        await Promise.all(calls.map(([operation, call]) => settle(`${operation}, ${status} with ${what}`, call)));
      }
    },
  }));

  cases.push(
    {
      name: 'what cannot be read is left out of a key, and nothing is made up',
      async run() {
        const one = await client({ ...KEY_INFO, created_at: 5, expires_at: null, masked: 7, scopes: null, name: null }).get('key_1');
        equal(one.name, '');
        same(one.scopes, []);
        equal(one.expiresAt, undefined);
        ok(!('expiresAt' in one) && !('lastUsedAt' in one));
        const odd = await client({ ...KEY_INFO, expires_at: 'soon' }).get('key_1');
        ok(!('expiresAt' in odd), show(odd.expiresAt));
      },
    },
    {
      name: 'an answer has an end, whatever its header says of it, and is let go of there',
      async run() {
        const chunk = new Uint8Array(1 << 20).fill(32);
        let pulled = 0;
        let cancelled = 0;
        const endless = async () => new Response(new ReadableStream({
          pull(controller) { pulled += 1; controller.enqueue(chunk.slice()); },
          cancel() { cancelled += 1; return new Promise(() => {}); },
        }), { headers: { 'content-length': '2', 'content-encoding': 'identity' } });
        const one = new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: generateKey(), fetch: endless, retries: 0 });
        for (const call of [() => one.whoami(), () => one.get('key_1'), () => one.list().next()]) {
          pulled = 0;
          const error = await call().then(() => fail('it has an answer'), (thrown) => thrown);
          ok(error instanceof KeylatchError && error.code === 'bad_response', `${error}`);
          ok(error.message.includes('larger'), error.message);
          ok(pulled <= 20, `${pulled} MB were read`);
        }
        equal(cancelled, 3);
      },
    },
    {
      name: 'a runtime that refuses to hear of a cache is asked without one',
      async run() {
        if (typeof globalThis.location?.origin === 'string') return;
        const { Request } = globalThis;
        globalThis.Request = class extends Request {
          constructor(input, init) {
            if (init && 'cache' in init) throw new TypeError("The 'cache' field on 'RequestInitializerDict' is not implemented.");
            super(input, init);
          }
        };
        try {
          equal((await client(ANYTHING).whoami()).id, 'usr_1');
        } finally {
          globalThis.Request = Request;
        }
      },
    },
    {
      name: 'a cursor that leads to itself ends the list',
      async run() {
        const fetch = async () => json({ items: [KEY_INFO], next_cursor: 'again' });
        const circle = new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: generateKey(), fetch });
        let count = 0;
        for await (const key of circle.list()) count += Number(Boolean(key.id));
        equal(count, 2);
      },
    },
    {
      name: 'a list that never ends can be left',
      async run() {
        let page = 0;
        const fetch = async () => json({ items: [KEY_INFO], next_cursor: `page-${(page += 1)}` });
        const endless = new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: generateKey(), fetch });
        let count = 0;
        for await (const key of endless.list()) {
          ok(key.id);
          if ((count += 1) === 50) break;
        }
        equal(count, 50);
      },
    },
    {
      name: 'the real server is no stranger to any of this',
      async run() {
        const kim = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, user: server.user, password: server.password });
        for (const id of ['\ud800', 'a b', '%', '%2e%2e', '?', '#', '//', '\\', '🔑', 'x'.repeat(10_000)]) {
          for (const operation of ['get', 'revoke', 'delete', 'rotate']) await settle(`${operation} ${id.slice(0, 9)}`, () => kim[operation](id));
        }
        for (const search of ['\ud800', '%', '_', "'", '"', '\u0000', '\\', 'x'.repeat(10_000)]) {
          await settle(`search ${search.slice(0, 9)}`, async () => { for await (const key of kim.list({ search })) ok(key.id); });
        }
        equal((await kim.whoami()).user, server.user);
      },
    },
  );
  return cases;
};
