// The system's keychain: what is put there is found by another process, and whatever keeps it from that is said.

import assert from 'node:assert/strict';
import { after, before, test as declare } from 'node:test';
import { fileURLToPath } from 'node:url';

import { computer } from './support/computer.js';
import { emptyBus, installed, keychain, silentBus } from './support/keychain.js';
import { acme, OWN } from './support/service.js';

const KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
const SECRET = 'SECRET-abcdefghijklmnop';
const HURRY = ['--import', fileURLToPath(new URL('support/hurry.mjs', import.meta.url))];

let service;
let ring;
/** What ends with the file. */
const ends = [];
const open = async () => { ring = await keychain({ after: (work) => ends.unshift(work) }); };
before(async () => {
  service = await acme(undefined);
  await open();
});
after(async () => {
  service?.close();
  for (const end of ends) await end();
});

/** A case. GNOME Keyring was seen to abort by itself, by a trap in GLib: a case that it leaves is tried once more, with another. */
function test(name, run) {
  declare(name, async (t) => {
    try {
      await run(t);
    } catch (error) {
      const fault = ring.fault();
      if (fault === undefined) throw error;
      t.diagnostic(`gnome-keyring-daemon has ended by itself, ${fault}`);
      await open();
      await run(t);
    }
  });
}

/** A computer with a key for the service, and a keychain. */
async function at(t, { ring: its = ring, standIn } = {}) {
  const pc = await installed(await computer(t, { ACME_KEY: OWN, KEYLATCH_PROVIDER: './acme.json', ...its.env }), standIn);
  service.answers = {
    'POST /tokens': { value: SECRET, token: { id: 't2', name: 'x' } },
    'GET /tokens/t1': { token: { id: 't1', name: 'prod' } },
    'POST /tokens/t1/rotate': { value: `${SECRET}-next`, token: { id: 't3', name: 'prod' } },
    'GET /tokens': { items: [{ id: 't1', name: 'prod' }] },
    'DELETE /tokens/t2': { token: { id: 't2', status: 'revoked' } },
  };
  service.asked.length = 0;
  await pc.write('acme.json', service.declaration());
  return pc;
}

const asked = () => service.asked.splice(0);
const create = (pc, output, more = [], options = {}) => pc.keylatch(['create', '--name', 'x', '--output', output, ...more], options);
const found = (pc, name, options = {}) => pc.keylatch(['headers', '--json'], { ...options, env: { ...options.env, ACME_KEY: `keychain:${name}` } });
/** The key that is found by this name. */
async function kept(pc, name) {
  const { code, out, err } = await found(pc, name);
  assert.equal(code, 0, err);
  return JSON.parse(out).Authorization.replace('Bearer ', '');
}
/** Without the name of the command and line breaks. */
const said = ({ err }) => err.replace(/\s+/g, ' ').trim();

test('a key that is created goes into the keychain, and another process finds it there by its name', async (t) => {
  const pc = await at(t);
  const made = await create(pc, 'keychain:work/laptop');
  assert.deepEqual([made.code, made.out], [0, ''], made.err);
  assert.match(made.err, /Created the key "x" \(t2\) in keychain:work\/laptop\.\nIt is found there with ACME_KEY='keychain:work\/laptop'\.\n$/);
  assert.equal(await kept(pc, 'work/laptop'), SECRET);
  const told = await pc.keylatch(['resolve'], { env: { ACME_KEY: 'keychain:work/laptop' } });
  assert.equal(told.code, 0, told.err);
  assert.match(told.out, /^keychain work\/laptop: /);
  assert.ok(!told.out.includes(SECRET));
  const source = await pc.module(`const { source, secret } = await node.resolveKey(${service.declaration()}); return { source, key: secret.expose() };`, { env: { ACME_KEY: 'keychain: work/laptop ' } });
  assert.deepEqual(source, { source: { kind: 'keychain', name: 'work/laptop' }, key: SECRET });
  const ran = await pc.keylatch(['run', '--', process.execPath, '-p', 'process.env.ACME_KEY'], { env: { ACME_KEY: 'keychain:work/laptop' } });
  assert.equal(ran.out, `${SECRET}\n`, ran.err);
});

test('two accounts of a service are two keys, and without one it is the account default', async (t) => {
  const pc = await at(t);
  for (const [name, value] of [['two', 'first-0123456789abcd'], ['two/b c/ü', 'second-0123456789abc']]) {
    service.answers['POST /tokens'] = { value, token: { id: 't2', name: 'x' } };
    const made = await create(pc, `keychain:${name}`);
    assert.equal(made.code, 0, made.err);
  }
  assert.equal(await kept(pc, 'two/default'), 'first-0123456789abcd');
  assert.equal(await kept(pc, 'two/b c/ü'), 'second-0123456789abc');
});

