// A `fetch` that is anything but one: every call settles, with an answer or
// with an error of ours, and tells no key.

import { equal, fail, ok, show } from '../support/assert.js';
import { leak } from '../support/everything.js';
import { Mine, values } from '../support/hostile.js';
import { ANYTHING, BASE_URL, json, operations } from '../support/service.js';

const never = () => new Promise(() => {});

export default ({ keylatch, realm, inspect }) => {
  const { KeyClient, KeylatchError, generateKey } = keylatch;
  const key = generateKey().expose();
  const boom = () => { throw new Mine(`hostile ${key}`); };
  const text = JSON.stringify(ANYTHING);
  /** A Response of one's own, with something else in a place. */
  const fake = (members) => Object.defineProperties({}, Object.getOwnPropertyDescriptors({
    status: 200, ok: true, type: 'basic', headers: new Headers(), text: async () => text, ...members,
  }));
  const getter = (name) => Object.defineProperty(fake({}), name, { get: boom });
  const odd = (promise) => Object.defineProperty(promise, 'constructor', { get: boom });

  const fetches = {
    'answers at once, without a promise': () => json(ANYTHING),
    'answers by a thenable': () => ({ then: (resolve) => resolve(json(ANYTHING)) }),
    'answers by a thenable that answers twice': () => ({ then: (resolve, reject) => { resolve(json(ANYTHING)); reject(new Mine('late')); } }),
    'answers by a thenable that throws': () => ({ then: boom }),
    'answers by a thenable that throws when looked at': () => ({ get then() { return boom(); } }),
    'answers by a thenable that never settles': () => ({ then() {} }),
    'answers by a promise with an odd constructor': () => odd(Promise.resolve(json(ANYTHING))),
    'answers by a promise with a `then` of its own': () => Object.assign(Promise.resolve(), { then: boom }),
    'never answers': never,
    'answers a body that was read already': async () => { const response = json(ANYTHING); await response.text(); return response; },
    'answers a network error': async () => Response.error(),
    'answers a body that breaks off': async () => new Response(new ReadableStream({ pull: (stream) => stream.error(new Mine(key)) })),
    'answers bytes that are no text': async () => new Response(new Uint8Array([0xff, 0xfe, 0x00, 0xd8])),
    'answers with a byte order mark': async () => new Response(`\ufeff${text}`),
    'answers without a status': async () => ({ text: async () => text }),
    ...Object.fromEntries(['200', NaN, 0, -1, 99, 199, 600, 1e9, 1e300, 200.5, null, {}, 2n].map((status) =>
      [`answers the status ${show(status)}`, async () => fake({ status })])),
    ...Object.fromEntries(['status', 'type', 'headers', 'text', 'ok'].map((name) =>
      [`answers what throws at .${name}`, async () => getter(name)])),
    'answers headers that throw': async () => fake({ headers: { get: boom, has: boom, getSetCookie: boom } }),
    'answers headers that answer anything': async () => fake({ headers: { get: () => Symbol('x'), has: () => true, getSetCookie: () => ({ length: 5 }) } }),
    'answers cookies that throw': async () => fake({ headers: { get: () => null, has: () => false, getSetCookie: () => new Proxy([1], { get: boom }) } }),
    'answers an odd time to wait': async () => fake({ status: 429, headers: new Headers({ 'retry-after': '-1' }) }),
    'answers a time to wait of a thousand digits': async () => fake({ status: 429, headers: new Headers({ 'retry-after': '9'.repeat(1000) }) }),
    'answers a text that throws': async () => fake({ text: boom }),
    'answers a text that is none': async () => fake({ text: async () => ({ toString: boom }) }),
    'answers a text without a promise': async () => fake({ text: () => text }),
    'answers a text that never comes': async () => fake({ text: never }),
    'answers a text by an odd promise': async () => fake({ text: () => odd(Promise.resolve(text)) }),
  };
  const revokedArray = Proxy.revocable([], {});
  revokedArray.revoke();
  fetches['answers a revoked proxy for cookies'] = async () => fake({ headers: { get: () => null, has: () => false, getSetCookie: () => revokedArray.proxy } });
  if (realm?.Response) {
    fetches['answers a Response of another realm'] = () => realm.Promise.resolve(new realm.Response(text, { status: 200 }));
  }
  if (realm) {
    fetches['answers by a promise of another realm'] = () => realm.Promise.resolve(json(ANYTHING));
    fetches['rejects with an error of another realm'] = () => realm.Promise.reject(new realm.TypeError(`no ${key}`));
  }
  for (const [what, make] of Object.entries(values(realm))) {
    fetches[`throws ${what}`] = () => { throw make(); };
    fetches[`rejects with ${what}`] = async () => { throw make(); };
    fetches[`answers ${what}`] = () => make();
    fetches[`answers ${what} in the body's place`] = async () => fake({ text: async () => make() });
  }

  // What does the work of an operation hangs as told; the clean-up after it is answered.
  const patient = (fetch) => (request) =>
    (request.url.includes('idempotency_key=') ? Promise.resolve(json({})) : fetch(request));

  const settle = async (what, call) => {
    try {
      await call();
      return 'ok';
    } catch (error) {
      if (!(error instanceof KeylatchError)) fail(`${what}: ${show(error)} is no KeylatchError`);
      if (error.code === 'internal') fail(`${what}: ${error.message} (${show(error.cause)})`);
      const told = leak(error, key, { inspect });
      if (told) fail(`${what} tells the key: ${told}`);
      return error.code;
    }
  };

  return Object.entries(fetches).map(([what, fetch]) => ({
    name: what,
    async run() {
      const options = { provider: 'keylatch', baseUrl: BASE_URL, fetch: patient(fetch), timeout: 150, retries: 0 };
      const client = new KeyClient({ ...options, credential: key });
      const calls = { ...operations(client), signIn: () => KeyClient.signIn({ ...options, user: 'kim', password: key }) };
      const ends = await Promise.all(Object.entries(calls).map(([operation, call]) => settle(`${operation}, fetch ${what}`, call)));
      ok(ends.every((end) => ['ok', 'network_error', 'bad_response', 'timeout', 'redirect_refused', 'rate_limited', 'outcome_unknown', 'service_error', 'invalid_request', 'invalid_credentials'].includes(end)), ends.join());
      equal(client.baseUrl, BASE_URL, 'afterwards');
    },
  }));
};
