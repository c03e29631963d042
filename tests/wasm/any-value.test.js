// Every export, called with whatever JavaScript has: an answer, or a KeylatchError with
// a code that is declared; never another error, and never without an end. Values that
// throw when they are looked at are in specs/hostile-values.spec.js.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import fc from 'fast-check';

import { BASE_URL, answering, well } from './support/service.js';

const pkg = new URL('../../pkg/', import.meta.url);
const keylatch = await import(new URL('dist/node/index.js', pkg));
const { KeyClient, KeylatchError, RevealOnce, Secret } = keylatch;
const [, union] = (await readFile(new URL('types/errors.d.ts', pkg), 'utf8')).match(/export type ErrorCode =([^;]+);/);
const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code).filter((code) => code !== 'internal');

const KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
/** How many calls of each. */
const RUNS = 200;
/** The same values in every run. */
const SEED = 20_261_126;
/** The time of a call, in milliseconds. */
const TIMEOUT = 50;

const disposed = () => {
  const secret = new Secret(KEY);
  secret[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  return secret;
};
const client = (more) => new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: KEY, fetch: answering(well), timeout: TIMEOUT, retries: 0, ...more });

/** What the package itself knows, so that the calls get further than to their first check. */
const known = fc.constantFrom(
  'keylatch', 'luminary', 'live', 'all', 'P3M', 'bearer', 'basic', 'key_1', '/v1/keys', KEY, BASE_URL, '0'.repeat(64), 'never',
  ...[() => new Secret(KEY), disposed, () => keylatch.provider('modelon'), () => client(), () => new AbortController().signal, () => AbortSignal.abort('x'),
    () => () => {}, () => async () => { throw new RangeError('theirs'); }, () => new Promise(() => {}), () => new URL(BASE_URL), () => new Date(NaN), () => new Request(BASE_URL),
    () => new Uint8Array(9), () => new Headers(), () => ({ secret: KEY, refresh: () => new Promise(() => {}) }), () => Symbol('x'), () => 10n ** 30n, () => new WeakMap()].map((make) => ({ make })),
).map((value) => (typeof value?.make === 'function' ? value.make() : value));
const anything = fc.oneof({ weight: 2, arbitrary: known }, {
  weight: 3,
  arbitrary: fc.anything({ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true, withSet: true, withSparseArray: true, withTypedArray: true, withUnicodeString: true, maxDepth: 3 }),
});
const OPTIONS = [
  'provider', 'baseUrl', 'credential', 'fetch', 'timeout', 'retries', 'allowInsecure', 'scheme', 'user', 'password', 'signal', 'name', 'expiresIn', 'scopes', 'status', 'search',
  'overlap', 'store', 'method', 'headers', 'body', 'redirect', 'secret', 'refresh', 'id', 'title', 'parts', 'alphabet', 'length', 'certainty', 'format', 'schemes', 'endpoints', 'fields', 'env', 'files', 'login',
];
const options = fc.dictionary(fc.constantFrom(...OPTIONS), anything, { maxKeys: 6 });
const good = { provider: 'keylatch', baseUrl: BASE_URL, credential: KEY, name: 'robot', user: 'kim', password: 'x', id: 'acme', title: 'Acme' };
/** Options of which all but one or two are right. */
const nearly = options.map((odd) => ({ ...good, timeout: TIMEOUT, fetch: answering(well), ...Object.fromEntries(Object.entries(odd).slice(0, 2)) }));
const given = fc.array(fc.oneof(anything, options, nearly), { maxLength: 4 });

/** What is called: with the arguments. */
const calls = {};
for (const [name, value] of Object.entries(keylatch)) {
  if ([KeyClient, Secret, RevealOnce].includes(value)) calls[`new ${name}`] = (args) => new value(...args);
  else if (value !== KeylatchError) calls[name] = (args) => value(...args);
}
calls['KeyClient.signIn'] = (args) => KeyClient.signIn(...args);
for (const type of [Secret, RevealOnce]) {
  for (const name of Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor' && name !== 'revealed')) {
    calls[`${type.name}.prototype.${name}`] = ([of, ...args]) => type.prototype[name].apply(of, args);
  }
}
for (const name of Object.getOwnPropertyNames(KeyClient.prototype)) {
  if (['constructor', 'baseUrl'].includes(name)) continue;
  calls[`client.${name}`] = async (args) => {
    const result = client()[name](...args);
    if (typeof result?.next !== 'function') return result;
    for await (const key of result) assert.ok(key.id);
  };
  calls[`client.${name} after a 401`] = async (args) => {
    const refused = () => new Response('{}', { status: 401 });
    return client({ fetch: refused, credential: { secret: KEY, refresh: async () => args[0] } })[name === 'list' ? 'whoami' : name](...args.slice(1));
  };
}
for (const name of ['keylatch.Secret', 'keylatch.bytes', 'keylatch.provider', 'keylatch.KeylatchError']) {
  calls[`what answers to Symbol.for('${name}')`] = ([first, second]) => {
    const pretender = { [Symbol.for(name)]: name.endsWith('bytes') ? () => first : first };
    assert.equal(typeof (pretender instanceof KeylatchError), 'boolean');
    keylatch.checkKey(typeof second === 'string' ? pretender : 'keylatch', 'x');
    return keylatch.hashKey(pretender);
  };
}

for (const [name, call] of Object.entries(calls)) {
  test(name, async () => {
    await fc.assert(fc.asyncProperty(given, async (args) => {
      try {
        await call(args);
      } catch (error) {
        if (!(error instanceof KeylatchError)) throw new Error(`${name} lets ${error?.name ?? typeof error} out: ${error?.stack ?? String(error)}`.slice(0, 600));
        assert.ok(codes.includes(error.code), `${error.code}: ${error.message} ${error.cause?.stack ?? ''}`.slice(0, 600));
        assert.ok(!error.message.includes(KEY), 'it tells the key');
      }
    }), { numRuns: RUNS, seed: SEED });
    // Nothing of it has broken what comes after.
    assert.equal(keylatch.checkKey('keylatch', KEY).ok, true);
  });
}
