// Another copy of the package, as two dependencies may have one each; another realm,
// as an iframe or a `vm` context is; and platforms that lack something.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import vm from 'node:vm';

import * as esbuild from 'esbuild';
import { JSDOM } from 'jsdom';

import { CASE } from '../limits.js';
import { ANYTHING, BASE_URL, answering, json, well } from './support/service.js';

const dist = fileURLToPath(new URL('../../pkg/dist/', import.meta.url));
const ours = await import(join(dist, 'node/index.js'));
const KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
/** Node 20 has `Symbol.dispose` in its own realm only. */
const wipe = (secret) => (secret[dispose] ?? secret[Symbol.for('Symbol.dispose')]).call(secret);

/** What a page gets of the package, as one script that sets `keylatch`. */
const { outputFiles: [{ text: script }] } = await esbuild.build({
  entryPoints: [join(dist, 'client.js')], bundle: true, format: 'iife', globalName: 'keylatch', write: false, logLevel: 'error',
});

/** A copy of the package beside the first. */
async function copy(t) {
  const directory = mkdtempSync(join(tmpdir(), 'keylatch-copy-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(join(dist, 'node'), directory, { recursive: true });
  cpSync(fileURLToPath(new URL('../../pkg/package.json', import.meta.url)), join(directory, 'package.json'));
  return { all: await import(pathToFileURL(join(directory, 'index.js'))), node: await import(pathToFileURL(join(directory, 'node.js'))) };
}

/** The package in a realm of its own, with what a page has. */
function realm() {
  const { URL, Request, Response, Headers, AbortController, TextEncoder, TextDecoder, crypto, performance, setTimeout, clearTimeout } = globalThis;
  const context = vm.createContext({ URL, Request, Response, Headers, AbortController, TextEncoder, TextDecoder, crypto, performance, setTimeout, clearTimeout });
  vm.runInContext(script, context);
  return vm.runInContext('keylatch', context);
}

const others = { 'another copy': async (t) => (await copy(t)).all, 'another realm': () => realm() };

/** What `create` hands out. */
async function once({ KeyClient }) {
  const fetch = answering(() => json({ ...ANYTHING, secret: KEY }, { status: 201 }));
  return (await new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: KEY, fetch }).create({ name: 'robot' })).secret;
}

for (const [what, other] of Object.entries(others)) {
  test(`secrets, errors, clients and services of ${what} are known, both ways`, async (t) => {
    const theirs = await other(t);
    for (const [one, two] of [[ours, theirs], [theirs, ours]]) {
      const hash = two.hashKey(KEY);
      for (const secret of [new one.Secret(KEY), await once(one)]) {
        assert.equal(two.hashKey(secret), hash);
        assert.equal(two.verifyKey(secret, hash), true);
        assert.equal(two.authHeaders('keylatch', secret).Authorization, `Bearer ${KEY}`);
        const fetch = answering(well);
        const client = new two.KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: secret, fetch });
        assert.equal((await client.whoami()).id, 'usr_1');
        assert.equal((await client.validate(secret)).valid, true);
        assert.deepEqual([...new Set(fetch.asked.map(({ headers }) => headers.authorization))], [`Bearer ${KEY}`]);
        // Used is not seen, and its owner ends it.
        wipe(secret);
        for (const use of [() => two.hashKey(secret), () => two.authHeaders('keylatch', secret)]) {
          assert.throws(use, (error) => error instanceof two.KeylatchError && error instanceof one.KeylatchError && error.code === 'already_revealed');
        }
        // The client has a copy of its own.
        assert.equal((await client.whoami()).id, 'usr_1');
      }
      const source = { secret: new one.Secret(KEY), baseUrl: BASE_URL, refresh: async () => undefined };
      assert.equal((await new two.KeyClient({ provider: one.provider('keylatch'), credential: source, fetch: answering(well) }).whoami()).id, 'usr_1');
      const acme = one.defineProvider({ id: 'acme', title: 'Acme', schemes: [{ type: 'header', name: 'x-acme' }], format: { parts: ['a_', { alphabet: 'hex', length: 8 }] } });
      assert.equal(two.authHeaders(acme, 'a_01234567')['x-acme'], 'a_01234567');
      assert.equal(two.checkKey(acme, 'a_0123456').ok, false);
      assert.equal(two.checkKey(one.provider('keylatch'), KEY).provider, 'keylatch');
      assert.equal(two.providers().length, one.providers().length);
      assert.equal(two.generateKey(acme.format).expose().length, 10);
    }
  });

  test(`instanceof knows the classes of ${what}, and no others`, async (t) => {
    const theirs = await other(t);
    const client = new theirs.KeyClient({ provider: 'luminary', credential: 'some-key-1' });
    let error;
    try {
      theirs.provider('nobody');
    } catch (thrown) {
      error = thrown;
    }
    const made = { KeylatchError: error, Secret: theirs.generateKey(), RevealOnce: await once(theirs), KeyClient: client };
    for (const name of Object.keys(made)) {
      for (const [of, value] of Object.entries(made)) assert.equal(value instanceof ours[name], name === of, `${of} instanceof ${name}`);
      for (const none of [undefined, null, 1, 'x', {}, [], () => {}, new Error('x'), new Proxy({}, { get() { throw new Error('mine'); } })]) {
        assert.equal(none instanceof ours[name], false);
      }
      // A class of the user's that extends one is asked as any class is.
      class Own extends ours[name] {}
      assert.equal(made[name] instanceof Own, false);
      assert.equal(Object.create(Own.prototype) instanceof Own, true);
    }
  });
}

