// Files of keys on a real disk: who can read them, what stays in them, two
// writers at once, and a writer that is killed.

import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { computer } from './support/computer.js';

const STORE = '~/.config/keylatch/credentials.json';
const DIE_AT = fileURLToPath(new URL('support/die-at.mjs', import.meta.url));

/** Each format: what is there before, how it is written to, and what is there then. */
const FORMATS = [
  { name: 'Modelon', file: '~/.impact/api.key', of: `'modelon'`, before: '  old-key-1234\n\n', after: (key) => `${key}\n` },
  {
    name: '.env',
    file: '.env',
    of: `'lambda'`,
    before: '# mine\nA="x\ny"\nexport LAMBDA_API_KEY=old-key-1234 # c\nB=2',
    after: (key) => `# mine\nA="x\ny"\nexport LAMBDA_API_KEY=${key} # c\nB=2`,
  },
  {
    name: 'Conduce',
    file: '~/.conduceconfig',
    of: `'conduce'`,
    before: '# mine\ndefault-host: app.conduce.com\ndefault-user: kim@example.test\nkim@example.test:\n  theme: dark\n  api-keys: {app: old-key-1234,\n    dev-app: \'\'}\n',
    after: (key) => `# mine\ndefault-host: app.conduce.com\ndefault-user: kim@example.test\nkim@example.test:\n  theme: dark\n  api-keys: {app: ${key},\n    dev-app: ''}\n`,
  },
  {
    name: 'keylatch',
    file: STORE,
    of: `'lambda', { path: '${STORE}' }`,
    before: '{"mine":1,"profiles":{"default":{"lambda":{"key":"old-key-1234"}}}}',
    after: (key) => `${JSON.stringify({ mine: 1, profiles: { default: { lambda: { key } } } }, null, 2)}\n`,
  },
];

const write = (of, key) => `await new node.CredentialFile(${of}).write('${key}');`;
const read = (of) => `return (await new node.CredentialFile(${of}).read())?.secret.expose()`;

for (const { name, file, of, before, after } of FORMATS) {
  test(`${name}: one key is replaced, everything else stays, and only the owner can read it`, async (t) => {
    const pc = await computer(t);
    await pc.write(file, before, 0o644);
    assert.equal(await pc.module(read(of)), 'old-key-1234');
    await pc.module(write(of, 'new-key-5678'));
    assert.equal(await pc.read(file), after('new-key-5678'));
    assert.equal(await pc.mode(file), '600');
    assert.equal(await pc.module(read(of)), 'new-key-5678');
    await pc.module(`await new node.CredentialFile(${of}).remove();`);
    assert.equal(await pc.module(read(of)), null);
    assert.doesNotMatch(await pc.read(file), /new-key/);
  });
}

// The steps are the same for every format.
test('killed at any step of a write, the old file is there or the new one, and the next write works', async (t) => {
  const { file, of, before, after } = FORMATS[1];
  const pc = await computer(t);
  const seen = new Set();
  let step = 0;
  for (let alive = false; !alive; ) {
    step += 1;
    for (const when of ['before', 'after']) {
      await pc.write(file, before);
      const run = await pc.tryModule(write(of, 'new-key-5678'), { env: { DIE_AT: `${step} ${when}` }, flags: ['--import', DIE_AT] });
      alive = run.signal !== 'SIGKILL';
      if (alive) assert.equal(run.code, 0, run.err);
      const text = await pc.read(file);
      assert.ok([before, after('new-key-5678')].includes(text), `${step} ${when}: ${text}`);
      seen.add(text);
      await pc.module(write(of, 'third-key-9999'));
      assert.equal(await pc.read(file), after('third-key-9999'));
    }
  }
  assert.equal(seen.size, 2, 'some were killed early enough and some late enough');
  assert.ok(step > 8, `the write has ${step} steps`);
});

test('directories that are made are the owner\'s alone', async (t) => {
  const pc = await computer(t);
  await pc.module(write(`'modelon'`, 'key-12345678') + write(`'lambda', { path: '${STORE}' }`, 'key-12345678'));
  for (const directory of ['~/.impact', '~/.config', '~/.config/keylatch']) assert.equal(await pc.mode(directory), '700', directory);
});

