// A credential that came from a place: after a 401 the place is read again,
// once, because another process may have rotated the key there.

import { equal, ok, refused, same } from '../support/assert.js';
import { BASE_URL, answering, operations, problem, well } from '../support/service.js';

export default ({ keylatch }) => {
  const { KeyClient, Secret, generateKey } = keylatch;
  const [first, second] = [generateKey(), generateKey()];

  /** What `resolveKey` gives: a key, and a way to read it again. */
  function source(...keys) {
    const from = (at) => ({
      secret: new Secret(keys[at].expose()),
      refresh: async () => {
        one.readings += 1;
        return keys[at + 1] && from(at + 1);
      },
    });
    const one = { ...from(0), readings: 0 };
    return one;
  }

  /** A service that lets one key in. */
  function letting(key, reply = (request) => well(request)) {
    return answering((request) => (request.headers.authorization === `Bearer ${key.expose()}` ? reply(request) : problem(401, 'unauthorized')));
  }

  const client = (credential, fetch) => new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential, fetch, retries: 0 });
  const statuses = (fetch) => fetch.asked.map(({ headers }) => (headers.authorization.endsWith(first.expose()) ? 'first' : 'second'));

  return [
    {
      name: 'what is no request that can be made is refused as without a credential to read again',
      async run() {
        const used = new Request(BASE_URL, { method: 'POST', body: 'x' });
        await used.text();
        for (const input of [used, { url: BASE_URL }, { url: BASE_URL, clone: () => { throw new Error('no'); } }]) {
          const fetch = letting(first);
          await refused(keylatch, 'invalid_argument', () => client(source(first, second), fetch).fetch(input));
          equal(fetch.asked.length, 0);
        }
      },
    },
    {
      name: 'every operation is done with the key that is there now',
      async run() {
        for (const name of Object.keys(operations({}))) {
          const credential = source(first, second);
          const fetch = letting(second);
          const one = client(credential, fetch);
          await operations(one)[name]();
          equal(credential.readings, 1, name);
          equal(statuses(fetch)[0], 'first', name);
          ok(statuses(fetch).slice(1).every((key) => key === 'second'), name);
          // From now on the new one is used at once.
          fetch.asked.length = 0;
          await operations(one)[name]();
          ok(statuses(fetch).every((key) => key === 'second'), name);
          equal(credential.readings, 1, name);
        }
      },
    },
    {
      name: 'calls at the same time share one reading',
      async run() {
        const credential = source(first, second);
        const one = client(credential, letting(second));
        await Promise.all([one.whoami(), one.get('key_1'), one.revoke('key_1'), one.fetch('/v1/anything')]);
        equal(credential.readings, 1);
      },
    },
    {
      name: 'a second 401 is final, and so is one where nothing else is found',
      async run() {
        const third = generateKey();
        const wrong = source(first, second, third);
        await refused(keylatch, 'unauthorized', () => client(wrong, letting(third)).whoami());
        equal(wrong.readings, 1);
        const same = source(first);
        const fetch = letting(second);
        await refused(keylatch, 'unauthorized', () => client(same, fetch).whoami());
        equal(fetch.asked.length, 1);
        const broken = { secret: first, refresh: () => Promise.reject(new Error('the disk is gone')) };
        await refused(keylatch, 'unauthorized', () => client(broken, letting(second)).whoami());
      },
    },
    {
      name: 'only what the credential is to blame for is tried again',
      async run() {
        for (const [status, code] of [[403, 'forbidden'], [404, 'not_found'], [409, 'key_active']]) {
          const credential = source(first, second);
          await refused(keylatch, code, () => client(credential, answering(() => problem(status, code))).revoke('key_1'));
          equal(credential.readings, 0, code);
        }
      },
    },
    {
      name: 'the service\'s own API: a body is sent again, unless it is a stream',
      async run() {
        const body = { name: 'robot' };
        const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        for (const input of [() => ['/v1/anything', init], () => [new Request(`${BASE_URL}/v1/anything`, init)]]) {
          const fetch = letting(second);
          equal((await client(source(first, second), fetch).fetch(...input())).status, 200);
          same(fetch.asked.map((request) => request.body), [body, body]);
        }
        const credential = source(first, second);
        const stream = new Blob(['{}']).stream();
        // Chromium streams over HTTP/2 only; to our own fetch nothing goes that far.
        const answer = await client(credential, letting(second)).fetch('/v1/anything', { method: 'POST', body: stream, duplex: 'half' });
        equal(answer.status, 401);
        equal(credential.readings, 0);
      },
    },
    {
      name: 'a client that is disposed of in the middle does not come back to life',
      async run() {
        let found;
        const credential = { secret: first, refresh: () => new Promise((resolve) => (found = () => resolve({ secret: second }))) };
        const fetch = letting(second);
        const one = client(credential, fetch);
        const asked = one.whoami();
        while (!found) await new Promise((resolve) => setTimeout(resolve));
        one[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
        found();
        await refused(keylatch, 'unauthorized', () => asked);
        equal(fetch.asked.length, 1);
        await refused(keylatch, 'invalid_argument', () => one.whoami());
      },
    },
  ];
};
