// The command `keylatch`, against the server: the life of keys.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { KeyClient } from '../../pkg/dist/node/index.js';
import { DEMO } from '../browser/support/server.js';
import { at, json, keys, managing, ok, server } from './support/command.js';
import { CLI, computer } from './support/computer.js';

const FAIL = ['--import', fileURLToPath(new URL('support/fail.mjs', import.meta.url))];
const COMMANDS = ['login', 'logout', 'whoami', 'create', 'list', 'rotate', 'revoke', 'delete', 'check', 'headers', 'run', 'resolve', 'providers'];
const KEY = /kl_test_[0-9A-Za-z]{36}/;

test('a key lives: created, listed, rotated, revoked, deleted', async (t) => {
  const pc = await at(t);
  const created = await ok(pc, ['create', '--name', 'build server', '--expires', 'P1Y', '--scope', 'keys:read']);
  assert.match(created.out, new RegExp(`^${KEY.source}\n$`), 'the key alone is on standard output');
  assert.match(created.err, /Created the key "build server" .*, good until 2\d\d\d-\d\d-\d\d \d\d:\d\d UTC\. It is shown only now\.\n$/);

  const list = await ok(pc, ['list', '--search', 'build']);
  assert.match(list.out, /^ID +NAME +KEY +STATUS +CREATED +EXPIRES +LAST USED\n\S+ +build server +kl_test_…\w{4} +active +just now +(next year|in 1 year|in 12 months) +-\n$/);
  assert.doesNotMatch(list.out, KEY);
  const [{ id }] = (await json(pc, ['list', '--search', 'build'])).keys;

  const rotated = await json(pc, ['rotate', id, '--yes', '--output', 'new.env']);
  assert.deepEqual([rotated.output, rotated.secret], ['new.env', undefined]);
  assert.match(await pc.read('new.env'), new RegExp(`^KEYLATCH_API_KEY=${KEY.source}\nKEYLATCH_URL=${server.url}\n$`));
  assert.equal(await pc.mode('new.env'), '600');
  assert.equal((await keys.get(id)).status, 'revoked');

  assert.equal((await json(pc, ['revoke', rotated.key.id, '--yes'])).key.status, 'revoked');
  assert.deepEqual(await json(pc, ['delete', rotated.key.id, '--yes']), { deleted: rotated.key.id });
  assert.equal((await pc.keylatch(['delete', rotated.key.id, '--yes'])).code, 1);
});

test('a key ends when it was said, where the person is', async (t) => {
  const pc = await at(t);
  const year = new Date().getUTCFullYear() + 1;
  for (const [said, ends, sentence, TZ = 'UTC'] of [
    [`${year}-02-28`, `${year}-02-28T23:59:59.000Z`, `${year}-02-28 23:59 UTC`],
    [`${year}-01-31`, `${year}-02-01T07:59:59.000Z`, `${year}-01-31 23:59 PST`, 'America/Los_Angeles'],
    // East of Greenwich, by half an hour too, and in summer.
    [`${year}-01-30`, `${year}-01-30T14:59:59.000Z`, `${year}-01-30 23:59 GMT+9`, 'Asia/Tokyo'],
    [`${year}-02-01`, `${year}-02-01T18:29:59.000Z`, `${year}-02-01 23:59 GMT+5:30`, 'Asia/Kolkata'],
    [`${year}-07-01`, `${year}-07-02T06:59:59.000Z`, `${year}-07-01 23:59 PDT`, 'America/Los_Angeles'],
    [`${year}-01-31T02:00`, `${year}-01-30T17:00:00.000Z`, `${year}-01-31 02:00 GMT+9`, 'Asia/Tokyo'],
    [`${year}-03-31T23:30:00-05:00`, `${year}-04-01T04:30:00.000Z`, `${year}-04-01 04:30 UTC`],
  ]) {
    const { err } = await ok(pc, ['create', '--scope', 'keys:read', '--expires', said, '--name', said], { env: { TZ } });
    assert.ok(err.includes(`, good until ${sentence}. `), err);
    const [key] = (await json(pc, ['list', '--search', said, '--status', 'active'])).keys.filter(({ name }) => name === said);
    assert.equal(key.expiresAt, ends);
  }
  const days = (await json(pc, ['create', '--scope', 'keys:read', '--expires', '30d'])).key;
  assert.equal((new Date(days.expiresAt) - new Date(days.createdAt)) / 86_400_000, 30);
  assert.equal((await json(pc, ['create', '--scope', 'keys:read', '--expires', 'Never'])).key.expiresAt, undefined);
});

