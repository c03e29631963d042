// A person at a terminal: what they type is not shown, and kept only when the
// service has accepted it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { KeyClient } from '../../pkg/dist/node/index.js';
import { DEMO, startServer } from '../browser/support/server.js';
import { CLI, computer } from './support/computer.js';

const STORE = '~/.config/keylatch/credentials.json';

let server;
let keys;
before(async () => {
  server = await startServer();
  keys = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...DEMO });
});
after(() => server?.stop());

const newKey = async () => (await keys.create({ name: 'typed', scopes: ['keys:read', 'keys:write'] })).secret.reveal();
const at = (t) => computer(t, { KEYLATCH_URL: server.url });
const keylatch = `'${process.execPath}' '${CLI}'`;

test('a key is typed unseen, asked for again when it is refused, and stored once it is accepted', async (t) => {
  const pc = await at(t);
  const [wrong, right] = [kl(), await newKey()];
  const terminal = pc.terminal(`${keylatch} login`);
  await terminal.sees('API key for keylatch: ');
  terminal.types(`${wrong}\r`);
  await terminal.sees('keylatch did not accept that key. Try again.');
  await terminal.sees('API key for keylatch: ');
  terminal.types(`Bearer ${right}\r`);
  await terminal.sees('"Bearer" is how a key is sent and not a part of it. Remove it. Try again.');
  await terminal.sees('API key for keylatch: ');
  await assert.rejects(pc.read(STORE), { code: 'ENOENT' });
  // Typed and pasted in pieces, with arrow keys, a word taken back, and an end of line that came along.
  terminal.types('rubbish\x15');
  terminal.types(`${right.slice(0, 10)}x\x7f\x1b[D`);
  terminal.types(`\x1b[20`);
  terminal.types(`0~${right.slice(10)}\x1b[201~\r`);
  await terminal.sees(`Stored in ${STORE}`);
  assert.equal(await terminal.ends(), 0);
  for (const secret of [wrong, right, right.slice(12)]) assert.ok(!terminal.screen.includes(secret), 'nothing of it is on the screen');
  assert.equal(JSON.parse(await pc.read(STORE)).profiles.default.keylatch.key, right);
  assert.equal(await pc.mode(STORE), '600');
});

/** A key with the right form that no server knows. */
function kl() {
  return 'kl_live_sAGeV69ZBlu9YwP9D8NYhg182wef8e0T70UP';
}

test('a prompt that nobody waits for any more ends, and gives the terminal back', async (t) => {
  const pc = await at(t);
  await pc.write('ask.mjs', `
    import { resolveKey } from ${JSON.stringify(new URL('../../pkg/dist/node/node.js', import.meta.url).href)};
    const controller = new AbortController();
    process.once('SIGUSR2', () => controller.abort());
    console.log('process ' + process.pid);
    await resolveKey('keylatch', { interactive: 'prompt', signal: controller.signal }).catch(({ code }) => console.log('it was', code));
  `);
  const terminal = pc.terminal(`'${process.execPath}' ask.mjs; stty -a | grep -o ' [-]*echo '`);
  await terminal.sees('API key for keylatch: ');
  process.kill(Number(/process (\d+)/.exec(terminal.screen)[1]), 'SIGUSR2');
  await terminal.sees('it was aborted');
  await terminal.sees(' echo ');
  assert.equal(await terminal.ends(), 0);
});

test('a prompt that is killed gives the terminal back', async (t) => {
  const pc = await at(t);
  const node = JSON.stringify(new URL('../../pkg/dist/node/node.js', import.meta.url).href);
  await pc.write('ask.mjs', `console.log('process ' + process.pid + '.'); await (await import(${node})).resolveKey('keylatch', { interactive: 'prompt' });`);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGINT']) {
    const terminal = pc.terminal(`ulimit -c 0; '${process.execPath}' ask.mjs; stty -a | grep -o ' [-]*echo '`);
    await terminal.sees('API key for keylatch: ');
    process.kill(Number(/process (\d+)\./.exec(terminal.screen)[1]), signal);
    await terminal.sees(' echo ');
    assert.equal(await terminal.ends(), 0, signal);
  }
});

