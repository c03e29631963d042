// Files that are not what they seem are read as what they are, or truly told of;
// and what is not needed is not asked for.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { acme, OWN } from './support/service.js';
import { computer } from './support/computer.js';

const STORE = '~/.config/keylatch/credentials.json';
const KEY = 'a-key-of-lambda-0123456789';

/** What the chain finds in a directory, for each provider named. */
const found = (provider = 'lambda', options = {}) => `
  const answer = await node.resolveKey('${provider}', ${JSON.stringify({ ...options, fresh: false })}).catch((error) => error);
  return { key: answer.secret?.expose(), tried: answer.tried?.map(({ message }) => message), warnings: answer.warnings?.map(({ reason }) => reason), code: answer.code, message: answer.code && answer.message };`;

test('a .env is read in the encoding that it has, and a value that is cut is warned of', async (t) => {
  const pc = await computer(t);
  const utf16 = (text) => Buffer.from(text, 'utf16le');
  const cases = [
    [utf16(`\uFEFFLAMBDA_API_KEY=${KEY}\r\n`), KEY],
    [utf16(`\uFEFFA=1\r\nLAMBDA_API_KEY="${KEY}"\r\n`).swap16(), KEY],
    [`\uFEFFLAMBDA_API_KEY=${KEY}\n`, KEY],
    // Two files in one: each begins with a mark.
    [`\uFEFFA=1\n\uFEFFLAMBDA_API_KEY=${KEY}\n`, KEY],
    [Buffer.from(`# für\nLAMBDA_API_KEY=${KEY}\n`, 'latin1'), KEY],
    [utf16(`LAMBDA_API_KEY=${KEY}\r\n`), /NUL bytes, as UTF-16 without a byte order mark has: save it as UTF-8/],
    [utf16(`LAMBDA_API_KEY=${KEY}\r\n`).swap16(), /NUL bytes/],
    [Buffer.from('LAMBDA_API_KEY=für-käthe-0123456789\n', 'latin1'), /\.env is not understood: LAMBDA_API_KEY is not UTF-8/],
    [`LAMBDA_API_KEY="${KEY}`, /its line for LAMBDA_API_KEY is hidden by a quotation mark/],
    [`A='\nLAMBDA_API_KEY=${KEY}\nB='\n`, /hidden by a quotation mark/],
    [`LAMBDA_API_KEY=${KEY}#more\n`, KEY, 'dotenv_cut'],
    [`LAMBDA_API_KEY="${KEY}"more # comment\n`, KEY, 'dotenv_cut'],
    [`export LAMBDA_API_KEY = ${KEY}#\r\n`, KEY, 'dotenv_cut'],
    [`LAMBDA_API_KEY=x#1\nLAMBDA_API_KEY=${KEY} # comment\n`, KEY],
    [`LAMBDA_API_KEY='${KEY}'# comment\n`, KEY],
    [`LAMBDA_API_KEY=#${KEY}\n`, /LAMBDA_API_KEY in \.env is read only up to its "#", and what follows is lost/],
    ['', /\.env does not set LAMBDA_API_KEY/],
  ];
  for (const [i, [bytes]] of cases.entries()) await pc.write(`${i}/.env`, bytes);
  const results = await pc.module(`const results = [];
    for (let i = 0; i < ${cases.length}; i += 1) {
      process.chdir(i === 0 ? '0' : '../' + i);
      results.push(await (async () => {${found()}})());
    }
    return results;`);
  for (const [i, [bytes, expected, warning]] of cases.entries()) {
    const what = JSON.stringify(String(bytes));
    if (typeof expected === 'string') assert.deepEqual([results[i].key, results[i].warnings], [expected, warning ? [warning] : []], what);
    else assert.match(results[i].tried?.find((message) => message.includes('.env')) ?? '', expected, what);
  }
  // The same of a file that is asked for by its path.
  for (const [i, says] of [[5, /NUL bytes/], [8, /hidden by a quotation mark/]]) {
    const message = await pc.module(`return new node.CredentialFile('lambda', { path: '${i}/.env' }).read().catch(({ code, message }) => code + message);`);
    assert.match(message, says);
  }
  assert.deepEqual(await pc.module(`return (await new node.CredentialFile('lambda', { path: '10/.env' }).read()).warnings.map(({ reason }) => reason);`), ['dotenv_cut']);
});

