// No key leaks, whatever goes wrong, and also if an answer repeats what was sent.

import { fail, ok } from '../support/assert.js';
import { everything, leak } from '../support/everything.js';
import { BASE_URL, json, operations, well } from '../support/service.js';

const PASSWORD = 'correct horse battery staple';

export default ({ keylatch, inspect, platform }) => {
  const { KeyClient, KeylatchError, generateKey } = keylatch;
  const key = generateKey().expose();
  const newKey = generateKey('test').expose();

  /** All of a request, as a careless service would repeat it. */
  const echo = async (request) => `${request.url} ${JSON.stringify([...request.headers])} ${await request.clone().text()}`;
  const careless = {
    'in the detail': async (request) => json({ detail: await echo(request) }, { status: 400 }),
    'as the code': async (request) => json({ type: await echo(request) }, { status: 403 }),
    'on a page': async (request) => new Response(`<pre>${await echo(request)}</pre>`, { status: 404 }),
    'on a page that says it is fine': async (request) => new Response(`<pre>${await echo(request)}</pre>`),
    'in JSON of another shape': async (request) => json([await echo(request)]),
    'behind a long sentence': async (request) => {
      const secret = (await request.clone().text()).includes(PASSWORD) ? PASSWORD : key;
      return json({ detail: 'x'.repeat(380) + secret }, { status: 400 });
    },
    'as the id of the request': async () => new Response('{}', { status: 400, headers: { 'x-request-id': key } }),
    'as an error of fetch': async (request) => { throw new TypeError(`cannot send ${await echo(request)}`); },
    'as the name of an error': async () => { throw Object.assign(new Error('no'), { name: key }); },
    'as the code below an error': async () => { throw new TypeError('fetch failed', { cause: { code: key } }); },
    'in an error with more in it': async (request) => { throw Object.assign(new Error('no'), { request, config: { headers: { key } }, cause: new Error(key) }); },
    'as a bare text': async () => { throw key; },
    'before it is a promise': (request) => { throw new Error(`no ${request.headers.get('authorization')}`); },
    'as half an answer': async () => new Response(`{"secret": "${newKey}", "key": {`, { status: 201 }),
    'as an answer without the rest': async () => json({ secret: newKey, key: {} }, { status: 201 }),
  };

  const KEYS = [key, newKey, btoa(`${key}:`), btoa(`api:${key}`)];
  const assertSilent = (error, what, secrets = KEYS) => {
    for (const secret of secrets) {
      const told = leak(error, secret, { inspect });
      if (told) fail(`${what}: a secret stands in ${told.slice(0, 300)}`);
    }
  };

  return [
    {
      name: 'no error of any call tells the key',
      async run() {
        const spec = { id: 'acme', title: 'Acme', endpoints: keylatch.provider('keylatch').endpoints };
        const providers = {
          bearer: 'keylatch',
          basic: { ...spec, schemes: [{ type: 'basic' }] },
          'basic with a user': { ...spec, schemes: [{ type: 'basic', user: 'api' }] },
          header: { ...spec, schemes: [{ type: 'header', name: 'x-api-key' }] },
        };
        let errors = 0;
        for (const [scheme, provider] of Object.entries(providers)) {
          for (const [place, fetch] of Object.entries(careless)) {
            const client = new KeyClient({ provider, baseUrl: BASE_URL, credential: key, fetch, retries: 0 });
            await Promise.all(Object.entries(operations(client)).map(async ([operation, call]) => {
              try {
                await call();
              } catch (error) {
                errors += 1;
                const what = `${operation} with ${scheme}, repeated ${place}`;
                ok(error instanceof KeylatchError, `${what}: ${error}`);
                assertSilent(error, what);
              }
            }));
          }
        }
        ok(errors > 350, `only ${errors} errors were looked at`);
      },
    },
    {
      name: 'no error of signing in tells the password',
      async run() {
        for (const [place, fetch] of Object.entries(careless)) {
          try {
            await KeyClient.signIn({ provider: 'keylatch', baseUrl: BASE_URL, user: 'kim@example.com', password: PASSWORD, fetch });
          } catch (error) {
            ok(error instanceof KeylatchError, place);
            assertSilent(error, place, [PASSWORD]);
          }
        }
      },
    },
    {
      name: 'no error about what is no key, or cannot be sent, repeats it',
      async run() {
        const { authHeaders, checkKey, hashKey, verifyKey, defineProvider, Secret } = keylatch;
        let errors = 0;
        for (const text of [key, `${key}\n`, `"${key}"`, `Bearer ${key}`, `KEY=${key}`, key.replace('l', 'ł'), `${key}x`, key.slice(0, -1)]) {
          for (const call of [
            () => new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: text }),
            () => authHeaders('keylatch', text), () => authHeaders(text, 'x'), () => authHeaders('keylatch', 'x', { scheme: text }),
            () => checkKey(text, 'x'), () => verifyKey('x', text), () => hashKey({ text }), () => keylatch.provider(text),
            () => defineProvider({ id: text, title: 'x' }), () => new KeyClient({ provider: text }), () => keylatch.generateKey(text),
            () => new KeyClient({ provider: 'keylatch', baseUrl: text }), () => new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, scheme: text }),
            () => new Secret(new Secret(text)),
          ]) {
            try {
              call();
            } catch (error) {
              errors += 1;
              ok(error instanceof KeylatchError, `${call}: ${error}`);
              assertSilent(error, String(call));
            }
          }
          const { problems = [] } = checkKey('keylatch', text);
          ok(!leak(problems, key), `checkKey repeats the key: ${JSON.stringify(problems)}`);
        }
        ok(errors > 80, `only ${errors} errors were looked at`);
      },
    },
    {
      name: 'a store that complains with the key is not quoted',
      async run() {
        const fetch = async (request) => well(request, { secret: newKey });
        const client = new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: key, fetch });
        const store = (secret) => { throw new Error(`cannot write KEY=${secret.expose()}`); };
        const error = await client.rotate('key_1', { store }).then(() => fail('it rotates'), (caught) => caught);
        assertSilent(error, 'store');
        ok(everything(error).some((text) => text.includes('cannot write KEY=')), 'the rest is told');
      },
    },
    {
      name: 'the key stands in no address',
      async run() {
        const asked = [];
        const fetch = async (request) => { asked.push(request.url); return well(request); };
        const client = new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: key, fetch });
        await Promise.all(Object.values(operations(client)).map((call) => call()));
        await client.validate(newKey);
        ok(asked.length >= 9 && !leak(asked, key) && !leak(asked, newKey), asked.join());
        if (platform !== 'node') {
          const entries = performance.getEntries().map(({ name }) => name);
          ok(!leak(entries, key), 'the log of requests');
        }
      },
    },
  ];
};
