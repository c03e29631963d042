// The command `keylatch`: what people type, what they see, what a script gets.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { test } from 'node:test';

import { DEMO } from '../browser/support/server.js';
import { width } from '../../pkg/cli/text.js';
import { at, json, keys, managing, ok, server } from './support/command.js';
import { CLI, computer } from './support/computer.js';

const COMMANDS = ['login', 'logout', 'whoami', 'create', 'list', 'rotate', 'revoke', 'delete', 'check', 'headers', 'run', 'resolve', 'providers'];

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
    [pc, ['list', '--bogus'], 2, /Unknown option '--bogus'\. Run keylatch list --help\./],
    [pc, ['list', '--provder', 'x'], 2, /Unknown option '--provder'\. Did you mean --provider\?/],
    [pc, ['list', '--staus=all'], 2, /Unknown option '--staus'\. Did you mean --status\?/],
    [pc, ['--json', 'list'], 2, /options stand after the command/],
    [pc, ['-p', 'keylatch', 'list'], 2, /options stand after the command/],
    [pc, ['revoke'], 2, /usage: keylatch revoke <id> \[options\]\. Run keylatch revoke --help\./],
    [pc, ['identify', 'some-text'], 2, /usage: keylatch identify \[options\]\. Run keylatch identify --help\./],
    [pc, ['list', '--provider', 'acme'], 2, /No provider is called "acme"/],
    [pc, ['list', '--base-url', 'http://example.com'], 2, /not https/],
    [pc, ['list', '--host', 'a', '--base-url', 'b'], 2, /use one of them/],
    [pc, ['revoke', 'key_1'], 1, /no key with this id/],
    [pc, ['rotate', pc.key.id], 2, /--yes/],
    [pc, ['create', '--expires', 'tomorrow'], 2, /^keylatch: --expires: use 30d/],
    [pc, ['create', '--expires', '-P1D'], 2, /^keylatch: --expires needs a value, which does not begin with a dash\. Run keylatch create --help\.\n$/],
    [pc, ['list', '--json=x'], 2, /--json takes no value/],
    [pc, ['rotate', pc.key.id, '--overlap', 'soon', '--yes'], 2, /^keylatch: --overlap: use 1h, 7d/],
    [pc, ['list', '--limit', '0'], 2, /^keylatch: --limit: use a whole number from 1\./],
    [pc, ['create', '--scope', 'keys:read', '--expires', '20 years'], 1, /--expires is more than 10 years away/],
    [pc, ['list', '--base-url', `${server.url}/v1`], 1, /The address was http:\/\/127\.0\.0\.1:\d+\/v1; check that --base-url is that of the service\./],
    [pc, ['create', '--provider', 'conduce', '--base-url', server.url, '--expires', '30d'], 2, /^keylatch: --expires: Conduce has no expiry for keys\./],
    [pc, ['create', '--provider', 'conduce', '--base-url', server.url, '--scope', 'x'], 2, /^keylatch: --scope: Conduce has no scopes\./],
    [pc, ['rotate', 'x', '--provider', 'modelon', '--base-url', server.url, '--overlap', '1h'], 2, /^keylatch: --overlap: Modelon Impact ends the old key at once/],
    [pc, ['list', '--base-url', 'not a url'], 2, /^keylatch: --base-url: it is no address/],
    [pc, ['list', '--base-url', `${server.url}?token=hidden`], 2, /^keylatch: --base-url: it must not have a query or a fragment\.\n$/],
    [pc, ['login', '--user', 'kim@example.com'], 2, /^keylatch: --user: .*keylatch create --user/],
    [pc, ['list', '--base-url', 'http://keys:8787'], 2, /is not https.*ssh -L/],
    [pc, ['list', '--provider', 'acme'], 2, /Use one of .*, or a \.json file that declares another\.\n$/],
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
  const explained = await elsewhere.keylatch(['resolve', '--explain']);
  assert.deepEqual([explained.code, explained.err], [3, 'keylatch: No key for keylatch was found.\n'], 'what was tried stands there once');
  const { err } = await elsewhere.keylatch(['list', '--json']);
  const { error } = JSON.parse(err);
  assert.deepEqual([error.code, error.tried[0].reason], ['no_credential', 'env_unset']);
});