test('a file of the service, keylatch\'s, and a stored login are read in their encoding, and empty ones are empty', async (t) => {
  const pc = await computer(t);
  const profiles = JSON.stringify({ profiles: { default: { lambda: { key: KEY } } } });
  const bom = (text) => Buffer.from(`\uFEFF${text}`, 'utf16le');
  for (const [file, bytes, provider, expected] of [
    ['~/.impact/api.key', bom(`${KEY}\r\n`), 'modelon', KEY],
    ['~/.impact/api.key', Buffer.from(KEY, 'utf16le'), 'modelon', /~\/\.impact\/api\.key is not understood: it has NUL bytes/],
    ['~/.impact/api.key', Buffer.from('schlüssel-0123456789', 'latin1'), 'modelon', /~\/\.impact\/api\.key is not understood: it is not UTF-8/],
    ['~/.conduceconfig', bom(`default-host: app.x\ndefault-user: kim\nkim:\n  api-keys: {app: ${KEY}}\n`), 'conduce', KEY],
    [STORE, bom(profiles), 'lambda', KEY],
    [STORE, `\uFEFF${profiles}`, 'lambda', KEY],
    [STORE, '', 'lambda', /credentials\.json is empty/],
    [STORE, ' \n', 'lambda', /credentials\.json is empty/],
    [STORE, '\uFEFF', 'lambda', /credentials\.json is empty/],
    [STORE, '[]', 'lambda', /it is not a JSON object/],
    [STORE, '{', 'lambda', /it is not JSON/],
    ['~/.luminarycloud/config', '', 'luminary', /no login is stored/],
    ['~/.luminarycloud/config', '{', 'luminary', /it is not JSON/],
  ]) {
    await pc.write(file, bytes);
    const { key, tried } = await pc.module(found(provider));
    if (typeof expected === 'string') assert.equal(key, expected, file);
    else assert.match(tried?.join('; ') ?? '', expected);
  }
  await pc.write(STORE, '');
  assert.equal(await pc.module(`return (await new node.CredentialFile('lambda', { path: '${STORE}' }).read()) ?? null`), null);
  await pc.module(`await new node.CredentialFile('lambda', { path: '${STORE}' }).write('${KEY}')`);
  assert.match(await pc.read(STORE), new RegExp(KEY));
});