test('of many writers at once none loses its key', async (t) => {
  const pc = await computer(t);
  await pc.write('~/.conduceconfig', '# mine\n');
  const users = Array.from({ length: 12 }, (_, i) => `user${i}@example.test`);
  await Promise.all(users.flatMap((user) => [
    pc.module(write(`'conduce', { user: '${user}', host: 'app.conduce.com' }`, `key-of-${user.split('@')[0]}`)),
    pc.module(write(`'lambda', { path: '${STORE}', profile: '${user}' }`, `key-of-${user.split('@')[0]}`)),
  ]));
  const read = await pc.module(`const keys = [];
    for (const user of ${JSON.stringify(users)}) {
      for (const file of [new node.CredentialFile('conduce', { user, host: 'app.conduce.com' }), new node.CredentialFile('lambda', { path: '${STORE}', profile: user })]) {
        keys.push((await file.read()).secret.expose());
      }
    }
    return keys;`);
  assert.deepEqual(read, users.flatMap((user) => Array(2).fill(`key-of-${user.split('@')[0]}`)));
  assert.ok((await pc.read('~/.conduceconfig')).startsWith('# mine\n'));
  const left = [...(await readdir(pc.home)), ...(await readdir(pc.at('~/.config/keylatch')))];
  assert.deepEqual(left.sort(), ['.conduceconfig', '.config', 'credentials.json']);
});

test('a symbolic link is followed in the home and not out of it', async (t) => {
  const pc = await computer(t);
  await pc.write('~/keys/real.key', 'key-in-the-home\n');
  await mkdir(pc.at('~/.impact'));
  await symlink(pc.at('~/keys/real.key'), pc.at('~/.impact/api.key'));
  assert.equal(await pc.module(read(`'modelon'`)), 'key-in-the-home');
  await pc.module(write(`'modelon'`, 'written-1234'));
  assert.equal(await pc.read('~/keys/real.key'), 'written-1234\n', 'the link stays a link');

  const outside = join(pc.root, 'outside');
  await mkdir(outside);
  await pc.write('../outside/api.key', 'key-outside-1234');
  for (const [link, target] of [['~/.impact/other.key', join(outside, 'api.key')], ['~/.linked', outside]]) {
    await symlink(target, pc.at(link));
  }
  for (const path of ['~/.impact/other.key', '~/.linked/api.key']) {
    const of = `'modelon', { path: '${path}', kind: 'text' }`;
    for (const action of [read(of), write(of, 'written-9999')]) {
      const code = await pc.module(`try { ${action} } catch (error) { return [error.code, error.message]; }`);
      assert.equal(code?.[0], 'file_failed', `${path}: ${action}`);
      assert.match(code[1], /symbolic link that leads out of the home/);
    }
  }
  assert.equal(await pc.read('../outside/api.key'), 'key-outside-1234');
});