test('why a service was not reached is told, to people and to programs', async (t) => {
  const pc = await at(t);
  const port = await freePort();
  const silent = createSocketServer((socket) => socket.end('SSH-2.0-none\r\n')).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  for (const [address, code, words] of [
    [`http://127.0.0.1:${port}`, 'ECONNREFUSED', 'nothing listens there'],
    [`http://no-such-name.localhost.invalid`, '', 'is not https'],
    ['https://no-such-name.invalid', /^(ENOTFOUND|EAI_AGAIN)$/, ''],
    [server.url.replace('http', 'https'), /^(ERR_SSL_\w+|EPROTO)$/, 'does not speak TLS'],
    [`http://127.0.0.1:${silent.address().port}`, /^HPE_/, 'does not speak HTTP'],
  ]) {
    const run = await pc.keylatch(['list', '--base-url', address, '--json']);
    const { error } = JSON.parse(run.err);
    assert.ok(error.message.includes(words), run.err);
    if (code) assert.match(error.cause.code, new RegExp(code));
    assert.doesNotMatch(run.err, /allowInsecure/);
  }
});

test('nobody is told of a key that may be alive where the request never left', async (t) => {
  const pc = await at(t);
  for (const address of [`http://127.0.0.1:${await freePort()}`, 'http://127.0.0.1:6000']) {
    const run = await pc.keylatch(['create', '--name', 'x', '--base-url', address, '--json']);
    assert.deepEqual([run.code, run.out, JSON.parse(run.err).error.code], [1, '', 'network_error'], run.err);
  }
});

