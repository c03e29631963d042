// The scripts of examples/, run as a reader would run them: beside an installed
// package, against the real server.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { KeyClient, generateKey } from '../../pkg/dist/node/index.js';
import { startServer } from '../browser/support/server.js';
import { CASE } from '../limits.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ACCOUNT = { user: 'demo@example.com', password: 'reveal-once' };
let directory;
let server;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keylatch-examples-'));
  await cp(join(ROOT, 'examples'), directory, { recursive: true });
  await mkdir(join(directory, 'node_modules'));
  await symlink(join(ROOT, 'pkg'), join(directory, 'node_modules/keylatch'), 'dir');
  server = await startServer();
});

after(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Runs an example and answers `{ status, stdout, stderr }`. */
function run(name, args = [], { env = {}, input = '' } = {}) {
  return new Promise((resolve) => {
    const environment = { PATH: process.env.PATH, KEYLATCH_URL: server.url, ...env };
    const child = execFile(process.execPath, [name, ...args], { cwd: directory, env: environment, timeout: CASE }, (error, stdout, stderr) =>
      resolve({ status: error ? (error.code ?? 'killed') : 0, stdout, stderr }),
    );
    child.stdin.end(input);
  });
}

const person = () => KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...ACCOUNT });
const KEY = /kl_(live|test)_[0-9A-Za-z]{36}/;

test('a key is created, used, revoked and deleted, and never printed', async () => {
  const env = { KEYLATCH_USER: ACCOUNT.user, KEYLATCH_PASSWORD: ACCOUNT.password };
  const { status, stdout, stderr } = await run('create-and-use.mjs', [], { env });
  assert.equal(stderr, '');
  assert.match(stdout, /^created example \(kl_test_…\w{4}\), good until \d{4}-\d\d-\d\d$/m);
  assert.match(stdout, /^used it: 200, as demo@example\.com$/m);
  assert.match(stdout, /^after revoking: unauthorized$/m);
  assert.match(stdout, /^after deleting: not_found$/m);
  assert.equal(status, 0);
  assert.doesNotMatch(stdout, KEY);
});

test('a wrong password ends the example with the reason and without the password', async () => {
  const env = { KEYLATCH_USER: ACCOUNT.user, KEYLATCH_PASSWORD: 'not-the-password' };
  const { status, stderr } = await run('create-and-use.mjs', [], { env });
  assert.equal(status, 1);
  assert.match(stderr, /invalid_credentials/);
  assert.doesNotMatch(stderr, /not-the-password/);
});

test('a key is rotated in its file while the old one still works', async () => {
  const client = await person();
  const { key, secret } = await client.create({ name: 'rotated', scopes: ['keys:read', 'keys:write'] });
  const old = secret.reveal();
  const file = join(directory, 'key.txt');
  await writeFile(file, `${old}\n`, { mode: 0o600 });

  const { status, stdout, stderr } = await run('rotate-without-downtime.mjs', ['key.txt']);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.doesNotMatch(stdout, KEY);
  const stored = await readFile(file, 'utf8');
  assert.match(stored, new RegExp(`^${KEY.source}$`));
  assert.notEqual(stored, old);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  for (const credential of [old, stored]) {
    assert.equal((await client.validate(credential)).valid, true);
  }
  const replaced = await client.get(key.id);
  assert.ok(replaced.expiresAt - Date.now() <= 3_600_000, 'it ends within the hour');
});

test('a successor that cannot be stored leaves the old key alone', async () => {
  const client = await person();
  const { key, secret } = await client.create({ name: 'kept', scopes: ['keys:read', 'keys:write'] });
  const old = secret.reveal();
  await writeFile(join(directory, 'kept.txt'), old);
  // What a crash between write and rename leaves behind.
  await writeFile(join(directory, 'kept.txt.new'), '');

  const { status, stderr } = await run('rotate-without-downtime.mjs', ['kept.txt']);
  assert.equal(status, 1);
  assert.match(stderr, /store_failed/);
  assert.doesNotMatch(stderr, KEY);
  assert.equal(await readFile(join(directory, 'kept.txt'), 'utf8'), old);
  assert.equal((await client.get(key.id)).status, 'active');
  const alive = [];
  for await (const { id, name } of client.list({ status: 'active' })) if (name === 'kept') alive.push(id);
  assert.deepEqual(alive, [key.id]);
});

test('keys from standard input are checked, and a wrong one is shown where', async () => {
  const good = generateKey();
  const input = `${good.expose()}\nBearer ${good.expose()}\n6f1d2c1e-0000-4000-8000-000000000001\n`;
  const { status, stdout } = await run('check-keys.mjs', [], { input });
  assert.equal(status, 1);
  assert.match(stdout, /^1: ok kl_live_…\w{4} \(format documented\)$/m);
  assert.match(stdout, /^2:1: "Bearer" is how a key is sent/m);
  assert.match(stdout, /^3: it looks like a key for conduce$/m);
  assert.ok(!stdout.includes(good.expose()));
  assert.equal((await run('check-keys.mjs', ['keylatch'], { input: `${good.expose()}\n` })).status, 0);
});
