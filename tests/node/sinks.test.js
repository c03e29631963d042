// Where a new key goes is tried before there is one; what goes wrong later
// leaves no key that nobody has, and nothing of a person's is lost.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readdir, symlink } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { acme, OWN } from './support/service.js';
import { computer } from './support/computer.js';

const FAIL = ['--import', fileURLToPath(new URL('support/fail.mjs', import.meta.url))];
const SECRET = 'SECRET-abcdefghijklmnop';
const OLD = 'OLD-SECRET-0123456789ab';
const isRoot = process.getuid?.() === 0;

let service;
before(async () => (service = await acme(undefined)));
after(() => service?.close());

/** A computer with a key for the service, which can take a key back, and `norev.json`, which cannot. */
async function at(t) {
  const pc = await computer(t, { ACME_KEY: OWN, KEYLATCH_PROVIDER: './acme.json' });
  service.answers = {
    'POST /tokens': { value: SECRET, token: { id: 't2', name: 'x' } },
    'GET /tokens/t1': { token: { id: 't1', name: 'prod' } },
    'POST /tokens/t1/rotate': { value: SECRET, token: { id: 't2', name: 'prod' } },
    'GET /tokens': { items: [{ id: 't1', name: 'prod' }] },
    'DELETE /tokens/t2': { token: { id: 't2', status: 'revoked' } },
    'DELETE /tokens/t1': { token: { id: 't1', status: 'revoked' } },
  };
  service.asked.length = 0;
  await pc.write('acme.json', service.declaration());
  await pc.write('norev.json', service.declaration(['create', 'list', 'rotate']));
  await pc.write('fixed.json', service.declaration(undefined, { envBaseUrl: ['ACME_URL'], baseUrl: undefined }));
  return pc;
}

const asked = () => service.asked.splice(0);
const create = (pc, output, more = [], options = {}) => pc.keylatch(['create', '--name', 'x', '--output', output, ...more], options);

test('what stands in the way of a file is known before a key is made', async (t) => {
  const pc = await at(t);
  await mkdir(pc.at('directory'));
  await mkdir(pc.at('outside'));
  await pc.write('package.json', '{ "name": "mine" }\n');
  await pc.write('notes.txt', 'two words\n');
  await pc.write('keys.txt', `${OLD}\n${OLD}x\n`);
  await pc.write('.envrc', 'export A=1\nexport B=2\n');
  await pc.write('there.env', 'ACME_URL=https://elsewhere.example\n');
  await pc.write('outside/key', '');
  await mkdir(pc.at('in'));
  await symlink(pc.at('outside/key'), pc.at('in/link'));
  await symlink(pc.at('gone'), pc.at('dangling'));
  await pc.write('utf16.env', Buffer.from('\uFEFFA=1\n', 'utf16le'));
  spawnSync('mkfifo', [pc.at('pipe.env')]);
  for (const [output, says, options, code = 1] of [
    ['directory', /it is a directory/],
    ['.', /it is a directory/],
    ['pipe.env', /it is a named pipe/],
    ['/dev/full', /it is a device/],
    ['in/link', /in\/link is a symbolic link that leads out of its directory/],
    ['dangling', /symbolic link to a file that is not there/],
    ['package.json/key', /cannot be written \((ENOTDIR|EEXIST)\)/],
    ['package.json', /package\.json holds something other than a key for Acme, which would be lost\. --force replaces it\./],
    ['notes.txt', /--force/],
    ['keys.txt', /--force/],
    ['.envrc', /--force/],
    ['utf16.env', /it is UTF-16/],
    ['there.env', /--output: ACME_URL in .*there\.env names elsewhere\.example, and the key would be for 127\.0\.0\.1/, { env: { KEYLATCH_PROVIDER: './fixed.json', ACME_URL: service.url } }, 2],
    ['', /--output: it is empty/, {}, 2],
    ['full.env', /cannot be written \(ENOSPC\)/, { env: { FAIL: 'write ENOSPC' }, flags: FAIL }],
    ['full.lock.env', /cannot be written \(ENOSPC\)/, { env: { FAIL: 'lock ENOSPC' }, flags: FAIL }],
    ['readonly.env', /cannot be written \(EROFS\)/, { env: { FAIL: 'open EROFS' }, flags: FAIL }],
  ]) {
    const run = await create(pc, output, [], options);
    assert.deepEqual([run.code, run.out], [code, ''], `${output}: ${run.err}`);
    assert.match(run.err, says);
    assert.deepEqual(asked(), [], output);
  }
  assert.equal(await pc.read('package.json'), '{ "name": "mine" }\n');
  const left = await readdir(pc.cwd);
  assert.deepEqual(left.filter((name) => /\.(tmp|lock)$/.test(name)), []);

  const rotated = await pc.keylatch(['rotate', 't1', '--yes', '--output', 'directory']);
  assert.deepEqual([rotated.code, asked()], [1, []], rotated.err);
  const closed = await pc.shell('keylatch create --name x >&-');
  assert.deepEqual([closed.code, asked()], [2, []], closed.err);
  assert.match(closed.err, /standard output is closed/);
});

