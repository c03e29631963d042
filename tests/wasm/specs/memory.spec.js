// A key is wiped from the memory of the WebAssembly once it is done with.

import { equal, fail, ok } from '../support/assert.js';
import { ANYTHING, json } from '../support/service.js';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

export default ({ keylatch, server, memories }) => {
  const { KeyClient, Secret, generateKey } = keylatch;

  /** Where a text, or a good part of it, stands in the memory. */
  const places = (text) => {
    const part = text.replace(/^kl_(live|test)_/, '').slice(0, 24);
    const bytes = new TextEncoder().encode(part);
    const found = [];
    for (const { buffer } of memories()) {
      const memory = new Uint8Array(buffer);
      for (let at = memory.indexOf(bytes[0]); at >= 0; at = memory.indexOf(bytes[0], at + 1)) {
        if (bytes.every((byte, n) => memory[at + n] === byte)) found.push(at);
      }
    }
    return found;
  };
  const assertGone = (text, when) => {
    const found = places(text);
    if (found.length) fail(`${found.length} copies are left ${when}`);
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
        ok(places(text).length > 0, 'a secret that is held');
        copy[dispose]();
        assertGone(text, 'after it was disposed of');
      },
    },
    {
      name: 'a text that was only looked at is gone',
      run() {
        const { authHeaders, checkKey, hashKey, identifyKey, maskKey, verifyKey } = keylatch;
        const secret = generateKey();
        const text = secret.expose();
        secret[dispose]();
        for (const [name, use] of Object.entries({
          checkKey: () => checkKey('keylatch', text), identifyKey: () => identifyKey(text), maskKey: () => maskKey(text), hashKey: () => hashKey(text),
          verifyKey: () => verifyKey(text, '0'.repeat(64)), authHeaders: () => authHeaders('keylatch', text),
          'checkKey of a wrong one': () => checkKey('keylatch', `"${text}"\n`),
        })) {
          use();
          assertGone(text, `after ${name}`);
        }
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
      name: 'ten thousand keys that were created, revealed and disposed of leave as much memory as a thousand',
      async run() {
        const fetch = async () => json(ANYTHING);
        await sameMemory(10_000, async () => {
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