test('an old key that could not be ended is warned of', async (t) => {
  const pc = await at(t);
  // A server whose revoking is broken, in front of one that works.
  const broken = createServer(async (request, response) => {
    const { method, url, headers } = request;
    if (url.endsWith('/revoke')) return response.writeHead(500).end();
    const { authorization, 'content-type': type, 'idempotency-key': once } = headers;
    const sent = Object.fromEntries(Object.entries({ authorization, 'content-type': type, 'idempotency-key': once }).filter(([, value]) => value));
    const body = method === 'GET' ? undefined : Buffer.concat(await request.toArray());
    const answer = await fetch(server.url + url, { method, headers: sent, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') }).end(await answer.text());
  }).listen(0, '127.0.0.1');
  t.after(() => broken.close());
  await once(broken, 'listening');
  const there = { env: { KEYLATCH_URL: `http://127.0.0.1:${broken.address().port}` } };

  for (const [more, says] of [[[], /warning: The new key is good, but the old one/], [['--json'], /^$/]]) {
    const { key } = await keys.create(managing('to be rotated'));
    const { code, out, err } = await pc.keylatch(['rotate', key.id, '--yes', '--output', 'rotated.env', ...more], there);
    assert.equal(code, 0, err);
    assert.match(err, says);
    if (more.length) assert.equal(JSON.parse(out).warning.code, 'old_key_alive');
    assert.equal((await keys.get(key.id)).status, 'active');
  }
});

test('a key that cannot be written is not left alive, and is never printed', async (t) => {
  const pc = await at(t);
  const { code, out, err } = await pc.keylatch(['create', '--scope', 'keys:read', '--name', 'unwritable', '--output', 'no/../../../../dev/null/x.env']);
  assert.deepEqual([code, out], [1, ''], err);
  for await (const key of keys.list({ search: 'unwritable' })) assert.equal(key.status, 'revoked', err);
});

test('a key that cannot be shown is taken back', async (t) => {
  const pc = await at(t);
  for (const [name, more, where, says] of [['full', '', '> /dev/full', /cannot be written \(ENOSPC\)/], ['json', '--json', '> /dev/full', /\(ENOSPC\)/], ['unread', '', '| true', /\(EPIPE\)/]]) {
    const terminal = pc.terminal(`{ '${process.execPath}' '${CLI}' create --scope keys:read --name ${name} ${more}; echo $? > code; } ${where}`);
    await terminal.ends();
    assert.equal(await pc.read('code'), '1\n', terminal.screen);
    const [{ id, status }] = (await json(pc, ['list', '--search', name])).keys;
    assert.equal(status, 'revoked');
    assert.ok(terminal.screen.includes(`The new key ${id} was revoked again, because nobody could get it.`), terminal.screen);
    assert.match(terminal.screen, says);
  }
});

test('a rotation whose new key cannot be put away leaves the old one', async (t) => {
  const pc = await at(t);
  const env = { FAIL: 'rename EIO' };
  for (const [args, options, says] of [[['--output', 'new.env'], { env, flags: FAIL }, /was revoked and the old key still works\. .*\(EIO\)/], [[], {}, /was revoked and the old key still works\. .*\(ENOSPC\)/]]) {
    const { key } = await keys.create(managing('stays'));
    const words = ['rotate', key.id, '--yes', ...args];
    const { code, err } = args.length ? await pc.keylatch(words, options) : await pc.shell(`keylatch ${words.join(' ')} > /dev/full`);
    assert.equal(code, 1, err);
    assert.match(err, says);
    assert.equal((await keys.get(key.id)).status, 'active');
    const names = [];
    for await (const { name, status } of keys.list({ search: 'stays' })) if (status === 'active') names.push(name);
    assert.equal(names.length, 1, err);
    await keys.revoke(key.id);
  }
});

test('the only key is shown when it cannot be written, for the old one is gone', async (t) => {
  const pc = await at(t);
  const modelon = ['--provider', 'modelon', '--base-url', server.url];
  let key = (await ok(pc, ['create', ...modelon, '--api-key', '-'], { input: (await pc.read('.env')).match(/=(.+)/)[1] })).out;
  for (const more of [[], ['--json']]) {
    const input = { input: key };
    const [{ id }] = (await json(pc, ['list', ...modelon, '--api-key', '-'], input)).keys;
    const { code, out, err } = await pc.keylatch(['rotate', id, ...modelon, '--api-key', '-', '--yes', '--output', 'key.txt', ...more], { ...input, env: { FAIL: 'rename EIO' }, flags: FAIL });
    assert.equal(code, 1, err);
    assert.doesNotMatch(err + out, /in key\.txt|"output"/);
    if (more.length) assert.equal(JSON.parse(out).warning.code, 'not_stored');
    else assert.match(err, /warning: The new key could not be put where it was to go[^]*\(EIO\)/);
    key = more.length ? JSON.parse(out).secret : out;
    await ok(pc, ['whoami', ...modelon, '--api-key', '-'], { input: key });
  }
});

test('a key is written for the address that it was made at', async (t) => {
  const pc = await at(t);
  const { host } = new URL(server.url);
  const config = 'default-host: app.conduce.com\ndefault-user: demo@example.com\ndemo@example.com:\n  api-keys: {app: 6f1d2c1e-0000-4000-8000-000000000001';
  await pc.write('~/.conduceconfig', `${config}}\n`);
  const conduce = ['--provider', 'conduce', `--user=${DEMO.user}`, `--host=${host}`];
  await ok(pc, ['create', ...conduce, '--password-stdin', '--output', pc.at('~/.conduceconfig')], { input: DEMO.password });
  const text = await pc.read('~/.conduceconfig');
  assert.ok(text.startsWith(`${config}, '127': `), text);
  // Conduce states no status, so none is told.
  assert.match((await ok(pc, ['list', ...conduce])).out, /^[\da-f]{16} .* unknown /m);

  const store = '~/.config/keylatch/credentials.json';
  const entry = async () => JSON.parse(await pc.read(store)).profiles.default.keylatch;
  const { key } = await json(pc, ['create', '--scope', 'keys:read', '--scope', 'keys:write', '--output', pc.at(store)]);
  assert.equal((await entry()).baseUrl, server.url);
  await pc.write('.env', '');
  // Now that file alone says where the service is.
  await ok(pc, ['rotate', key.id, '--yes', '--output', pc.at(store)], { env: { KEYLATCH_URL: '' } });
  assert.equal((await entry()).baseUrl, server.url);
});

test('who, from where, and the header', async (t) => {
  const pc = await at(t);
  const who = await ok(pc, ['whoami']);
  assert.equal(who.out, `keylatch: ${DEMO.user}\n`);
  assert.match(who.err, /from dotenv KEYLATCH_API_KEY/);
  const explained = await ok(pc, ['resolve', '--explain']);
  assert.match(explained.out, /^- KEYLATCH_API_KEY is not set\n✓ dotenv KEYLATCH_API_KEY: kl_test_…\w{4} for http/);
  assert.doesNotMatch(explained.out, KEY);
  const found = await json(pc, ['resolve']);
  assert.deepEqual(found.source, { kind: 'dotenv', name: 'KEYLATCH_API_KEY' });
  assert.match((await ok(pc, ['headers'])).out, new RegExp(`^Authorization: Bearer ${KEY.source}\n$`));
  assert.deepEqual(Object.keys(await json(pc, ['headers', '--provider', 'luminary', '--api-key', '-'], { input: 'lc-0123456789\n' })), ['x-api-key']);
});

test('a key that is given works when the service has said so, and not before', async (t) => {
  const pc = await computer(t);
  const made = await KeyClient.signIn({ provider: 'conduce', baseUrl: server.url, ...DEMO });
  const right = (await made.create({ name: 'whoami' })).secret.reveal();
  const wrong = `${right.slice(0, -4)}beef`;
  for (const provider of ['lambda', 'luminary', 'conduce']) {
    const whoami = (input, address = server.url) => pc.keylatch(['whoami', '--provider', provider, '--base-url', address, '--api-key', '-'], { input });
    assert.match((await whoami(right)).out, /a key that works/, provider);
    for (const [refused, says] of [[await whoami(wrong), /not valid there|did not accept/], [await whoami(right, 'http://127.0.0.1:9'), /could not be reached/]]) {
      assert.deepEqual([refused.code, refused.out], [1, ''], `${provider}: ${refused.err}`);
      assert.match(refused.err, says);
    }
  }
});

test('Conduce\'s document, word for word: a key by password, listed and removed by another', async (t) => {
  const pc = await computer(t);
  const host = new URL(server.url).host;
  const terminal = pc.terminal(`'${process.execPath}' '${CLI}' create --provider conduce --user=${DEMO.user} --host=${host} > key.txt`);
  await terminal.sees(`Password for ${DEMO.user} at ${host}: `);
  terminal.types(`${DEMO.password}\r`);
  assert.equal(await terminal.ends(), 0, terminal.screen);
  const first = (await pc.read('key.txt')).trim();

  const byKey = (args) => ok(pc, [...args, '--provider', 'conduce', '--api-key', '-', `--host=${host}`], { input: `${first}\n` });
  const lines = ({ out }) => out.trim().split('\n').length;
  const before = lines(await byKey(['list']));
  const second = (await byKey(['create'])).out.trim();
  assert.notEqual(second, first);
  const listed = await byKey(['list']);
  assert.equal(lines(listed), before + 1);
  for (const key of [first, second]) assert.ok(!listed.out.includes(key), 'never whole');
  const unknown = await pc.keylatch(['rotate', second, '--yes', '--provider', 'conduce', '--api-key', '-', `--host=${host}`], { input: first });
  assert.deepEqual([unknown.code, unknown.err.includes(second)], [1, false], unknown.err);
  // As the document removes it: by the key itself.
  const removed = await byKey(['delete', second, '--yes']);
  assert.match(removed.err, /process lists[^]*Deleted the key/);
  assert.ok(!removed.err.includes(second));
  assert.equal(lines(await byKey(['list'])), before);
});

test('a key is not written beside the address of another service', async (t) => {
  const pc = await at(t);
  const before = (await json(pc, ['list'])).keys.length;
  for (const [file, address] of [['other.env', 'https://other.example'], ['there.env', 'other.example']]) {
    await pc.write(file, `KEYLATCH_URL=${address}\n`);
    const refused = await pc.keylatch(['create', '--output', file]);
    assert.equal(refused.code, 2, file);
    assert.match(refused.err, /KEYLATCH_URL in \S+ names other\.example, and the key would be for 127\.0\.0\.1:\d+/);
    assert.equal(await pc.read(file), `KEYLATCH_URL=${address}\n`);
  }
  assert.equal((await json(pc, ['list'])).keys.length, before, 'no key was made');
  await pc.write('same.env', `KEYLATCH_URL=${server.url}/\n`);
  await ok(pc, ['create', '--scope', 'keys:read', '--output', 'same.env']);
});

test('nobody is asked for what could be sent nowhere', async (t) => {
  const pc = await computer(t);
  await pc.write('.env', `KEYLATCH_URL=${server.url}\n`);
  for (const args of [['login', '--api-key', '-'], ['create', '--user', DEMO.user, '--password-stdin']]) {
    const refused = await pc.keylatch(args, { input: `${DEMO.password}\n` });
    assert.equal(refused.code, 2, refused.err);
    assert.match(refused.err, /set KEYLATCH_URL in the environment \(in \.env it counts for a key in \.env alone\)/);
  }
});

test('a service that a file declares is as good as a built-in one', async (t) => {
  const pc = await at(t);
  const { method, path } = keys.provider.endpoints.list;
  const acme = { id: 'acme', title: 'Acme', baseUrl: server.url, env: ['ACME_KEY'], endpoints: { list: { method, path }, whoami: '/v1/account' } };
  await pc.write('acme.json', JSON.stringify(acme));
  await pc.write('.env', (await pc.read('.env')).replace('KEYLATCH_API_KEY', 'ACME_KEY'));
  assert.match((await ok(pc, ['whoami', '--provider', 'acme.json'])).out, /^Acme: demo@example\.com\n/);
  assert.match((await ok(pc, ['headers'], { env: { KEYLATCH_PROVIDER: './acme.json' } })).out, /^Authorization: Bearer kl_test_/);
  assert.ok((await json(pc, ['list', '-p', './acme.json'])).keys.some(({ id }) => id === pc.key.id));

  await pc.write('broken.json', '{');
  await pc.write('wrong.json', JSON.stringify({ ...acme, env: ['A B'] }));
  for (const [file, why] of [['missing.json', /missing\.json: .*ENOENT/], ['broken.json', /broken\.json: .*not JSON/], ['wrong.json', /env\[0\]/]]) {
    const refused = await pc.keylatch(['headers', '--provider', file]);
    assert.equal(refused.code, 2, file);
    assert.match(refused.err, why);
  }
});

test('a password comes by standard input where nobody can type it', async (t) => {
  const pc = await computer(t);
  const args = ['whoami', '--base-url', server.url, '--user', DEMO.user, '--password-stdin'];
  assert.equal((await ok(pc, args, { input: `${DEMO.password}\n` })).out, `keylatch: ${DEMO.user}\n`);
});

test('a password is what was typed: with its spaces, without a byte order mark, its accents in one form', async (t) => {
  const pc = await computer(t);
  const add = (email, input) => spawnSync(process.env.KEYLATCH_SERVER_BIN, ['--database', server.database, '--log', 'error', 'user', 'add', email], { input });
  const signIn = (email, input) => pc.keylatch(['whoami', '--base-url', server.url, '--user', email, '--password-stdin'], { input });
  for (const [email, set, given, code] of [
    ['spaces@example.com', '  spaced pass  \n', '  spaced pass  \r\n', 0],
    ['spaces@example.com', undefined, 'spaced pass\n', 1],
    ['tab@example.com', '\tpassword', '\tpassword\n', 0],
    ['nfc@example.com', 'p\u00E4ssword\n', 'pa\u0308ssword\n', 0],
    ['nfd@example.com', 'pa\u0308ssword\n', 'p\u00E4ssword\n', 0],
    ['marked@example.com', '\uFEFFpassword\r\n', 'password\n', 0],
    ['unmarked@example.com', 'password\n', '\uFEFFpassword\r\n', 0],
  ]) {
    if (set !== undefined) assert.equal(add(email, set).status, 0, email);
    const run = await signIn(email, given);
    assert.equal(run.code, code, `${email}: ${run.err}`);
  }
});

test('a password that is given comes before a stored key, which may be refused', async (t) => {
  const pc = await computer(t);
  await pc.write('~/.conduceconfig', `${DEMO.user}:\n  api-keys: {'127': 6f1d2c1e-0000-4000-8000-000000000001}\n`);
  const args = ['create', '--provider', 'conduce', '--user', DEMO.user, '--base-url', server.url];
  assert.equal((await pc.keylatch(args)).code, 1, 'the stored key is refused');
  await ok(pc, [...args, '--password-stdin'], { input: DEMO.password });
});

test('nothing takes the place of a key or password that standard input does not have', async (t) => {
  const pc = await at(t);
  const password = ['--user', DEMO.user, '--password-stdin'];
  for (const [args, what, blank = '  \nkl_test_\n'] of [[['revoke', pc.key.id, '--yes', '--api-key', '-'], 'API key'], [['login', '--api-key', '-'], 'API key'], [['list', ...password], 'Password for', '\r\nkl_test_\n'], [['delete', '-', '--yes'], 'The key']]) {
    for (const input of ['', '\n', blank, '\uFEFF\n']) {
      const { code, out, err } = await pc.keylatch(args, { input });
      assert.deepEqual([code, out], [3, ''], err);
      assert.match(err, new RegExp(`^keylatch: ${what}.*: there is none in the first line of standard input\\.\n$`));
    }
  }
  const empty = await pc.keylatch(['revoke', pc.key.id, '--yes', '--api-key', '']);
  assert.equal(empty.code, 3, 'a variable that is not set is no wish for another key');
  assert.match(empty.err, /API key: --api-key is empty/);
  assert.equal((await keys.get(pc.key.id)).status, 'active');
});

test('a login by key stores it where the service\'s own client looks, and logout removes it', async (t) => {
  const pc = await computer(t);
  const modelon = await KeyClient.signIn({ provider: 'conduce', baseUrl: server.url, ...DEMO });
  const { secret } = await modelon.create({ name: 'login' });
  const key = secret.reveal();
  const args = ['--provider', 'modelon', '--base-url', server.url];
  const refused = await pc.keylatch(['login', ...args, '--api-key', '-'], { input: `${key.slice(0, -4)}beef` });
  assert.equal(refused.code, 1, refused.err);
  await assert.rejects(pc.read('~/.impact/api.key'), { code: 'ENOENT' });
  await ok(pc, ['login', ...args, '--api-key', '-'], { input: key });
  assert.equal(await pc.read('~/.impact/api.key'), `${key}\n`);
  assert.equal(await pc.mode('~/.impact/api.key'), '600');
  assert.equal((await json(pc, ['whoami', ...args])).account.user, DEMO.user);
  assert.deepEqual((await json(pc, ['logout', ...args, '--yes'])).removed, ['~/.impact/api.key']);
  assert.equal((await pc.keylatch(['whoami', ...args])).code, 3);
});

test('the profile of the environment is the one that is read, written and emptied', async (t) => {
  const pc = await at(t);
  const store = '~/.config/keylatch/credentials.json';
  const [, secret] = (await pc.read('.env')).split('=');
  await pc.write('.env', '');
  const profiles = async () => Object.entries(JSON.parse(await pc.read(store)).profiles).map(([name, { keylatch }]) => [name, Boolean(keylatch)]);
  const env = { KEYLATCH_PROFILE: 'work' };
  await ok(pc, ['login', '--api-key', '-'], { input: secret, env });
  await ok(pc, ['login', '--api-key', '-', '--profile', 'home'], { input: secret, env });
  assert.deepEqual(await profiles(), [['work', true], ['home', true]], 'the option wins');
  await ok(pc, ['create', '--scope', 'keys:read', '--output', pc.at(store)], { env });
  assert.deepEqual(await profiles(), [['work', true], ['home', true]]);
  assert.notEqual(JSON.parse(await pc.read(store)).profiles.work.keylatch.key, secret.trim());
  await ok(pc, ['whoami'], { env });
  await ok(pc, ['logout', '--yes'], { env });
  assert.deepEqual(await profiles(), [['work', false], ['home', true]]);
});

test('help is everywhere, with examples', async (t) => {
  const pc = await computer(t);
  assert.match((await ok(pc, ['--help'])).out, /Exit codes:/);
  for (const name of COMMANDS) {
    const { out } = await ok(pc, [name, '--help']);
    assert.match(out, new RegExp(`Usage: keylatch ${name}[^]*Options:[^]*--help[^]*Examples:\n +\\S`), name);
  }
  assert.equal((await ok(pc, ['help', 'create'])).out, (await ok(pc, ['create', '--help'])).out);
  assert.match((await ok(pc, ['help', 'json'])).out, /create +\{ key, secret \}/);
  for (const version of ['--version', '-v', '-V', 'version']) assert.match((await ok(pc, [version])).out, /^keylatch \d+\.\d+\.\d+\n$/);
  for (const args of [['completion', '--help'], ['help', 'version'], ['version', '--help'], ['help', '--help'], ['revoke', '-h'], ['list', '--bogus', '--help']]) assert.match((await ok(pc, args)).out, /^keylatch/);
});