test('a key of odd characters comes back as it is', async (t) => {
  const pc = await at(t);
  const value = `a"b'c\\d$e%f&g<h>i;j|k*l?m~n{"o":1}`;
  service.answers['POST /tokens'] = { value, token: { id: 't2', name: 'x' } };
  assert.equal((await create(pc, 'keychain:odd')).code, 0);
  const { out, err } = await pc.keylatch(['run', '--', process.execPath, '-p', 'JSON.stringify(process.env.ACME_KEY)'], { env: { ACME_KEY: 'keychain:odd' } });
  assert.equal(out, `${JSON.stringify(value)}\n`, err);
});

test('a key that is replaced is named, and what is no key is left alone without --force', async (t) => {
  const pc = await at(t);
  await create(pc, 'keychain:again');
  asked();
  const rotated = await pc.keylatch(['rotate', 't1', '--yes', '--output', 'keychain:again', '--json']);
  assert.equal(rotated.code, 0, rotated.err);
  const { replaced, output } = JSON.parse(rotated.out);
  assert.equal(output, 'keychain:again');
  assert.match(replaced, /mnop$/);
  assert.ok(!replaced.includes(SECRET));
  assert.equal(await kept(pc, 'again'), `${SECRET}-next`);

  service.answers['POST /tokens'] = { value: 'two words are no key', token: { id: 't2', name: 'x' } };
  await create(pc, 'keychain:others/password');
  service.answers['POST /tokens'] = { value: SECRET, token: { id: 't2', name: 'x' } };
  asked();
  const refused = await create(pc, 'keychain:others/password');
  assert.deepEqual([refused.code, asked()], [1, []]);
  assert.match(said(refused), /The keychain was left as it was: keychain:others\/password holds something other than a key for Acme, which would be lost\. --force replaces it\.$/);
  assert.equal((await create(pc, 'keychain:others/password', ['--force'])).code, 0);
  assert.equal(await kept(pc, 'others/password'), SECRET);
});

test('a name that holds a key, or is none, is refused and not repeated', async (t) => {
  const pc = await at(t);
  for (const name of ['', '/a', 'a/', 'a\nb']) {
    const run = await create(pc, `keychain:${name}`);
    assert.equal(run.code, 2, run.err);
    assert.match(run.err, /--output: (say which, as keychain:SERVICE or keychain:SERVICE\/ACCOUNT\.|there is a control character in its name\.)/);
    assert.equal((await found(pc, name)).code, 3);
  }
  for (const run of [await create(pc, `keychain:${KEY}`), await found(pc, KEY), await found(pc, `a/${KEY}`)]) {
    assert.notEqual(run.code, 0);
    assert.match(run.err, /--output: that is, or holds, a key|there is a key in its name/);
    assert.ok(!`${run.out}${run.err}`.includes(KEY));
  }
  assert.deepEqual(asked(), []);
});