test('a file of another user is not replaced, and root leaves it to its owner', { skip: !isRoot && 'only root can be two users' }, async (t) => {
  const pc = await at(t);
  for (const [file, mode, uid, gid] of [['o.env', 0o640, 12345, 12345], ['key.txt', 0o600, 12345, 0], ['group.env', 0o660, 0, 12345]]) {
    await pc.write(file, '', mode);
    await chown(pc.at(file), uid, gid);
    assert.equal((await create(pc, file)).code, 0);
    const stats = await lstat(pc.at(file));
    assert.deepEqual([stats.mode & 0o777, stats.uid, stats.gid], [mode, uid, gid]);
    assert.match(await pc.read(file), new RegExp(SECRET));
  }
  asked();
  await chown(pc.cwd, 54321, 54321);
  const refused = await pc.module(`process.setgid(54321); process.setuid(54321);
    return new node.CredentialFile('lambda', { path: 'o.env' }).ready().catch(({ message }) => message);`);
  assert.match(refused, /cannot be written \((it belongs to user 12345|EACCES)\)|cannot be read \(EACCES\)/);
});

test('a file of keys is replaced and its key named, a .env keeps the rest, and --force means it', async (t) => {
  const pc = await at(t);
  await pc.write('key.txt', `${OLD}\n`);
  await pc.write('.env', `# mine\nACME_KEY=${OLD}\nB=2\n`);
  await pc.write('notes.txt', 'two words\n');
  const first = await create(pc, 'key.txt');
  assert.match(first.err, /in key\.txt in place of \S*…89ab\./);
  assert.equal(await pc.read('key.txt'), `${SECRET}\n`);
  const second = JSON.parse((await create(pc, '.env', ['--json'])).out);
  assert.match(second.replaced, /…89ab$/);
  assert.equal(await pc.read('.env'), `# mine\nACME_KEY=${SECRET}\nB=2\n`);
  assert.equal((await create(pc, 'notes.txt', ['--force'])).code, 0);
  assert.equal(await pc.read('notes.txt'), `${SECRET}\n`);
  assert.doesNotMatch((await create(pc, 'new.txt')).err, /in place of/);
  assert.equal((await create(pc, 'directory/deep/key.env')).code, 0);
  // A dash is standard output, as it is elsewhere.
  for (const dash of [['--output', '-'], ['-o', '-'], ['--output=-']]) {
    assert.equal((await pc.keylatch(['create', '--name', 'x', ...dash])).out, `${SECRET}\n`);
  }
  await assert.rejects(pc.read('-'), { code: 'ENOENT' });
});

test('a .env tells the next shell where the key is for', async (t) => {
  const pc = await at(t);
  const env = { KEYLATCH_PROVIDER: './fixed.json', ACME_URL: service.url };
  for (const before of ['', 'B=2\n', `ACME_URL=${service.url}/\n`]) {
    await pc.write('.env', before);
    assert.equal((await create(pc, '.env', [], { env })).code, 0);
    assert.equal(await pc.read('.env'), `${before}ACME_KEY=${SECRET}\n${before.includes('URL') ? '' : `ACME_URL=${service.url}\n`}`);
    const next = await pc.keylatch(['resolve'], { env: { KEYLATCH_PROVIDER: './fixed.json', ACME_KEY: '' } });
    assert.match(next.out, /^dotenv ACME_KEY: \S+ for http:\/\/127/, next.err);
  }
  // The service's own address needs no telling.
  await pc.write('.env', '');
  await create(pc, '.env');
  assert.equal(await pc.read('.env'), `ACME_KEY=${SECRET}\n`);
});

test('Git is asked whether it would take the file', async (t) => {
  const pc = await at(t);
  const says = async (file) => /Git does not ignore/.test((await create(pc, file)).err);
  assert.equal(await says('.env'), false, 'there is no repository');
  for (const args of [['init', '--quiet'], ['config', 'user.email', 'kim@example.com']]) spawnSync('git', args, { cwd: pc.cwd });
  assert.equal(await says('.env'), true);
  await pc.write('.gitignore', '.env\nignored/\n');
  assert.equal(await says('.env'), false);
  assert.equal(await says('ignored/key.txt'), false);
  assert.equal(await says('other/key.txt'), true);
});

test('a key that cannot be put away is taken back, or shown where it cannot be', async (t) => {
  const pc = await at(t);
  const broken = { env: { FAIL: 'rename EIO' }, flags: FAIL };
  const revocable = await create(pc, 'key.txt', [], broken);
  assert.deepEqual([revocable.code, revocable.out, asked()], [1, '', ['POST /tokens', 'DELETE /tokens/t2']], revocable.err);
  assert.match(revocable.err, /The new key t2 was revoked again[^]*cannot be written \(EIO\)/);
  await assert.rejects(pc.read('key.txt'), { code: 'ENOENT' });

  const shown = await create(pc, 'key.txt', ['--provider', './norev.json'], broken);
  assert.deepEqual([shown.code, shown.out], [1, `${SECRET}\n`], shown.err);
  assert.match(shown.err, /could not be put where it was to go, nor ended, so it is shown, and only now\. .*EIO/);
  const told = await create(pc, 'key.txt', ['--provider', './norev.json', '--json'], broken);
  const { key, secret, warning, output } = JSON.parse(told.out);
  assert.deepEqual([told.code, key.id, secret, warning.code, output], [1, 't2', SECRET, 'not_stored', undefined]);

  service.answers['DELETE /tokens/t2'] = (response) => response.writeHead(500).end();
  const stuck = await create(pc, 'key.txt', [], broken);
  assert.deepEqual([stuck.code, stuck.out], [1, `${SECRET}\n`], stuck.err);
});

