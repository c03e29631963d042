// The command `keylatch`, against the server: what people type, what they see,
// what a script gets.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { KeyClient } from '../../pkg/index.js';
import { DEMO, startServer } from '../browser/support/server.js';
import { CLI, computer } from './support/computer.js';

const KEY = /kl_test_[0-9A-Za-z]{36}/;
const COMMANDS = ['login', 'logout', 'whoami', 'create', 'list', 'rotate', 'revoke', 'delete', 'check', 'headers', 'resolve', 'providers'];

let server;
let keys;
before(async () => {
  server = await startServer();
  keys = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...DEMO });
});
after(() => server?.stop());

/** A computer whose `.env` has a key for the server. */
async function at(t) {
  const pc = await computer(t, { KEYLATCH_URL: server.url });
  const { key, secret } = await keys.create({ name: 'the command' });
  await pc.write('.env', `KEYLATCH_API_KEY=${secret.reveal()}\n`);
  return Object.assign(pc, { key });
}

async function ok(pc, args, options) {
  const run = await pc.keylatch(args, options);
  assert.equal(run.code, 0, `keylatch ${args.join(' ')}: ${run.err}`);
  return run;
}

const json = async (pc, args, options) => JSON.parse((await ok(pc, [...args, '--json'], options)).out);

test('a key lives: created, listed, rotated, revoked, deleted', async (t) => {
  const pc = await at(t);
  const created = await ok(pc, ['create', '--name', 'build server', '--expires', 'P1Y', '--scope', 'keys:read']);
  assert.match(created.out, new RegExp(`^${KEY.source}\n$`), 'the key alone is on standard output');
  assert.match(created.err, /Created the key "build server" .*, good until 2\d\d\d-\d\d-\d\d\. It is shown only now:/);

  const list = await ok(pc, ['list', '--search', 'build']);
  assert.match(list.out, /^ID +NAME +KEY +STATUS +CREATED +EXPIRES +LAST USED\n\S+ +build server +kl_test_…\w{4} +active +just now +(next year|in 1 year|in 12 months) +-\n$/);
  assert.doesNotMatch(list.out, KEY);
  const [{ id }] = (await json(pc, ['list', '--search', 'build'])).keys;

  const rotated = await json(pc, ['rotate', id, '--yes', '--output', 'new.env']);
  assert.deepEqual([rotated.output, rotated.secret], ['new.env', undefined]);
  assert.match(await pc.read('new.env'), new RegExp(`^KEYLATCH_API_KEY=${KEY.source}\n$`));
  assert.equal(await pc.mode('new.env'), '600');
  assert.equal((await keys.get(id)).status, 'revoked');

  assert.equal((await json(pc, ['revoke', rotated.key.id, '--yes'])).key.status, 'revoked');
  assert.deepEqual(await json(pc, ['delete', rotated.key.id, '--yes']), { deleted: rotated.key.id });
  assert.equal((await pc.keylatch(['delete', rotated.key.id, '--yes'])).code, 1);
});

test('a key ends on the day that was said', async (t) => {
  const pc = await at(t);
  const year = new Date().getUTCFullYear() + 1;
  for (const [said, ends] of [[`${year}-02-28`, `${year}-02-28T00:00:00.000Z`], [`${year}-03-31T23:30:00-05:00`, `${year}-04-01T04:30:00.000Z`]]) {
    const { key } = await json(pc, ['create', '--expires', said]);
    assert.equal(new Date(key.expiresAt).toISOString(), ends);
  }
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
    const { key } = await keys.create({ name: 'to be rotated' });
    const { code, out, err } = await pc.keylatch(['rotate', key.id, '--yes', '--output', 'rotated.env', ...more], there);
    assert.equal(code, 0, err);
    assert.match(err, says);
    if (more.length) assert.equal(JSON.parse(out).warning.code, 'old_key_alive');
    assert.equal((await keys.get(key.id)).status, 'active');
  }
});

test('a key that cannot be written is not left alive, and is never printed', async (t) => {
  const pc = await at(t);
  const { code, out, err } = await pc.keylatch(['create', '--name', 'unwritable', '--output', 'no/../../../../dev/null/x.env']);
  assert.deepEqual([code, out], [1, ''], err);
  for await (const key of keys.list({ search: 'unwritable' })) assert.equal(key.status, 'revoked', err);
});