test('a login keeps its key there, and logout takes it away again', async (t) => {
  const pc = await at(t);
  const env = { ACME_KEY: '' };
  const more = ['--base-url', service.url];
  const login = await pc.keylatch(['login', '--keychain', '--api-key', '-', '--json', ...more], { input: `${SECRET}\n`, env });
  assert.equal(login.code, 0, login.err);
  assert.equal(JSON.parse(login.out).stored, 'keychain:keylatch/acme/default');
  const file = await pc.read('~/.config/keylatch/credentials.json');
  assert.ok(!file.includes(SECRET));
  assert.deepEqual(JSON.parse(file).profiles.default.acme, { key: 'keychain:keylatch/acme/default', baseUrl: service.url });
  const told = await pc.keylatch(['resolve', '--json'], { env });
  assert.equal(told.code, 0, told.err);
  assert.deepEqual([JSON.parse(told.out).source, JSON.parse(told.out).baseUrl], [{ kind: 'keychain', name: 'keylatch/acme/default' }, service.url]);
  const other = await pc.keylatch(['login', '--keychain', '--profile', 'ci', '--api-key', '-'], { input: `${SECRET}-ci\n`, env });
  assert.equal(other.code, 0, other.err);

  const out = await pc.keylatch(['logout', '--yes', '--json'], { env });
  assert.deepEqual([out.code, JSON.parse(out.out).removed], [0, ['keychain:keylatch/acme/default']], out.err);
  assert.match(said(await found(pc, 'keylatch/acme/default')), /the system's keychain has no key keylatch\/acme\/default/);
  assert.equal(await kept(pc, 'keylatch/acme/ci'), `${SECRET}-ci`);
  assert.match(said(await pc.keylatch(['logout', '--yes'], { env })), /Nothing is stored for Acme/);
});

test('a key that is typed goes there too', async (t) => {
  const pc = await at(t);
  const person = pc.terminal(`'${process.execPath}' '${pc.cli}' login --keychain`, { ACME_KEY: '' });
  await person.sees('API key for Acme: ');
  person.types(`${SECRET}-typed\r`);
  await person.sees('Stored in keychain:keylatch/acme/default.');
  assert.equal(await person.ends(), 0, person.screen);
  assert.ok(!person.screen.includes(SECRET));
  assert.equal(await kept(pc, 'keylatch/acme/default'), `${SECRET}-typed`);
  assert.ok(!(await pc.read('~/.config/keylatch/credentials.json')).includes(SECRET));
});

test('a login that has a place of its own, or keys by user, is not kept there', async (t) => {
  const pc = await at(t);
  for (const [args, sentence] of [
    [['--provider', 'luminary'], /--keychain: a login at Luminary Cloud is kept where its own client looks for it\. Give a key, with --api-key -\./],
    [['--provider', 'conduce', '--user', 'kim@example.com', '--host', 'app.conduce.com'], /--keychain: it keeps one key for each service and profile, and none by user\./],
  ]) {
    const run = await pc.keylatch(['login', '--keychain', ...args]);
    assert.equal(run.code, 2, run.err);
    assert.match(run.err, sentence);
  }
  // What would be found before it is told.
  await pc.write('~/.impact/api.key', 'an-old-key-of-modelon\n');
  const warned = await pc.keylatch(['login', '--keychain', '--provider', 'modelon', '--api-key', '-', '--base-url', service.url], { input: '' });
  assert.match(warned.err, /warning: The key in ~\/\.impact\/api\.key is found before that in the keychain\. keylatch logout removes it\./);
});

test('a login does not take away what a person has named in the file', async (t) => {
  const pc = await at(t);
  const env = { ACME_KEY: '' };
  await create(pc, 'keychain:mine/acme');
  await pc.write('~/.config/keylatch/credentials.json', JSON.stringify({ version: 1, profiles: { default: { acme: { key: 'keychain:mine/acme' } } } }));
  assert.match((await pc.keylatch(['resolve'], { env })).out, /^keychain mine\/acme: /);
  const out = await pc.keylatch(['logout', '--yes', '--json'], { env });
  assert.deepEqual([out.code, JSON.parse(out.out).removed], [0, ['keychain:mine/acme']], out.err);
  assert.equal(JSON.parse(await pc.read('~/.config/keylatch/credentials.json')).profiles.default.acme, undefined);
  assert.equal(await kept(pc, 'mine/acme'), SECRET);
});

test('a keychain is not asked for by a project', async (t) => {
  const pc = await at(t);
  await create(pc, 'keychain:private');
  await pc.write('.env', `ACME_KEY=keychain:private\n`);
  const run = await pc.keylatch(['headers'], { env: { ACME_KEY: '' } });
  assert.equal(run.code, 3);
  assert.match(run.err, /\.env names a key of the system's keychain in ACME_KEY, which is read only if the environment itself names it/);
});

test('without the package, or with one that is too old, it is said what to install, and no key is made', async (t) => {
  const bare = await computer(t, { ACME_KEY: OWN, KEYLATCH_PROVIDER: './acme.json', ...ring.env });
  await at(t);
  await bare.write('acme.json', service.declaration());
  const old = await at(t, { standIn: { version: '2.0.9', code: 'throw new Error("was loaded")' } });
  for (const pc of [bare, old]) {
    const run = await create(pc, 'keychain:work/absent');
    assert.deepEqual([run.code, run.out, asked()], [1, '', []], run.err);
    const sentence = /the key work\/absent is in the system's keychain, for which keylatch takes the package @napi-rs\/keyring, 2\.1 or newer, which is not installed beside it \(npm install @napi-rs\/keyring, with -g where keylatch is installed so\)/;
    assert.match(said(run), sentence);
    const read = await found(pc, 'work/absent');
    assert.equal(read.code, 3);
    assert.match(said(read), sentence);
    const login = await pc.keylatch(['login', '--keychain', '--api-key', '-'], { input: SECRET });
    assert.deepEqual([login.code, asked()], [1, []], login.err);
    assert.match(said(login), /npm install @napi-rs\/keyring/);
  }
});

test('where there is no keychain that is said, and no key is made', async (t) => {
  for (const [env, why] of [
    [{ DBUS_SESSION_BUS_ADDRESS: undefined }, /DBUS_SESSION_BUS_ADDRESS/],
    [{ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' }, /nowhere/],
    [await emptyBus(t), /org\.freedesktop\.secrets/],
  ]) {
    const pc = await at(t, { ring: { env } });
    const run = await create(pc, 'keychain:work/none');
    assert.deepEqual([run.code, asked()], [1, []], run.err);
    assert.match(said(run), /The keychain cannot be used: no keychain could be asked for the key work\/none: .* \(on Linux it is a program of the desktop, such as GNOME Keyring or KWallet; a container or a session over SSH may have none\)\.$/);
    assert.match(run.err, why);
    const read = await found(pc, 'work/none');
    assert.equal(read.code, 3);
    assert.match(read.err, /no keychain could be asked for the key work\/none/);
  }
});

test('a locked keychain is told as such, and no key is made', async (t) => {
  const locked = await keychain(t);
  const pc = await at(t, { ring: locked });
  assert.equal((await create(pc, 'keychain:work/locked')).code, 0);
  await locked.lock();
  asked();
  const sentence = /the system's keychain is locked, or you refused it the key work\/locked \(unlock it and try again\)/;
  const run = await create(pc, 'keychain:work/locked');
  assert.deepEqual([run.code, asked()], [1, []], run.err);
  assert.match(said(run), sentence);
  const read = await found(pc, 'work/locked', {});
  assert.equal(read.code, 3);
  assert.match(said(read), sentence);
  assert.ok(!`${run.err}${read.err}`.includes(SECRET));
});

test('a keychain that never answers ends with the time, the signal of the call, and the command', async (t) => {
  const silent = await silentBus(t);
  const pc = await at(t, { ring: silent });
  const late = await create(pc, 'keychain:work/slow', [], { flags: HURRY });
  assert.deepEqual([late.code, asked()], [1, []], late.err);
  assert.match(said(late), /the system's keychain failed at the key work\/slow: it did not end within 120 seconds\.$/);
  await silent.waiting(0);
  const code = await pc.module(
    `
    const stop = new AbortController();
    const found = node.resolveKey(${service.declaration()}, { signal: stop.signal }).catch(({ code }) => code);
    setTimeout(() => stop.abort(), 300);
    return found;`,
    { env: { ACME_KEY: 'keychain:work/slow' } },
  );
  assert.equal(code, 'aborted');
  await silent.waiting(0);
  const person = pc.terminal(`'${process.execPath}' '${pc.cli}' headers`, { ACME_KEY: 'keychain:work/slow' });
  await silent.waiting(1);
  person.types('\x03');
  assert.notEqual(await person.ends(), 0);
  await silent.waiting(0);
});

for (const [what, setPassword, sentence] of [
  ['gives back something else', `kept = 'something else'`, /it does not give back what it was given/],
  ['repeats the key in its error', `throw new Error('refused ' + secret)`, /the system's keychain failed at the key work\/odd: refused \[redacted\]/],
  ['ends the process', `process.exit(7)`, /the system's keychain failed at the key work\/odd: it ended with 7/],
]) {
  test(`a key is taken back when the keychain ${what}`, async (t) => {
    const code = `let kept;
      exports.AsyncEntry = class {
        async getPassword() { return kept; }
        async setPassword(secret) { if (secret === '${SECRET}') ${setPassword}; }
        async deleteCredential() { return true; }
      };`;
    const pc = await at(t, { standIn: { code } });
    const run = await create(pc, 'keychain:work/odd');
    assert.deepEqual([run.code, asked()], [1, ['POST /tokens', 'DELETE /tokens/t2']], run.err);
    assert.match(said(run), sentence);
    assert.match(run.err, /The new key t2 was revoked again, because nobody could get it/);
    assert.ok(!`${run.out}${run.err}`.includes(SECRET));
  });
}

test('a package that does not load on this system says so', async (t) => {
  const pc = await at(t, { standIn: { code: `throw new Error('Cannot find native binding.\\nTry again.')` } });
  const run = await create(pc, 'keychain:work/unloadable');
  assert.deepEqual([run.code, asked()], [1, []], run.err);
  assert.match(said(run), /no keychain could be asked for the key work\/unloadable: @napi-rs\/keyring cannot be loaded \(Cannot find native binding\. Try again\)/);
});

test('a program that starts itself in the place of Node does so once', async (t) => {
  const pc = await at(t);
  const run = await found(pc, 'work/laptop', { env: { KEYLATCH_ASKS_KEYCHAIN: '1' } });
  assert.equal(run.code, 3);
  assert.match(said(run), /this program cannot start Node/);
});
