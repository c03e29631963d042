// A secret does not get out by accident.

import { equal, ok, refused, same } from '../support/assert.js';
import { everything, leak } from '../support/everything.js';
import { ANYTHING, answering, json } from '../support/service.js';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

export default ({ keylatch, inspect }) => {
  const { generateKey, KeyClient, Secret } = keylatch;

  /** A key, as create hands it out. */
  const once = async (key) => {
    const fetch = answering(() => json({ ...ANYTHING, secret: key }, { status: 201 }));
    const client = new KeyClient({ provider: 'keylatch', baseUrl: 'https://keys.example', credential: generateKey(), fetch });
    return (await client.create({ name: 'robot' })).secret;
  };

  return [
    {
      name: 'nothing that prints, copies or compares a secret shows it',
      async run() {
        const key = generateKey().expose();
        for (const secret of [new Secret(key), await once(key)]) {
          const what = secret.constructor.name;
          equal(String(secret), '[redacted]', what);
          equal(`${secret}`, '[redacted]', what);
          equal(secret + '', '[redacted]', what);
          equal(JSON.stringify({ secret }), '{"secret":"[redacted]"}', what);
          same(Object.keys(secret), []);
          same(Reflect.ownKeys(secret), []);
          equal(Object.assign({}, secret).toString, Object.prototype.toString, what);
          same(structuredClone(secret), {});
          ok(!leak(secret, key, { inspect }), `${what}: ${everything(secret, { inspect })}`);
          ok(!leak({ deep: [secret] }, key, { inspect }));
          const error = new Error(`with ${secret}`, { cause: secret });
          ok(!leak(error, key, { inspect }));
          equal(encodeURIComponent(secret), '%5Bredacted%5D', what);
        }
      },
    },
    {
      name: 'a Secret gives its text away only when it is asked to',
      async run() {
        const secret = new Secret('s3cret, as it is 🔑');
        equal(secret.expose(), 's3cret, as it is 🔑');
        equal(secret.expose(), 's3cret, as it is 🔑');
        equal(new Secret(generateKey().expose()).mask().length, 'kl_live_…Ab12'.length);
        for (const text of ['', '\u0000', 'ü'.repeat(1000), 'x'.repeat(1e6)]) equal(new Secret(text).expose(), text);
        for (const wrong of [undefined, null, 7, {}, new String('x'), new Secret('x')]) {
          await refused(keylatch, 'invalid_argument', () => new Secret(wrong));
        }
      },
    },
    {
      name: 'what was disposed of is gone, and disposing again does no harm',
      async run() {
        const secret = generateKey();
        const { checkKey, hashKey, verifyKey, authHeaders } = keylatch;
        const copy = new Secret(secret.expose());
        secret[dispose]();
        secret[dispose]();
        for (const use of [
          () => secret.expose(), () => secret.mask(), () => hashKey(secret), () => verifyKey(secret, '0'.repeat(64)),
          () => authHeaders('keylatch', secret), () => new KeyClient({ provider: 'keylatch', baseUrl: 'https://k.example', credential: secret }),
        ]) {
          await refused(keylatch, 'already_revealed', use);
        }
        equal(String(secret), '[redacted]');
        ok(checkKey('keylatch', copy.expose()).ok, 'a copy is not touched');
      },
    },
    {
      name: 'a new key is revealed once',
      async run() {
        const key = generateKey().expose();
        const secret = await once(key);
        equal(secret.revealed, false);
        equal(secret.reveal(), key);
        equal(secret.revealed, true);
        await refused(keylatch, 'already_revealed', () => secret.reveal());
        await refused(keylatch, 'already_revealed', () => keylatch.hashKey(secret));
        await refused(keylatch, 'already_revealed', () => new KeyClient({ provider: 'keylatch', baseUrl: 'https://k.example', credential: secret }));
      },
    },
    {
      name: 'a new key can be used before it is seen, and wiped unseen',
      async run() {
        const key = generateKey().expose();
        const used = await once(key);
        equal(keylatch.hashKey(used), keylatch.hashKey(key));
        new KeyClient({ provider: 'keylatch', baseUrl: 'https://k.example', credential: used });
        equal(used.revealed, false, 'using it is not seeing it:');
        used[dispose]();
        equal(used.revealed, true);
        await refused(keylatch, 'already_revealed', () => used.reveal());
      },
    },
    {
      name: 'a client shows nothing of its key',
      run() {
        const key = generateKey().expose();
        const client = new KeyClient({ provider: 'keylatch', baseUrl: 'https://k.example', credential: key });
        ok(!leak(client, key, { inspect }));
        client[dispose]();
      },
    },
  ];
};
