// A credential that came from a place: after a 401 the place is read again,
// once, because another process may have rotated the key there.

import { equal, ok, refused, same } from '../support/assert.js';
import { BASE_URL, answering, json, operations, problem, well } from '../support/service.js';

export default ({ keylatch, platform }) => {
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
      },
    },
    {
      name: 'a reading that fails, or gives nothing that can be used, leaves the refusal as it is, with the cause',
      async run() {
        for (const [refresh, says] of [
          [() => Promise.reject(new Error(`the disk with ${second.expose()} is gone`)), /^credential\.refresh\(\) threw an error\.$/],
          [() => { throw null; }, /threw an error/],
          [async () => ({ secret: 'kl_live_x' }), /gave a key that cannot be used: .*not a key for keylatch/],
          [async () => ({ secret: 7 }), /gave a key that cannot be used: credential: expected a string or a Secret\./],
          [async () => ({ secret: second, baseUrl: 'https://elsewhere.example' }), /gave a key that cannot be used: The key is for .*not sent to https:\/\/elsewhere\.example/],
        ]) {
          const fetch = letting(second);
          const one = new KeyClient({ provider: 'keylatch', credential: { secret: first, baseUrl: BASE_URL, refresh }, fetch, retries: 0 });
          const { cause } = await refused(keylatch, 'unauthorized', () => one.whoami());
          ok(says.test(cause.message), cause.message);
          ok(!cause.message.includes(second.expose()));
          equal((await one.fetch('/v1/anything', { method: 'POST', body: '{}' })).status, 401);
          ok(fetch.asked.every(({ request }) => request.url.startsWith(BASE_URL)), 'nothing goes elsewhere');
        }
      },
    },
    {
      name: 'a reading is asked for again after one that gave no usable key',
      async run() {
        const answers = [{ secret: 'kl_live_x' }, undefined, { secret: second }];
        const one = client({ secret: first, refresh: async () => answers.shift() }, letting(second));
        await refused(keylatch, 'unauthorized', () => one.whoami());
        await refused(keylatch, 'unauthorized', () => one.whoami());
        equal((await one.whoami()).id, 'usr_1');
      },
    },
    {
      name: 'a reading that never settles ends in time, names the function, and does not hold up the next',
      async run() {
        const never = () => new Promise(() => {});
        let told;
        const readings = [({ signal }) => ((told = signal), never()), async () => ({ secret: second })];
        const fetch = letting(second);
        const one = new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: { secret: first, refresh: (how) => readings[0](how) }, fetch, timeout: 50 });
        for (const call of [() => one.whoami(), () => one.list().next(), () => one.create({ name: 'x' }), () => one.fetch('/v1/anything')]) {
          const error = await refused(keylatch, 'timeout', call);
          ok(error.message.startsWith('credential.refresh() did not answer within 50 ms'), error.message);
          equal(told.aborted, true);
        }
        readings.shift();
        equal((await one.whoami()).id, 'usr_1');
      },
    },
    {
      name: 'a signal ends the wait for a reading, of its own call only',
      async run() {
        let found;
        let readings = 0;
        const refresh = () => new Promise((resolve) => ((readings += 1), (found = () => resolve({ secret: second }))));
        const one = client({ secret: first, refresh }, letting(second));
        const controller = new AbortController();
        const [left, stays] = [one.whoami({ signal: controller.signal }), one.whoami()];
        while (!found) await new Promise((resolve) => setTimeout(resolve));
        const reason = new Error('mine');
        controller.abort(reason);
        equal((await refused(keylatch, 'aborted', () => left)).cause, reason);
        found();
        equal((await stays).id, 'usr_1');
        equal(readings, 1);
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
        // Chromium streams over HTTP/2 only; to our own fetch nothing goes that far.
        const once = { stream: () => new Blob(['{}']).stream() };
        if (platform === 'node') {
          once.iterable = async function* () { yield new TextEncoder().encode('{}'); };
          once['a stream of Node'] = () => Object.assign(once.iterable(), { pipe() {} });
        }
        for (const [what, make] of Object.entries(once)) {
          const credential = source(first, second);
          const fetch = letting(second);
          const answer = await client(credential, fetch).fetch('/v1/anything', { method: 'POST', body: make(), duplex: 'half' });
          equal(answer.status, 401, what);
          equal(credential.readings, 0, what);
          equal(fetch.asked.length, 1, what);
        }
      },
    },
    {
      name: 'an answer whose body cannot be let go of is let go of all the same',
      async run() {
        const never = () => new Promise(() => {});
        for (const body of [{ cancel: never }, { cancel() { throw new TypeError('locked'); } }, { cancel: () => Promise.reject(new TypeError('locked')) }, null]) {
          let count = 0;
          const fetch = async () => ((count += 1) === 1 ? { status: 401, headers: new Headers(), body } : json({}));
          equal((await client(source(first, second), fetch).fetch('/v1/anything')).status, 200);
          equal(count, 2);
        }
        const locked = new Request(`${BASE_URL}/v1/anything`, { method: 'POST', body: '{}' });
        locked.body.getReader();
        await refused(keylatch, 'invalid_argument', () => client(source(first, second), letting(second)).fetch(locked));
      },
    },
    {
      name: 'a client that is disposed of between readings, or while a signal is looked at, ends its calls',
      async run() {
        const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
        const one = client(source(first, second), letting(second));
        const calls = [one.whoami(), one.get('key_1'), one.fetch('/v1/anything')].map((call) => call.catch((error) => error));
        await calls[0];
        one[dispose]();
        for (const outcome of await Promise.all(calls)) {
          ok(outcome.code === undefined || ['aborted', 'unauthorized', 'invalid_argument'].includes(outcome.code), `${outcome}`);
        }
        for (const when of ['addEventListener', 'aborted']) {
          const other = client(source(first, second), letting(second));
          const end = () => other[dispose]();
          const signal = { addEventListener() {}, removeEventListener() {}, aborted: false };
          if (when === 'aborted') Object.defineProperty(signal, 'aborted', { get: () => (end(), false) });
          else signal.addEventListener = end;
          await refused(keylatch, 'aborted', () => other.whoami({ signal }), when);
        }
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