test('a named pipe is read once, as long as somebody writes into it', async (t) => {
  const pc = await computer(t);
  spawnSync('mkfifo', ['-m', '600', pc.at('.env')]);
  // In pieces, and slowly: as a person who is asked first.
  const writer = spawn('/bin/sh', ['-c', `exec > .env; printf 'A=1\\nLAMBDA_'; sleep 0.2; printf 'API_KEY=${KEY}\\n'`], { cwd: pc.cwd });
  const ended = new Promise((done) => writer.once('exit', done));
  const { key, warnings } = await pc.module(found());
  assert.deepEqual([key, warnings, await ended], [KEY, [], 0]);
  const start = performance.now();
  const nobody = await pc.module(found());
  assert.match(nobody.tried.join('; '), /\.env cannot be read \(it is a named pipe, and nobody wrote into it\)/);
  assert.ok(performance.now() - start > 1_500, 'a writer has its time');
  const flood = spawn('/bin/sh', ['-c', 'yes > .env'], { cwd: pc.cwd, stdio: 'ignore' });
  assert.match((await pc.module(found())).tried.join('; '), /\.env cannot be read \(larger than 1 MB\)/);
  flood.kill();
  // With a key at hand, nothing is taken from it, nor waited for.
  const env = { LAMBDA_API_KEY: 'another-key-0123456789', KEYLATCH_API_KEY: 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms' };
  const reader = spawn('/bin/sh', ['-c', `printf 'A=1\\n' > .env`], { cwd: pc.cwd });
  const untouched = new Promise((done) => reader.once('exit', () => done('read')));
  assert.equal((await pc.module(found('keylatch'), { env })).code, undefined);
  assert.equal(await Promise.race([untouched, 'waits']), 'waits');
  reader.kill();
  const controller = await pc.module(`return node.resolveKey('lambda', { signal: AbortSignal.timeout(50) }).catch(({ code }) => code)`);
  assert.equal(controller, 'aborted');
});

test('a link is followed below its own directory, as Kubernetes mounts secrets, and to nowhere else', async (t) => {
  const pc = await computer(t);
  const link = async (directory, name, target) => {
    await mkdir(pc.at(directory), { recursive: true });
    await symlink(target, join(pc.at(directory), name));
  };
  const text = `LAMBDA_API_KEY=${KEY}\n`;
  await pc.write('mounted/..2026_01_01/.env', text);
  await link('mounted', '..data', '..2026_01_01');
  await link('mounted', '.env', '..data/.env');
  await pc.write('beside/real.env', text);
  await link('beside', '.env', 'real.env');
  await pc.write('out/secret.env', text);
  await link('leaves', '.env', '../out/secret.env');
  await pc.write('open/real.env', text);
  await chmod(pc.at('open/real.env'), 0o666);
  await link('open', '.env', 'real.env');
  await link('gone', '.env', 'nothing.env');
  await link('round', '.env', '.env');
  await pc.write('inner/env', text);
  await link('inner', '.env', pc.at('inner/env'));
  const cases = { mounted: KEY, beside: KEY, inner: KEY, leaves: /leads out of its directory/, open: /every user can write to/, gone: /to a file that is not there/, round: /cannot be read \(ELOOP\)/ };
  const results = await pc.module(`const results = {};
    for (const name of ${JSON.stringify(Object.keys(cases))}) {
      process.chdir(${JSON.stringify(pc.cwd)} + '/' + name);
      results[name] = await (async () => {${found()}})();
    }
    return results;`);
  for (const [name, expected] of Object.entries(cases)) {
    if (typeof expected === 'string') assert.equal(results[name].key, expected, name);
    else assert.match(results[name].tried?.join('; ') ?? '', expected, name);
    assert.doesNotMatch(results[name].message ?? '', /home directory/);
  }
  // Written to as well: the link stays a link.
  await pc.module(`await new node.CredentialFile('lambda', { path: 'mounted/.env' }).write('another-key-0123456789')`);
  assert.equal(await pc.read('mounted/..2026_01_01/.env'), 'LAMBDA_API_KEY=another-key-0123456789\n');
});

test('neither a home nor a working directory is needed for a key in the environment', async (t) => {
  const pc = await computer(t);
  const env = { LAMBDA_API_KEY: KEY };
  await mkdir(pc.at('gone'));
  const gone = (command, more = {}) => pc.shell(`cd gone; rmdir ../gone; ${command}; code=$?; mkdir ../gone; exit $code`, { env: { ...env, ...more } });
  const works = await gone('keylatch headers --provider lambda');
  assert.deepEqual([works.code, works.out], [0, `Authorization: Bearer ${KEY}\n`], works.err);
  for (const HOME of ['', 'relative']) {
    const run = await pc.keylatch(['headers', '--provider', 'lambda'], { env: { ...env, HOME } });
    assert.deepEqual([run.code, run.out, run.err], [0, `Authorization: Bearer ${KEY}\n`, '']);
  }
  for (const [args, says] of [
    [['resolve', '--provider', 'lambda'], /~\/\.config\/keylatch\/credentials\.json was not looked for, because no home directory is known/],
    [['resolve', '--provider', 'luminary'], /~\/\.luminarycloud\/config was not looked for/],
    [['login', '--provider', 'lambda', '--api-key', '-'], /no home directory is known/],
    [['create', '--output', '~/x.env', '--provider', 'conduce', '--base-url', 'http://127.0.0.1:1'], /no home directory is known/],
  ]) {
    const run = await pc.keylatch(args, { env: { HOME: '', LAMBDA_API_KEY: '' }, input: `${KEY}\n` });
    assert.ok(run.code === 1 || run.code === 3, run.err);
    assert.match(run.err, says);
    assert.doesNotMatch(run.err, /fault in keylatch/);
  }
  const absent = await gone('keylatch resolve --provider lambda', { LAMBDA_API_KEY: '' });
  assert.match(absent.err, /\.env not found in the working directory, which was deleted/);
  const output = await gone('keylatch create --provider conduce --base-url http://127.0.0.1:1 --api-key 6f1d2c1e-0000-4000-8000-000000000001 --output key.txt');
  assert.match(output.err, /key\.txt cannot be read \(the working directory was deleted\)/);
  assert.deepEqual([absent.code, output.code], [3, 1]);
});

test('a declaration, and what is piped in, may begin with a byte order mark', async (t) => {
  const pc = await computer(t, { ACME_KEY: OWN });
  const service = await acme(t);
  const text = service.declaration();
  const shown = { 'bom.json': `\uFEFF${text}`, 'utf16.json': Buffer.from(`\uFEFF${text}`, 'utf16le'), 'big.json': Buffer.from(`\uFEFF${text}`, 'utf16le').swap16() };
  for (const [file, bytes] of Object.entries(shown)) {
    await pc.write(file, bytes);
    assert.match((await pc.keylatch(['resolve', '--provider', file])).out, /^env ACME_KEY/, file);
  }
  for (const [bytes, says] of [['', /the file is empty/], ['\uFEFF\n', /the file is empty/], ['{', /the file is not JSON/], [Buffer.from(text, 'utf16le'), /NUL bytes, as UTF-16/]]) {
    await pc.write('wrong.json', bytes);
    const run = await pc.keylatch(['resolve', '--provider', 'wrong.json']);
    assert.equal(run.code, 2);
    assert.match(run.err, says);
  }
  for (const input of [`\uFEFF${KEY}\r\n`, Buffer.from(`\uFEFF${KEY}\r\n`, 'utf16le')]) {
    assert.equal((await pc.keylatch(['headers', '--provider', 'lambda', '--api-key', '-'], { input })).out, `Authorization: Bearer ${KEY}\n`);
    assert.match((await pc.keylatch(['check', '--provider', 'luminary'], { input })).out, /^ok /);
  }
});

test('what cannot be an option is an error with a name', async (t) => {
  const pc = await computer(t);
  const codes = await pc.module(`const results = [];
    for (const work of [
      () => new node.CredentialFile('lambda', { path: 5 }), () => new node.CredentialFile('lambda', null), () => new node.CredentialFile('lambda', { kind: 'toml' }),
      () => new node.CredentialFile('lambda', { path: '' }), () => new node.CredentialFile('lambda', { profile: {} }),
      () => node.resolveKey('lambda', null), () => node.resolveKey('lambda', 5), () => node.login('luminary', null),
      ...['baseUrl', 'host'].map((name) => () => node.resolveKey('lambda', { [name]: { toString() { throw new Error('mine'); } } })),
      ...[5, {}, 'x'].flatMap((odd) => ['say', 'signal', 'profile', 'user', 'interactive'].filter((name) => typeof odd !== 'string' || name !== 'profile' && name !== 'user').map((name) => () => node.resolveKey('lambda', { [name]: odd }))),
      () => node.resolveKey('lambda', { interactive: 'prompt', say() { throw new Error('mine'); } }),
    ]) results.push(await (async () => work())().then(() => 'none', ({ name, code }) => name + ' ' + code));
    return results;`);
  assert.deepEqual([...new Set(codes)], ['KeylatchError invalid_argument']);
});