test('a rotation ends the old key when the new one is out, and not before', async (t) => {
  const pc = await at(t);
  const rotate = (more, options) => pc.keylatch(['rotate', 't1', '--yes', ...more], options);
  const done = await rotate([]);
  assert.deepEqual([done.code, done.out], [0, `${SECRET}\n`], done.err);
  assert.match(done.err, /^Created the key "prod" \(t2\)\. It is shown only now\.\n$/);
  const { key, secret } = JSON.parse((await rotate(['--json'])).out);
  assert.deepEqual([key.id, secret], ['t2', SECRET]);
  asked();
  // The old one of a service that ends it by rotating is gone by then.
  const broken = { env: { FAIL: 'rename EIO' }, flags: FAIL };
  const shown = await rotate(['--output', 'key.txt', '--provider', './norev.json'], broken);
  assert.deepEqual([shown.code, shown.out], [1, `${SECRET}\n`], shown.err);
});

test('what comes by standard input is looked for in the list and sent nowhere', async (t) => {
  const pc = await at(t);
  for (const [input, code, requests] of [
    [OWN, 1, ['GET /tokens']],
    ['t1', 0, ['GET /tokens', 'DELETE /tokens/t1']],
    ['prod', 0, ['GET /tokens', 'DELETE /tokens/t1']],
  ]) {
    const run = await pc.keylatch(['revoke', '-', '--yes'], { input });
    assert.deepEqual([run.code, asked()], [code, requests], run.err);
    assert.ok(!run.err.includes(OWN));
  }
  const both = await pc.keylatch(['revoke', '-', '--api-key', '-'], { input: OWN });
  assert.deepEqual([both.code, asked()], [2, []]);
});

test('a time that cannot be read keeps nobody from a new key', async (t) => {
  const pc = await at(t);
  for (const time of ['never', '31/01/2027', '0000-00-00 00:00:00', 1e20]) {
    const token = { id: 't2', name: 'x', expires_at: time, created_at: time };
    Object.assign(service.answers, { 'POST /tokens': { value: SECRET, token }, 'GET /tokens': { items: [token] } });
    const made = await pc.keylatch(['create', '--name', 'x']);
    assert.deepEqual([made.code, made.out], [0, `${SECRET}\n`], `${time}: ${made.err}`);
    assert.doesNotMatch(made.err, /good until|Invalid|NaN/);
  }
  const listed = await pc.keylatch(['list']);
  assert.match(listed.out, /^t2 +x +- +\S+ +- +- +-$/m, listed.err);
});

test('a file that is mounted by itself is written in place, with a warning', async (t) => {
  const pc = await at(t);
  await pc.write('.env', 'A=1\nLONG=to be shorter afterwards, which is cut off\n');
  const mounted = { env: { FAIL: 'rename EBUSY' }, flags: FAIL };
  await chmod(pc.at('.env'), 0o644);
  const { ino } = await lstat(pc.at('.env'));
  const run = await create(pc, '.env', [], mounted);
  assert.equal(run.code, 0, run.err);
  assert.match(run.err, /warning: .*\.env is mounted as a single file, so it was written in place/);
  assert.equal(await pc.read('.env'), `A=1\nLONG=to be shorter afterwards, which is cut off\nACME_KEY=${SECRET}\n`);
  await pc.write('key.txt', `${OLD}${'x'.repeat(100)}\n`);
  assert.equal((await create(pc, 'key.txt', [], mounted)).code, 0);
  assert.equal(await pc.read('key.txt'), `${SECRET}\n`);
  const stats = await lstat(pc.at('.env'));
  assert.deepEqual([stats.ino, stats.mode & 0o777], [ino, 0o600]);
  assert.deepEqual((await readdir(pc.cwd)).filter((name) => name.endsWith('.tmp')), []);
});

test('Ctrl-C during the request ends with what became of it', async (t) => {
  const pc = await at(t);
  let reached;
  const request = new Promise((done) => (reached = done));
  service.answers['POST /tokens'] = () => reached();
  const terminal = pc.terminal(`trap : INT; '${process.execPath}' '${fileURLToPath(new URL('../../pkg/dist/node/cli.js', import.meta.url))}' create --name x; echo "code $?"`);
  await request;
  terminal.types('\x03');
  await terminal.sees('A key that nobody has seen, made for "x", may be alive there');
  await terminal.sees('code 130');
  await terminal.ends();
});