test('a key that cannot be shown is told of, with its id', async (t) => {
  const pc = await at(t);
  for (const [name, more, where, says] of [['full', '', '> /dev/full', /output could not be written \(ENOSPC\)/], ['json', '--json', '> /dev/full', /\(ENOSPC\)/], ['unread', '', '| true', /^/]]) {
    const terminal = pc.terminal(`{ '${process.execPath}' '${CLI}' create --name ${name} ${more}; echo $? > code; } ${where}`);
    await terminal.ends();
    assert.equal(await pc.read('code'), '1\n', terminal.screen);
    const [{ id }] = (await json(pc, ['list', '--search', name])).keys;
    assert.ok(terminal.screen.includes(`The new key ${id} was made, and nobody has seen it.`), terminal.screen);
    assert.match(terminal.screen, says);
  }
});

test('the only key is shown when it cannot be written, for the old one is gone', async (t) => {
  const pc = await at(t);
  await mkdir(pc.at('directory'));
  const modelon = ['--provider', 'modelon', '--base-url', server.url];
  let key = (await ok(pc, ['create', ...modelon, '--api-key', '-'], { input: (await pc.read('.env')).split('=')[1] })).out;
  for (const more of [[], ['--json']]) {
    const input = { input: key };
    const [{ id }] = (await json(pc, ['list', ...modelon, '--api-key', '-'], input)).keys;
    const { code, out, err } = await pc.keylatch(['rotate', id, ...modelon, '--api-key', '-', '--yes', '--output', 'directory', ...more], input);
    assert.equal(code, 1, err);
    assert.doesNotMatch(err + out, /in directory|"output"/);
    if (more.length) assert.equal(JSON.parse(out).warning.code, 'not_stored');
    else assert.match(err, /warning: The new key could not be stored[^]*it is a directory[^]*It is shown only now:/);
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
  assert.match((await ok(pc, ['list', ...conduce])).out, /active/);

  const store = '~/.config/keylatch/credentials.json';
  const entry = async () => JSON.parse(await pc.read(store)).profiles.default.keylatch;
  const { key } = await json(pc, ['create', '--output', pc.at(store)]);
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
  await ok(pc, ['create', '--output', 'same.env']);
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
  for (const [args, what] of [[['revoke', pc.key.id, '--yes', '--api-key', '-'], 'API key'], [['login', '--api-key', '-'], 'API key'], [['list', ...password], 'Password for'], [['delete', '-', '--yes'], 'The key to delete']]) {
    for (const input of ['', '\n', '  \nkl_test_\n']) {
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

test('exit codes say what kind of failure it is', async (t) => {
  const pc = await at(t);
  const elsewhere = await computer(t);
  for (const [on, args, code, says] of [
    [pc, ['revoke', 'key_unknown', '--yes'], 1, /no key with this id/],
    [pc, ['create', '--provider', 'lambda', '--api-key', '-'], 1, /cloud\.lambdalabs\.com\/api-keys/],
    [pc, ['list', '--base-url', 'http://127.0.0.1:9'], 1, /could not be reached/],
    [pc, ['bogus'], 2, /no command "bogus"\. Run keylatch --help\./],
    [pc, ['ls'], 2, /no command "ls"\. Did you mean list\?/],
    [pc, ['help', 'rotat'], 2, /Did you mean rotate\?/],
    [pc, ['list', '--bogus'], 2, /Unknown option '--bogus'/],
    [pc, ['revoke'], 2, /usage: keylatch revoke <id>/],
    [pc, ['list', '--provider', 'acme'], 2, /No provider is called "acme"/],
    [pc, ['list', '--base-url', 'http://example.com'], 2, /not https/],
    [pc, ['list', '--host', 'a', '--base-url', 'b'], 2, /use one of them/],
    [pc, ['revoke', 'key_1'], 1, /no key with this id/],
    [pc, ['rotate', pc.key.id], 2, /--yes/],
    ...['2027-02-31', '2027-02-31T12:00:00Z', '2100-02-29', '2027-13-01', '2027-01-31T25:00Z'].map((date) => [pc, ['create', '--expires', date], 2, /--expires: there is no such date/]),
    [elsewhere, ['list', '--provider', 'luminary'], 3, /- LC_API_KEY is not set\n/],
    [pc, ['list', '--api-key', '-'], 3, /not a key for keylatch/],
    [elsewhere, ['list', '--base-url', server.url, '--user', DEMO.user], 3, /^keylatch: Password for demo@example\.com at 127\.0\.0\.1:\d+: there is no terminal to ask on\. .*--password-stdin/],
    [elsewhere, ['list', '--base-url', server.url, '--user', DEMO.user, '--password-stdin'], 1, /did not accept the user or the password/],
    [elsewhere, ['list', '--base-url', server.url, '--password-stdin'], 2, /--password-stdin: .*--user/],
    [elsewhere, ['list', '--base-url', server.url, '--user', DEMO.user, '--password-stdin', '--api-key', '-'], 2, /--password-stdin: .*--api-key/],
  ]) {
    const run = await on.keylatch(args, { input: args.includes('lambda') ? 'a-key-of-lambda-1\n' : 'no key\n' });
    assert.equal(run.code, code, `keylatch ${args.join(' ')}: ${run.err}`);
    assert.match(run.err, says);
    assert.equal(run.out, '');
  }
  const { err } = await elsewhere.keylatch(['list', '--json']);
  const { error } = JSON.parse(err);
  assert.deepEqual([error.code, error.tried[0].reason], ['no_credential', 'env_unset']);
});

test('a key on the command line is warned of, and no message repeats it', async (t) => {
  const pc = await at(t);
  const secret = (await keys.create({ name: 'inline' })).secret.reveal();
  const inline = await ok(pc, ['whoami', `--api-key=${secret}`]);
  assert.match(inline.err, /process lists/);
  assert.doesNotMatch((await ok(pc, ['whoami', '--api-key', '-'], { input: `${secret}\n` })).err, /process lists/);
  for (const args of [[secret], ['list', `--${secret}`], ['list', secret], ['help', secret], ['list', '--provider', secret], ['completion', secret]]) {
    const run = await pc.keylatch(args);
    assert.equal(run.code, 2, args.join(' '));
    assert.ok(!(run.err + run.out).includes(secret), run.err);
  }
});

test('a key is no id where ids stand in addresses, and nobody is asked about it', async (t) => {
  const pc = await at(t);
  const secret = (await keys.create({ name: 'as an id' })).secret.reveal();
  const asked = [];
  const service = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  t.after(() => service.close());
  await once(service, 'listening');
  const there = ['--base-url', `http://127.0.0.1:${service.address().port}`, '--yes'];
  for (const args of [['delete', secret], ['delete', '-'], ['revoke', secret], ['rotate', secret], ['revoke', `${secret} `], ['rotate', `Bearer ${secret}`], ['delete', secret, '--provider', 'conduce'], ['delete', secret, '--provider', 'modelon']]) {
    const { code, out, err } = await pc.keylatch([...args, ...there], { input: secret });
    assert.deepEqual([code, out], [2, ''], args[0]);
    assert.match(err, /whole key\. Give the id that keylatch list shows/);
    assert.ok(!err.includes(secret), err);
  }
  assert.deepEqual(asked, []);
});

test('check names each problem and its place', async (t) => {
  const pc = await computer(t);
  const bad = await pc.keylatch(['check'], { input: 'Bearer kl_live_12\n' });
  assert.equal(bad.code, 1);
  assert.match(bad.out, /^at 0 .*Bearer.*\nat 17 /);
  const made = (await ok(pc, ['check', '-', '--json'], { input: (await keys.create({ name: 'x' })).secret.reveal() })).out;
  assert.deepEqual([JSON.parse(made).ok, JSON.parse(made).prefix], [true, 'kl_test_']);
  assert.equal((await pc.keylatch(['check', '--provider', 'luminary'], { input: 'LC_API_KEY=abc\n' })).code, 1);
});

test('colours are for terminals, and not for those who do not want them', async (t) => {
  const pc = await at(t);
  const command = `'${process.execPath}' '${CLI}' list`;
  for (const [env, coloured] of [[{}, true], [{ NO_COLOR: '1' }, false], [{ TERM: 'dumb' }, false]]) {
    const terminal = pc.terminal(command, env);
    assert.equal(await terminal.ends(), 0);
    assert.equal(/\x1b\[\d+m/.test(terminal.screen), coloured, JSON.stringify(env));
  }
  assert.doesNotMatch((await ok(pc, ['list'])).out, /\x1b/);
});

test('help is everywhere, with examples', async (t) => {
  const pc = await computer(t);
  assert.match((await ok(pc, ['--help'])).out, /Exit codes:/);
  for (const name of COMMANDS) {
    const { out } = await ok(pc, [name, '--help']);
    assert.match(out, new RegExp(`Usage: keylatch ${name}[^]*Options:[^]*--help[^]*Examples:\n +\\S`), name);
    assert.equal((await ok(pc, ['help', name])).out, out);
  }
  assert.match((await ok(pc, ['help', 'json'])).out, /create +\{ key, secret \}/);
  assert.match((await ok(pc, ['--version'])).out, /^keylatch \d+\.\d+\.\d+\n$/);
});

/** Installed as the help says, and sourced: the first Tab of a session proposes the commands. */
async function proposedByZsh(pc, script) {
  await pc.write('functions/_keylatch', script);
  for (const [before, after] of [['fpath=($PWD/functions $fpath)', ''], ['', '. functions/_keylatch']]) {
    const terminal = pc.terminal('exec zsh -f');
    terminal.types(`PS1=; ${before}\r autoload -Uz compinit && compinit -u -D\r ${after}\r echo re''ady\r`);
    await terminal.sees('ready');
    terminal.types('keylatch \t');
    await terminal.sees('replace a key by a new one');
    terminal.types('\x15exit\r');
    await terminal.ends();
  }
}

test('completion is a script that the shell takes, and it proposes what there is', async (t) => {
  const pc = await computer(t);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await ok(pc, ['completion', shell]);
    for (const word of [...COMMANDS, 'luminary', 'expires']) assert.ok(out.includes(word), `${shell}: ${word}`);
    await pc.write(`completion.${shell}`, out);
    await t.test(shell, async () => {
      const { status, stderr, error } = spawnSync(shell, ['-n', pc.at(`completion.${shell}`)], { encoding: 'utf8' });
      assert.equal(error, undefined, `${shell} could not be started. “cargo xtask test shells” installs it.`);
      assert.deepEqual([status, stderr], [0, '']);
      if (shell === 'bash') return;
      if (shell === 'zsh') return proposedByZsh(pc, out);
      const typed = spawnSync(shell, ['-c', `source completion.fish; complete -C 'keylatch list --provider lum'`], { cwd: pc.cwd, encoding: 'utf8' });
      assert.equal(typed.stdout.split('\t')[0], 'luminary', typed.stderr);
    });
  }
  assert.equal((await pc.keylatch(['completion', 'powershell'])).code, 2);

  const { out } = await ok(pc, ['completion', 'bash']);
  for (const [typed, proposed] of [
    ['cr', 'create'],
    ['create --out', '--output'],
    ['list --provider l', 'luminary lambda'],
    ['list --status in', 'inactive'],
    ['whoami --scheme', ''],
    ['completion z', 'zsh'],
    ['help js', 'json'],
  ]) {
    const words = `COMP_WORDS=(keylatch ${typed}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _keylatch; echo "\${COMPREPLY[@]}"`;
    assert.equal(spawnSync('bash', ['-c', `${out}\n${words}`], { encoding: 'utf8' }).stdout, `${proposed}\n`, typed);
  }
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
  await ok(pc, ['create', '--output', pc.at(store)], { env });
  assert.deepEqual(await profiles(), [['work', true], ['home', true]]);
  assert.notEqual(JSON.parse(await pc.read(store)).profiles.work.keylatch.key, secret.trim());
  await ok(pc, ['whoami'], { env });
  await ok(pc, ['logout', '--yes'], { env });
  assert.deepEqual(await profiles(), [['work', false], ['home', true]]);
});