/** A port on which nothing listens. */
async function freePort() {
  const server = createSocketServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

test('a key on the command line is warned of, and no message repeats it', async (t) => {
  const pc = await at(t);
  const secret = (await keys.create(managing('inline'))).secret.reveal();
  const inline = await ok(pc, ['whoami', `--api-key=${secret}`]);
  assert.match(inline.err, /process lists/);
  assert.doesNotMatch((await ok(pc, ['whoami', '--api-key', '-'], { input: `${secret}\n` })).err, /process lists/);
  const named = await pc.keylatch(['create', '--name', `x ${secret}`]);
  assert.deepEqual([named.code, named.err], [2, 'keylatch: --name: that is, or holds, a key. It would be stored and shown as it is.\n']);
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
  for (const args of [['delete', secret], ['delete', '-', `Bearer ${secret}`], ['revoke', '-', `\uFEFF${secret.slice(0, -1)}`], ['revoke', secret], ['revoke', secret.slice(0, -4)], ['rotate', secret], ['revoke', `${secret} `], ['rotate', `Bearer ${secret}`], ['delete', secret, '--provider', 'conduce'], ['delete', secret, '--provider', 'modelon']]) {
    const [name, id, ...more] = args;
    const typed = id === '-' ? more.splice(0) : [''];
    const { code, out, err } = await pc.keylatch([name, id, ...more, ...there], { input: typed[0] });
    assert.deepEqual([code, out], [2, ''], args[0]);
    assert.match(err, id === '-' ? /"Bearer" is how a key is sent|has a length of/ : /(whole|most of a) key\. Give the id that keylatch list shows/);
    assert.ok(!err.includes(secret), err);
  }
  assert.deepEqual(asked, []);
});

test('a key is found by its id, its name, its last four characters, or itself, and never by guessing', async (t) => {
  const pc = await at(t);
  const make = async (name) => {
    const { key, secret } = await keys.create(managing(name));
    return { id: key.id, masked: key.masked, secret: secret.reveal() };
  };
  const status = async ({ id }) => (await keys.get(id)).status;
  const [byId, byName, byTail, byMask, bySelf] = await Promise.all(['one', 'the laptop', 'three', 'four', 'five'].map(make));
  for (const [made, given, input] of [[byId, byId.id], [byName, 'the laptop'], [byTail, byTail.masked.slice(-4)], [byMask, byMask.masked], [bySelf, '-', `\uFEFF${bySelf.secret}\r\n`]]) {
    assert.match((await ok(pc, ['revoke', given, '--yes'], { input })).err, /^Revoked the key/, given);
    assert.equal(await status(made), 'revoked', given);
  }
  // Of two with one name the one is meant that the command can do something with; else nobody guesses.
  const [first, second] = [await make('twin'), await make('twin')];
  const unclear = await pc.keylatch(['revoke', 'twin', '--yes']);
  assert.equal(unclear.code, 2);
  for (const { id } of [first, second]) assert.ok(unclear.err.includes(id), unclear.err);
  await ok(pc, ['revoke', first.id, '--yes']);
  assert.deepEqual([await status(first), await status(second)], ['revoked', 'active']);
  await ok(pc, ['delete', 'twin', '--yes']);
  const rotated = await json(pc, ['rotate', 'twin', '--yes']);
  assert.deepEqual([await status(second), rotated.key.name], ['revoked', 'twin']);
  for (const unknown of ['nothing', 'key_unknown', '0000', 'lapto']) {
    const { code, err } = await pc.keylatch(['revoke', unknown, '--yes']);
    assert.equal(code, 1, err);
    assert.match(err, /no key with this id, name or last four characters/);
  }
});

test('a list is as long as was asked for, and a filter that fits nothing proposes no new key', async (t) => {
  const pc = await at(t);
  for (const name of ['limited 1', 'limited 2', 'limited 3']) await keys.create({ name });
  const lines = async (...args) => (await ok(pc, ['list', '--search', 'limited', ...args]));
  assert.equal((await json(pc, ['list', '--search', 'limited', '--limit', '2'])).keys.length, 2);
  const two = await lines('--limit', '2');
  assert.deepEqual([two.out.trim().split('\n').length, two.err], [3, 'There are more than these 2.\n']);
  assert.equal((await lines('--limit', '3')).err, '');
  assert.equal((await ok(pc, ['list', '--search', 'no such name'])).err, 'No keys like that.\n');
});

test('on a terminal a list is as wide as it, and a long name is shortened', async (t) => {
  const pc = await at(t);
  const name = `${'日本語 '.repeat(24)}end`;
  await keys.create({ name });
  const list = async (size) => {
    const terminal = pc.terminal(`stty ${size} && '${process.execPath}' '${CLI}' list --search 日本語`, { NO_COLOR: '1' });
    assert.equal(await terminal.ends(), 0, terminal.screen);
    return terminal.screen.trimEnd().split('\r\n');
  };
  const narrow = await list('cols 130');
  assert.deepEqual(narrow.map((line) => width(line) <= 130), [true, true], narrow.join('\n'));
  assert.match(narrow[1], /… {2}kl_test_…/);
  assert.ok((await list('cols 300'))[1].includes(name));
  assert.ok((await ok(pc, ['list', '--search', '日本語'])).out.includes(name), 'a program gets all of it');
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
  for (const [env, coloured] of [[{}, true], [{ NO_COLOR: '1' }, false], [{ TERM: 'dumb' }, false], [{ FORCE_COLOR: '0' }, false], [{ FORCE_COLOR: '1', TERM: 'dumb' }, true], [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false]]) {
    const terminal = pc.terminal(command, env);
    assert.equal(await terminal.ends(), 0);
    assert.equal(/\x1b\[\d+m/.test(terminal.screen), coloured, JSON.stringify(env));
  }
  assert.doesNotMatch((await ok(pc, ['list'])).out, /\x1b/);
  assert.match((await pc.keylatch(['list'], { env: { FORCE_COLOR: '1' } })).out, /\x1b\[2mID/);
  assert.doesNotMatch((await pc.keylatch(['list', '--json'], { env: { FORCE_COLOR: '1' } })).out, /\x1b/);
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
      assert.equal(error, undefined, `${shell} could not be started. “cargo xtask test command” installs it.`);
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