test('a key that is to be ended is typed unseen, and its end is confirmed', async (t) => {
  for (const command of ['revoke', 'delete']) {
    const pc = await at(t);
    const key = await newKey();
    const terminal = pc.terminal(`KEYLATCH_API_KEY=${await newKey()} ${keylatch} ${command} -`);
    await terminal.sees('The key: ');
    terminal.types(`${key}\r`);
    await terminal.sees('[y/N] ');
    terminal.types('n\r');
    await terminal.sees('Nothing was changed.');
    assert.ok(!terminal.screen.includes(key), 'it is not on the screen');
    await terminal.ends();
  }
});

test('after three refusals it is over, and nothing is stored', async (t) => {
  const pc = await at(t);
  const terminal = pc.terminal(`${keylatch} login`);
  for (let i = 0; i < 3; i += 1) {
    await terminal.sees('API key for keylatch: ');
    terminal.types('kl_test_short\r');
  }
  assert.equal(await terminal.ends(), 3);
  await assert.rejects(pc.read(STORE), { code: 'ENOENT' });
});

test('nobody is asked for a key that could not be kept, nor for a key by a user who is one', async (t) => {
  const pc = await at(t);
  await pc.write(STORE, '{ broken');
  const terminal = pc.terminal(`${keylatch} login`);
  assert.equal(await terminal.ends(), 1);
  assert.match(terminal.screen, /credentials\.json is not understood: it is not JSON/);
  assert.doesNotMatch(terminal.screen, /API key for/);
  const key = await newKey();
  const refused = pc.terminal(`${keylatch} list --user ${key}`);
  assert.equal(await refused.ends(), 2);
  assert.ok(!refused.screen.includes(key), refused.screen);
  assert.match(refused.screen, /--user: that is, or holds, a key/);
});

test('the question reaches the person when standard output goes elsewhere, and the key is all that does', async (t) => {
  const pc = await at(t);
  const terminal = pc.terminal(`${keylatch} create --user ${DEMO.user} --name piped > key.txt`);
  await terminal.sees(`Password for ${DEMO.user}`);
  terminal.types(`${DEMO.password}\r`);
  assert.equal(await terminal.ends(), 0);
  assert.match(await pc.read('key.txt'), /^kl_test_[0-9A-Za-z]{36}\n$/);
  assert.ok(!terminal.screen.includes(DEMO.password) && !terminal.screen.includes((await pc.read('key.txt')).trim()));
});

test('Ctrl-C ends it with 130 and the terminal shows again what is typed', async (t) => {
  const pc = await at(t);
  const terminal = pc.terminal(`${keylatch} login; echo "code $?"; stty -a | grep -o ' [-]*echo '; read line; echo "read $line"`);
  await terminal.sees('API key for keylatch: ');
  terminal.types('half a k\x03');
  await terminal.sees('code 130');
  await terminal.sees(' echo ');
  terminal.types('visible\r');
  await terminal.sees('visible');
  await terminal.sees('read visible');
  await terminal.ends();
  assert.ok(!terminal.screen.includes('half a k'));
});

test('without a terminal it is refused clearly', async (t) => {
  const pc = await at(t);
  for (const [args, says] of [[['login'], /there is no terminal to ask on\nGive the key by standard input/], [['create', '--user', DEMO.user], /no terminal to ask on/]]) {
    const { code, err, out } = await pc.keylatch(args);
    assert.deepEqual([code, out], [3, ''], err);
    assert.match(err, says);
  }
});

test('what cannot be undone is asked first, by name', async (t) => {
  const pc = await at(t);
  const { key, secret } = await keys.create({ name: 'to be revoked', scopes: ['keys:read', 'keys:write'] });
  await pc.write('.env', `KEYLATCH_API_KEY=${secret.reveal()}\n`);
  const without = await pc.keylatch(['revoke', key.id]);
  assert.deepEqual([without.code, without.out], [2, '']);
  for (const [answer, code, status] of [['n', 1, 'active'], ['', 1, 'active'], ['yes', 0, 'revoked']]) {
    const terminal = pc.terminal(`${keylatch} revoke ${key.id}`);
    await terminal.sees('"to be revoked"');
    await terminal.sees('[y/N]');
    terminal.types(`${answer}\r`);
    assert.equal(await terminal.ends(), code, answer);
    assert.equal((await keys.get(key.id)).status, status, answer);
    if (code) assert.match(terminal.screen.replaceAll('\r', ''), /\nNothing was changed\.\n$/);
    assert.doesNotMatch(terminal.screen, /aborted/);
  }
});
