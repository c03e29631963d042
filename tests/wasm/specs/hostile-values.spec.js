// Whatever is handed over at the border: an answer, or an error of ours (or the
// error that the value itself throws), at once, and the next call works.

import { equal, fail, ok, show } from '../support/assert.js';
import { Mine, longTexts, values } from '../support/hostile.js';
import { ANYTHING, BASE_URL, answering, json } from '../support/service.js';

export default ({ keylatch, realm, declarations }) => {
  const [, union] = declarations.match(/export type ErrorCode =([^;]+);/);
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  const { KeyClient, KeylatchError, RevealOnce, Secret, generateKey } = keylatch;
  const key = generateKey().expose();
  const fetch = async () => json(ANYTHING);
  const SERVICE = { provider: 'keylatch', baseUrl: BASE_URL, fetch };
  const SPEC = { id: 'acme', title: 'Acme' };
  const FORMAT = { parts: ['a_', { alphabet: 'hex', length: 8 }], certainty: 'documented' };

  /** The names of what takes a value, and how it is given. */
  const functions = {
    'checkKey(_, text)': (value) => keylatch.checkKey(value, 'x'),
    'checkKey(id, _)': (value) => keylatch.checkKey('keylatch', value),
    'identifyKey(_)': (value) => keylatch.identifyKey(value),
    'maskKey(_)': (value) => keylatch.maskKey(value),
    'generateKey(_)': (value) => keylatch.generateKey(value),
    'hashKey(_)': (value) => keylatch.hashKey(value),
    'verifyKey(_, hash)': (value) => keylatch.verifyKey(value, '0'.repeat(64)),
    'verifyKey(key, _)': (value) => keylatch.verifyKey('x', value),
    'authHeaders(_, key)': (value) => keylatch.authHeaders(value, key),
    'authHeaders(id, _)': (value) => keylatch.authHeaders('keylatch', value),
    'authHeaders(id, key, _)': (value) => keylatch.authHeaders('keylatch', key, value),
    'authHeaders(id, key, { scheme: _ })': (value) => keylatch.authHeaders('keylatch', key, { scheme: value }),
    'provider(_)': (value) => keylatch.provider(value),
    'defineProvider(_)': (value) => keylatch.defineProvider(value),
    'new Secret(_)': (value) => new Secret(value),
    'new RevealOnce(_)': (value) => new RevealOnce(value),
    'new KeyClient(_)': (value) => new KeyClient(value),
    'KeyClient.signIn(_)': (value) => KeyClient.signIn(value),
  };
  for (const name of ['id', 'title', 'baseUrl', 'keysPage', 'env', 'format', 'schemes', 'endpoints', 'fields', 'timeUnit', 'errors', 'files', 'login', 'oneKey']) {
    functions[`defineProvider({ ${name}: _ })`] = (value) => keylatch.defineProvider({ ...SPEC, [name]: value });
  }
  for (const name of ['alphabet', 'length', 'checksum', 'covers']) {
    functions[`generateKey({ parts: [{ ${name}: _ }] })`] = (value) => keylatch.generateKey({ ...FORMAT, parts: [{ ...FORMAT.parts[1], [name]: value }] });
  }
  for (const name of ['provider', 'baseUrl', 'credential', 'fetch', 'timeout', 'retries', 'allowInsecure', 'scheme']) {
    functions[`new KeyClient({ ${name}: _ })`] = (value) => new KeyClient({ ...SERVICE, [name]: value });
  }
  for (const name of ['provider', 'baseUrl', 'user', 'password', 'fetch', 'timeout', 'signal', 'retries']) {
    functions[`KeyClient.signIn({ ${name}: _ })`] = (value) => KeyClient.signIn({ ...SERVICE, user: 'kim', password: 'x', [name]: value });
  }

  const end = async (iterable) => { for await (const one of iterable) ok(one.id); };
  const methods = {
    'create(_)': (client, value) => client.create(value),
    'list(_)': (client, value) => end(client.list(value)),
    'get(_)': (client, value) => client.get(value),
    'get(id, _)': (client, value) => client.get('key_1', value),
    'rotate(_)': (client, value) => client.rotate(value),
    'rotate(id, _)': (client, value) => client.rotate('key_1', value),
    'rotate(id, { store: () => _ })': (client, value) => client.rotate('key_1', { store: () => value }),
    'rotate(id, { store: throws _ })': (client, value) => client.rotate('key_1', { store: () => { throw value; } }),
    'revoke(_)': (client, value) => client.revoke(value),
    'revoke(id, _)': (client, value) => client.revoke('key_1', value),
    'delete(_)': (client, value) => client.delete(value),
    'delete(id, _)': (client, value) => client.delete('key_1', value),
    'validate(_)': (client, value) => client.validate(value),
    'validate(key, _)': (client, value) => client.validate(key, value),
    'whoami(_)': (client, value) => client.whoami(value),
    'signOut(_)': (client, value) => client.signOut(value),
    'fetch(_)': (client, value) => client.fetch(value),
    'fetch(path, _)': (client, value) => client.fetch('/x', value),
    'fetch({ url: _ })': (client, value) => client.fetch({ url: value }),
  };
  for (const name of ['name', 'expiresIn', 'scopes', 'signal']) {
    methods[`create({ ${name}: _ })`] = (client, value) => client.create({ name: 'robot', [name]: value });
  }
  methods['create({ scopes: [_] })'] = (client, value) => client.create({ name: 'robot', scopes: [value] });
  for (const name of ['status', 'search', 'signal']) {
    methods[`list({ ${name}: _ })`] = (client, value) => end(client.list({ [name]: value }));
  }
  for (const name of ['overlap', 'store', 'signal']) {
    methods[`rotate(id, { ${name}: _ })`] = (client, value) => client.rotate('key_1', { [name]: value });
  }
  for (const name of ['method', 'headers', 'body', 'signal', 'redirect', 'credentials']) {
    methods[`fetch(path, { ${name}: _ })`] = (client, value) => client.fetch('/x', { method: 'POST', [name]: value });
  }

  /** Errors that the platform throws because of the value itself: it cannot be looked at. */
  const platforms = (what, error) => error instanceof TypeError && /revoked|proxy/i.test(error.message) && /proxy/.test(what);

  /** Sees that a call ends well, or with an error that may leave the package. */
  const settle = async (what, call) => {
    try {
      await call();
    } catch (error) {
      if (error instanceof Mine || platforms(what, error)) return;
      if (!(error instanceof KeylatchError)) fail(`${what}: ${show(error)} is no KeylatchError`);
      ok(codes.includes(error.code), `${what}: ${error.code}`);
      if (error.code === 'internal') fail(`${what}: ${error.message} (${show(error.cause)})`);
      ok(!error.message.includes(key), `${what} tells the key`);
    }
  };

  const all = Object.entries(values(realm));
  const cases = [];
  for (const [name, call] of Object.entries(functions)) {
    cases.push({
      name,
      async run() {
        for (const [what, make] of all) await settle(`${name} of ${what}`, () => call(make()));
        equal(keylatch.maskKey('x'), '…', 'afterwards');
      },
    });
  }
  for (const [name, call] of Object.entries(methods)) {
    cases.push({
      name: `client.${name}`,
      async run() {
        const client = new KeyClient({ ...SERVICE, credential: key, timeout: 200, retries: 0 });
        await Promise.all(all.map(([what, make]) => settle(`${name} of ${what}`, () => call(client, make()))));
        equal((await client.whoami()).id, 'usr_1', 'afterwards');
        client[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
      },
    });
  }

  // Whatever takes a text, and some that take other things.
  const takesText = /checkKey|identify|mask|hash|verify|authHeaders|provider\(|id: _|title|baseUrl|user|password|Secret|credential|name|scopes|search|status|get\(_|rotate\(_|overlap|validate\(_|fetch\(_|expiresIn/;
  for (const [what, make] of Object.entries(longTexts)) {
    cases.push({
      name: `${what}, wherever a text is taken`,
      async run() {
        const client = new KeyClient({ ...SERVICE, credential: key });
        const text = make();
        for (const [name, call] of Object.entries(functions)) if (takesText.test(name)) await settle(`${name} of ${what}`, () => call(text));
        for (const [name, call] of Object.entries(methods)) if (takesText.test(name)) await settle(`${name} of ${what}`, () => call(client, text));
      },
    });
  }
  cases.push({
    name: 'nothing of it got into the prototypes',
    run() {
      equal({}.polluted, undefined);
      const polluting = JSON.parse('{"id": "acme", "title": "Acme", "endpoints": {"__proto__": {"path": "/x"}}}');
      try {
        keylatch.defineProvider(polluting);
      } catch (error) {
        ok(error instanceof KeylatchError);
      }
      equal({}.path, undefined);
      equal(answering(() => {}).polluted, undefined);
    },
  });
  return cases;
};