test('a secret of the package crosses into keylatch/node of another copy', async (t) => {
  const { node } = await copy(t);
  const credential = await node.resolveKey('keylatch', { apiKey: new ours.Secret(KEY), baseUrl: BASE_URL });
  assert.equal(credential.secret.expose(), KEY);
  assert.equal((await new ours.KeyClient({ provider: 'keylatch', credential, fetch: answering(well) }).whoami()).id, 'usr_1');
});

test('what only pretends to be a secret of another copy is refused, and does no harm', () => {
  const BYTES = Symbol.for('keylatch.bytes');
  for (const bytes of [undefined, null, 'text', [1, 2], {}, new Promise(() => {}), new ArrayBuffer(8), new Uint8Array(100_000)]) {
    assert.throws(() => ours.hashKey({ [BYTES]: () => bytes }), { code: 'invalid_argument' });
  }
  assert.throws(() => ours.hashKey({ [BYTES]() { throw new Error(KEY); } }), (error) => error.code === 'invalid_argument' && !`${error.message}${error.cause}`.includes(KEY));
  // No UTF-8, a view of another kind, and one that is read again.
  const broken = { [BYTES]: () => new Uint8Array([0xff, 0xc0, 0x80]) };
  for (const use of [() => ours.authHeaders('lambda', broken), () => new ours.KeyClient({ provider: 'lambda', credential: broken })]) {
    assert.throws(use, (error) => error instanceof ours.KeylatchError && error.code !== 'internal');
  }
  assert.equal(ours.hashKey({ [BYTES]: () => new DataView(new TextEncoder().encode('abc').buffer) }), ours.hashKey('abc'));
  const bytes = new TextEncoder().encode('abc');
  assert.equal(ours.hashKey({ [BYTES]: () => bytes }), ours.hashKey('abc'));
  assert.deepEqual([...bytes], [0, 0, 0], 'they are wiped');
  assert.equal(ours.hashKey('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('deep equality tells secrets by their keys, and shows none', async () => {
  const { Secret } = ours;
  const equal = {
    'assert.deepStrictEqual': (a, b) => !thrown(() => assert.deepStrictEqual(a, b)),
    isDeepStrictEqual,
    // Jest, Vitest and chai compare the tag, and then members.
    tag: (a, b) => Object.prototype.toString.call(a) === Object.prototype.toString.call(b),
    // fast-deep-equal, which looks no further where `valueOf` is an object's own.
    valueOf: (a, b) => a.constructor === b.constructor && a.valueOf !== Object.prototype.valueOf && a.valueOf() === b.valueOf(),
  };
  const [one, same, two] = [new Secret(KEY), new Secret(KEY), new Secret(`${KEY}x`)];
  const [wiped, wipedToo] = [new Secret(KEY), new Secret(KEY)];
  one.mask();
  wiped[dispose]();
  isDeepStrictEqual(wipedToo, one);
  wipedToo[dispose]();
  for (const [name, are] of Object.entries(equal)) {
    assert.equal(are(one, same), true, name);
    assert.equal(are(one, two), false, name);
    assert.equal(are(wiped, one), false, name);
    assert.equal(are(wiped, wipedToo), false, `${name}: nothing is known of either`);
    assert.equal(are(wiped, wiped), true, name);
    assert.equal(are(await once(ours), await once(ours)), true, name);
  }
  assert.equal(isDeepStrictEqual({ keys: [one] }, { keys: [two] }), false);
  assert.equal(isDeepStrictEqual(new Map([['a', one]]), new Map([['a', same]])), true);
  const long = ['x', 'y'].map((last) => new Secret('x'.repeat(200_000) + last));
  assert.equal(isDeepStrictEqual(...long), false, 'to the last character');
  const message = thrown(() => assert.deepStrictEqual({ one }, { one: two })).message;
  assert.ok(!message.includes(KEY.slice(8, 20)), message);
  // Of this process alone: no table of hashes tells what it is of.
  const inAnother = spawnSync(process.execPath, ['--input-type=module', '-e', `import { Secret } from ${JSON.stringify(pathToFileURL(join(dist, 'node/index.js')))}; console.log(new Secret('${KEY}').valueOf())`], { encoding: 'utf8', timeout: CASE });
  assert.match(inAnother.stdout, /^Secret [\da-f]{16}\n$/);
  assert.notEqual(inAnother.stdout.trim(), one.valueOf());
  assert.equal(`${one}${String(one)}${one + ''}`, '[redacted]'.repeat(3));
});

function thrown(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
}

/** Runs a module with Node and gives what it printed. */
function printed(source, ...flags) {
  const index = JSON.stringify(pathToFileURL(join(dist, 'node/index.js')));
  const run = spawnSync(process.execPath, [...flags, '--no-warnings', '--input-type=module', '-e', source.replaceAll('KEYLATCH', index)], { encoding: 'utf8', timeout: CASE });
  assert.equal(run.status, 0, run.stderr.slice(0, 500));
  return run.stdout.trim();
}

test('without the coders of texts it is imported and works', () => {
  for (const missing of [['TextDecoder'], ['TextEncoder'], ['TextDecoder', 'TextEncoder']]) {
    const source = `
      for (const name of ${JSON.stringify(missing)}) delete globalThis[name];
      const { checkKey, hashKey, maskKey, Secret } = await import(KEYLATCH);
      console.log(checkKey('keylatch', '${KEY}').ok, hashKey('abc').slice(0, 4), maskKey('${KEY}'), new Secret('ключ').expose());`;
    assert.equal(printed(source), `true ba78 kl_test_…HBms ключ`);
  }
});

test('in jsdom, which has neither coders nor the realm of Node, what a page gets works', async () => {
  const { window } = new JSDOM('', { url: 'https://page.example', runScripts: 'outside-only' });
  assert.equal(window.eval('typeof TextDecoder + typeof TextEncoder'), 'undefinedundefined', 'this is what it is about');
  window.eval(script.replace(/^(?:"use strict";\s*)?var keylatch/, 'window.keylatch'));
  const { keylatch } = window;
  assert.equal(keylatch.checkKey('keylatch', KEY).ok, true);
  assert.equal(keylatch.generateKey('test').mask().slice(0, 9), 'kl_test_…');
  assert.equal(keylatch.hashKey(new ours.Secret('ключ')), ours.hashKey('ключ'));
  assert.throws(() => keylatch.provider('nobody'), ours.KeylatchError);
  window.close();
});

test('without WebAssembly each call throws an error of ours that says so', () => {
  const source = `
    const { checkKey, KeyClient, KeylatchError } = await import(KEYLATCH);
    for (const call of [() => checkKey('keylatch', 'x'), () => new KeyClient({ provider: 'luminary', credential: 'k1' })]) {
      try { call(); } catch (error) { console.log(error instanceof KeylatchError, error.code, error.message); }
    }`;
  const said = 'true not_started keylatch could not start: this platform has no WebAssembly, or it is switched off.';
  assert.equal(printed(source, '--jitless'), `${said}\n${said}`);
  const policy = `WebAssembly.Module = function () { throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder'); };${source}`;
  assert.match(printed(policy), /^true not_started .*Add 'wasm-unsafe-eval' to its script-src\.\n/);
  const workers = `WebAssembly.Module = function () { throw new Error('no'); };${source}`;
  assert.match(printed(workers), /^true not_started .*Runtimes that compile no bytes take keylatch\/slim/);
});