test('bytes that are no UTF-8 are read past, and not written over', async (t) => {
  const pc = await computer(t);
  const latin1 = (text) => Buffer.from(text, 'latin1');
  const files = [
    ['.env', `'lambda'`, latin1('# für Käthe\nLAMBDA_API_KEY=old-key-1234\n')],
    ['~/.conduceconfig', `'conduce'`, latin1('# für Käthe\ndefault-host: app.x\ndefault-user: kim\nkim:\n  api-keys: {app: old-key-1234}\n')],
    [STORE, `'lambda', { path: '${STORE}' }`, latin1('{"für":"Käthe","profiles":{"default":{"lambda":{"key":"old-key-1234"}}}}')],
  ];
  for (const [file, of, bytes] of files) {
    await pc.write(file, bytes);
    assert.equal(await pc.module(read(of)), 'old-key-1234');
    for (const action of [write(of, 'new-key-5678'), `await new node.CredentialFile(${of}).remove();`]) {
      const message = await pc.module(`try { ${action} } catch (error) { return error.code + ': ' + error.message; }`);
      assert.match(message ?? 'no error', /^file_failed: .* left as it was: .* it is not UTF-8, so that not all of it could be kept/, file);
    }
    assert.deepEqual(await readFile(pc.at(file)), bytes);
  }
  // UTF-16 is read by its mark, and not written to either; a mark of UTF-8 stays.
  await pc.write('16.env', Buffer.from('\uFEFFLAMBDA_API_KEY=old-key-1234\r\n', 'utf16le'));
  const utf16 = `'lambda', { path: '16.env' }`;
  assert.equal(await pc.module(read(utf16)), 'old-key-1234');
  assert.match(await pc.module(`return new node.CredentialFile(${utf16}).write('new-key-5678').catch(({ message }) => message)`), /it is UTF-16 \(PowerShell writes so\): save it as UTF-8/);
  await pc.write('8.env', '\uFEFFA=1\r\nLAMBDA_API_KEY=old-key-1234\r\n');
  await pc.module(write(`'lambda', { path: '8.env' }`, 'new-key-5678'));
  assert.equal(await pc.read('8.env'), '\uFEFFA=1\r\nLAMBDA_API_KEY=new-key-5678\r\n');
  // A file that is nothing but the key has nothing else to lose.
  await pc.write('~/.impact/api.key', Buffer.from('old-key-1234\n', 'utf16le'));
  await pc.module(write(`'modelon'`, 'new-key-5678'));
  assert.equal(await pc.read('~/.impact/api.key'), 'new-key-5678\n');
});

test('a trial changes nothing, tells what would be replaced, and refuses what a write would', async (t) => {
  const pc = await computer(t);
  await pc.write('.env', 'LAMBDA_API_KEY=old-key-1234\n', 0o644);
  await pc.write('words.txt', 'not a key\n');
  const [kept, nothing, refused, forced] = await pc.module(`
    const trial = (options) => new node.CredentialFile('lambda', options).ready().then((secret) => secret?.expose() ?? null, ({ code }) => code);
    return [await trial({ path: '.env' }), await trial({ path: 'new/key.txt' }), await trial({ path: 'words.txt' }), await trial({ path: 'words.txt', force: true })];`);
  assert.deepEqual([kept, nothing, refused, forced], ['old-key-1234', null, 'file_failed', null]);
  assert.deepEqual([await pc.read('.env'), await pc.mode('.env'), await pc.read('words.txt')], ['LAMBDA_API_KEY=old-key-1234\n', '644', 'not a key\n']);
  assert.deepEqual(await readdir(pc.at('new')), []);
  const written = await pc.module(`const file = new node.CredentialFile('lambda', { path: '.env' });
    const { replaced, warnings } = await file.write('new-key-5678'); return [replaced.expose(), warnings];`);
  assert.deepEqual(written, ['old-key-1234', []]);
});

test('what cannot be read or written says so, and is left as it was', async (t) => {
  const pc = await computer(t);
  await mkdir(pc.at('~/.impact/api.key'), { recursive: true });
  await pc.write('~/.conduceconfig', 'kim@example.test: [a, list]\n');
  await pc.write(STORE, '{ broken');
  await pc.write('big.env', `A=${'x'.repeat(2_000_000)}`);
  for (const [of, says] of [
    [`'modelon'`, /it is a directory/],
    [`'conduce', { user: 'kim@example.test', host: 'app.x' }`, /~\/\.conduceconfig is not understood: line 1/],
    [`'lambda', { path: '${STORE}' }`, /is not understood: it is not JSON/],
    [`'lambda', { path: 'big.env' }`, /larger than 1 MB/],
  ]) {
    const message = await pc.module(`try { ${write(of, 'key-12345678')} } catch (error) { return error.code + ': ' + error.message; }`);
    assert.match(message ?? 'no error', says);
    assert.match(message, /^file_failed: .* left as it was/);
  }
  assert.equal(await pc.read(STORE), '{ broken');
  assert.equal(await pc.read('~/.conduceconfig'), 'kim@example.test: [a, list]\n');
  const message = await pc.module(`try { ${write(`'lambda'`, 'a ${key}')} } catch (error) { return error.message; }`);
  assert.match(message, /characters that readers of \.env take for something else/);
});
