// A key is wiped from the memory of the WebAssembly once it is done with.

import { equal, fail, ok } from '../support/assert.js';
import { copies, places } from '../support/memory.js';
import { ANYTHING, json } from '../support/service.js';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

export default ({ keylatch, server, memories }) => {
  const { KeyClient, Secret, generateKey } = keylatch;

  const assertGone = (text, when) => {
    const found = copies(memories(), text);
    if (found) fail(`${found} copies are left ${when}`);
  };
  /** Does something so many times; from the thousandth on, no memory of the WebAssembly grows. */
  const sameMemory = async (times, work) => {
    let before;
    for (let n = 0; n < times; n += 1) {
      if (n === 1000) before = sizes();
      const pending = work(n);
      if (pending) await pending;
    }
    equal(sizes(), before, `after ${times}:`);
  };
  const sizes = () => memories().map(({ buffer }) => buffer.byteLength).join(' + ');
  const signIn = (password = server.password) => KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, user: server.user, password });

  return [
    {
      name: 'what is looked for would be found',
      run() {
        const secret = generateKey();
        equal(memories().length, 1, 'one WebAssembly:');
        const text = secret.expose();
        const copy = new Secret(text);
        secret[dispose]();
        ok(copies(memories(), text) > 0, 'a secret that is held');
        copy[dispose]();
        assertGone(text, 'after it was disposed of');
      },
    },
    {
      name: 'a text that was only looked at is gone',
      run() {
        const { authHeaders, checkKey, checkKeys, hashKey, identifyKey, maskKey, verifyKey } = keylatch;
        const secret = generateKey();
        const text = secret.expose();
        secret[dispose]();
        for (const [name, use] of Object.entries({
          checkKey: () => checkKey('keylatch', text), identifyKey: () => identifyKey(text), maskKey: () => maskKey(text), hashKey: () => hashKey(text),
          verifyKey: () => verifyKey(text, '0'.repeat(64)), authHeaders: () => authHeaders('keylatch', text),
          'checkKey of a wrong one': () => checkKey('keylatch', `"${text}"\n`),
          // What is allocated next covers the beginning of what was freed, and not its end.
          'checkKey of one behind much white space': () => checkKey('keylatch', `${' '.repeat(4000)}${text}"`),
          'checkKey of one that nothing is known of': () => checkKey('lambda', `Bearer ${text} `),
          'checkKeys of good ones, and of others': () => checkKeys('keylatch', `${text}\n${text}!\n "${text}"\r\n${text}`),
          'authHeaders, by HTTP Basic': () => authHeaders('lambda', text, { scheme: 'basic' }),
        })) {
          use();
          assertGone(text, `after ${name}`);
        }
      },
    },
    {
      name: 'the random bytes of which a key was made are gone',
      run() {
        const { crypto } = globalThis;
        const given = crypto.getRandomValues;
        const pools = [];
        crypto.getRandomValues = (bytes) => {
          given.call(crypto, bytes);
          pools.push(bytes.slice(0, 24));
          return bytes;
        };
        try {
          generateKey()[dispose]();
        } finally {
          delete crypto.getRandomValues;
        }
        ok(pools.length > 0, 'a key takes random bytes');
        for (const pool of pools) if (places(memories(), pool)) fail('they are left');
      },
    },
    {
      name: 'a new key that was revealed or wiped is gone',
      async run() {
        const kim = await signIn();
        const { key, secret } = await kim.create({ name: 'memory', expiresIn: 'PT1H' });
        const text = secret.reveal();
        assertGone(text, 'after create and reveal');
        const { secret: successor } = await kim.rotate(key.id, { store: (given) => given[dispose]() });
        const next = successor.reveal();
        assertGone(next, 'after rotate, store and reveal');
        equal((await kim.validate(next)).valid, true);
        assertGone(next, 'after validate');
        const robot = new KeyClient({ provider: 'keylatch', baseUrl: server.url, credential: next });
        await robot.whoami();
        await robot.fetch('/v1/account');
        robot[dispose]();
        assertGone(next, 'after a client with it was disposed of');
      },
    },
    {
      name: 'whatever a client with a key did, or failed to do, the key is gone once the client is',
      async run() {
        const kim = await signIn();
        const wipe = (secret) => secret[dispose]();
        const scopes = ['keys:read', 'keys:write'];
        const options = (credential, fetch) => ({ provider: 'keylatch', baseUrl: server.url, credential, fetch, retries: 0 });
        /** The service and what is on the way repeat the key. */
        const echo = (status) => async (request) => new Response(JSON.stringify({ title: 'No', detail: request.headers.get('authorization') }), { status });
        const lost = async () => {
          throw new TypeError('no answer came');
        };
        for (const [name, use, fetch] of [
          ['list', async (client) => { for await (const key of client.list()) if (!key.id) fail('a key has an id'); }],
          ['get', (client, key) => client.get(key.id)],
          ['create', async (client) => wipe((await client.create({ name: 'memory', expiresIn: 'PT1M', scopes })).secret)],
          ['rotate', async (client, key) => wipe((await client.rotate(key.id)).secret)],
          ['rotate, and store', async (client, key) => wipe((await client.rotate(key.id, { store: wipe })).secret)],
          ['rotate, and store throws', (client, key, text) => client.rotate(key.id, { store: () => { throw new Error(text); } })],
          ['revoke', (client, key) => client.revoke(key.id)],
          ['delete, which is refused', (client, key) => client.delete(key.id)],
          ['validate', (client, _, text) => client.validate(text)],
          ['whoami', (client) => client.whoami()],
          ['fetch', (client) => client.fetch('/v1/account')],
          ['fetch elsewhere', (client) => client.fetch('https://elsewhere.example/')],
          ...[
            ['a name', (client, text) => client.create({ name: text })],
            ['a name that has it within', (client, text) => client.create({ name: `the key ${text} of kim` })],
            ['an id to look at', (client, text) => client.get(text)],
            ['an id to revoke', (client, text) => client.revoke(text)],
            ['an id to rotate', (client, text) => client.rotate(text)],
            ['an id to delete', (client, text) => client.delete(text)],
            ['a text to search for', (client, text) => client.list({ search: text }).next()],
            ['an end', (client, text) => client.create({ name: 'memory', expiresIn: text })],
            ['a scope', (client, text) => client.create({ name: 'memory', scopes: [text] })],
            ['an overlap', (client, text, key) => client.rotate(key.id, { overlap: text })],
          ].map(([what, use]) => [`${what} in whose place it stood`, async (client, key, text) => {
            const error = await use(client, text, key).then(() => fail(`${what} may be a key`), (thrown) => thrown);
            equal(error.code, 'invalid_argument', what);
          }]),
          ['an answer that repeats it', (client) => client.whoami(), echo(200)],
          ['a refusal that repeats it', (client) => client.whoami(), echo(401)],
          ['a fault that repeats it', (client) => client.create({ name: 'memory' }), echo(500)],
          ['an answer that is lost', (client) => client.create({ name: 'memory' }), lost],
        ]) {
          const { key, secret } = await kim.create({ name: 'memory', expiresIn: 'PT1H', scopes });
          const text = secret.reveal();
          const client = new KeyClient(options(text, fetch));
          await Promise.resolve(use(client, key, text)).catch((error) => ok(error instanceof keylatch.KeylatchError, `${name}: ${error}`));
          client[dispose]();
          assertGone(text, `after ${name}`);
        }
        // What takes the place of a key that was refused, and that key.
        const [old, next] = [generateKey(), generateKey()];
        const texts = [old.expose(), next.expose()];
        const source = { secret: old, source: { kind: 'argument', name: '' }, refresh: async () => ({ ...source, secret: next }) };
        const client = new KeyClient(options(source, echo(401)));
        await client.whoami().then(() => fail('it is refused'), () => {});
        client[dispose]();
        for (const secret of [old, next]) secret[dispose]();
        for (const text of texts) assertGone(text, 'after a source was asked');
      },
    },
    {
      name: 'a million secrets that were made, looked at and disposed of leave as much memory as a thousand',
      async run() {
        const text = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
        await sameMemory(1_000_000, (n) => {
          // Random bytes take the most of a new key's time.
          const secret = n % 100 ? new Secret(text) : generateKey('test');
          if (secret.expose().length !== text.length) fail('another text came out');
          secret[dispose]();
        });
      },
    },
    {
      // benches/memory.js makes a million of these.
      name: 'five thousand keys that were created, revealed and disposed of leave as much memory as a thousand',
      async run() {
        const fetch = async () => json(ANYTHING);
        await sameMemory(5_000, async () => {
          const client = new KeyClient({ provider: 'keylatch', baseUrl: server.url, credential: ANYTHING.secret, fetch });
          const { secret } = await client.create({ name: 'memory' });
          equal(secret.reveal(), ANYTHING.secret);
          secret[dispose]();
          client[dispose]();
        });
      },
    },
    {
      name: 'a password is gone once it was sent',
      async run() {
        const password = 'a wrong password to look for in the memory';
        await signIn(password).then(() => fail('it is wrong'), () => {});
        assertGone(password, 'after signIn');
      },
    },
  ];
};
