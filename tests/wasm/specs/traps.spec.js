// A trap costs an instance of the WebAssembly, and not the process.

import { equal, ok } from '../support/assert.js';
import { BASE_URL, answering, well } from '../support/service.js';

/** How often the stack is overflowed inside each export. */
const TIMES = 50;

export default ({ keylatch }) => {
  const { KeyClient, KeylatchError, Secret, RevealOnce, authHeaders, checkKey, checkKeys, defineProvider, generateKey, hashKey, identifyKey, maskKey, verifyKey } = keylatch;
  const key = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
  const hash = hashKey(key);
  const format = { parts: ['ak_', { alphabet: 'base62', length: 32 }], certainty: 'documented' };

  /**
   * Calls where the stack ends, up to three times: the first time so many levels
   * above its end, then one level further up. How often it ended in the call.
   */
  const overflow = (call, levels) => {
    const errors = [];
    let calls = 0;
    const deeper = () => {
      try {
        deeper();
      } catch {
        // The stack has ended: from here the call has less and less of it left to use.
      }
      levels -= 1;
      if (levels >= 0 || calls === 3) return;
      calls += 1;
      try {
        call();
      } catch (error) {
        // Looked at later: here the stack may end in that, too.
        errors.push(error);
      }
    };
    try {
      deeper();
    } catch {
      // Nothing was left even for that.
    }
    const wrong = errors.find((error) => !(error instanceof RangeError || error instanceof KeylatchError));
    ok(wrong === undefined, `${wrong}`);
    return errors.length;
  };
  /** At each of so many levels above the end of the stack. */
  const overflows = (call) => {
    let errors = 0;
    for (let time = 0; time < TIMES; time += 1) errors += overflow(call, time);
    ok(errors > 0, 'the stack never ended in the call');
  };

  const held = new Secret(key);
  const calls = {
    checkKey: () => checkKey('keylatch', key),
    'checkKey of what takes the diagnosis': () => checkKey('keylatch', `"Bearer ${key}x"`),
    checkKeys: () => checkKeys('keylatch', `${key}\n${key}x`),
    identifyKey: () => identifyKey(key),
    maskKey: () => maskKey(key),
    hashKey: () => hashKey(key),
    'hashKey of a Secret': () => hashKey(held),
    verifyKey: () => verifyKey(key, hash),
    generateKey: () => generateKey(),
    'generateKey of a format': () => generateKey(format),
    'a Secret': () => new Secret(key).expose(),
    'the mask of a Secret': () => held.mask(),
    authHeaders: () => authHeaders('lambda', key, { scheme: 'basic' }),
    'a KeyClient': () => new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: key }),
    defineProvider: () => defineProvider({ id: 'acme', title: 'Acme', format }),
  };

  return [
    ...Object.entries(calls).map(([name, call]) => ({
      name: `${name}, when the stack overflows in it ${TIMES} times`,
      run() {
        overflows(call);
        call();
        equal(checkKey('keylatch', key).ok, true);
        equal(hashKey(key), hash);
        equal(held.expose(), key, 'a Secret from before');
      },
    })),
    {
      name: `calls to a service, when the stack overflows in them ${TIMES} times`,
      async run() {
        const client = new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: key, fetch: answering(well) });
        equal((await client.whoami()).id, 'usr_1');
        const started = [];
        overflows(() => started.push(client.whoami().catch((error) => error)));
        for (const outcome of await Promise.all(started)) {
          ok(outcome.id === 'usr_1' || outcome instanceof KeylatchError || outcome instanceof RangeError, `${outcome}`);
        }
        equal((await client.whoami()).id, 'usr_1');
        const { secret } = await client.create({ name: 'afterwards' });
        ok(secret instanceof RevealOnce);
      },
    },
  ];
};
