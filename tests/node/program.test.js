// A variable that names a program: a password manager's, or the system's keychain.

import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { test } from 'node:test';

import { computer } from './support/computer.js';

const KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';

const resolve = `
  try {
    const { source, secret } = await node.resolveKey('keylatch');
    return { source, key: secret.expose() };
  } catch ({ code, message, tried }) {
    return { code, message, tried: tried?.map(({ message }) => message).filter((one) => one.includes('program')) };
  }`;

test('what a program prints is the key, without the end of its line', async (t) => {
  const pc = await computer(t);
  const source = { kind: 'command', name: 'KEYLATCH_API_KEY' };
  for (const program of [`echo ${KEY}`, `printf %s ${KEY}`, `cat < key.txt | head -1`, `echo a word to the person >&2; echo ${KEY}`]) {
    await pc.write('key.txt', `${KEY}\r\nmore\n`);
    assert.deepEqual(await pc.module(resolve, { env: { KEYLATCH_API_KEY: `command:${program}` } }), { source, key: KEY }, program);
  }
});

test('a program that gives no key ends the search, and is told of by its variable', async (t) => {
  const pc = await computer(t);
  await pc.write('.env', `KEYLATCH_API_KEY=${KEY}\n`);
  const told = async (program) => {
    const { code, tried } = await pc.module(resolve, { env: { KEYLATCH_API_KEY: `command:${program}` } });
    assert.equal(code, 'no_credential');
    return tried;
  };
  const because = (why) => [`the program that KEYLATCH_API_KEY names gave no key: ${why}`];
  assert.deepEqual(await told(`echo ${KEY}; exit 3`), because('it ended with 3'));
  assert.deepEqual(await told('no-such-program-at-all'), because('it ended with 127'));
  assert.deepEqual(await told('true'), because('it printed nothing'));
  assert.deepEqual(await told('kill -9 $$'), because('it was ended by SIGKILL'));
  assert.deepEqual(await told('yes'), because('it printed more than a key'));
  const { code, message } = await pc.module(resolve, { env: { KEYLATCH_API_KEY: `command:echo ${KEY.slice(0, -1)}` } });
  assert.equal(code, 'invalid_key');
  assert.match(message, /from the program that KEYLATCH_API_KEY names/);
  assert.ok(!message.includes(KEY.slice(8, 20)));
});

test('a project names no program', async (t) => {
  const pc = await computer(t);
  await pc.write('.env', `KEYLATCH_API_KEY="command:touch ran; echo ${KEY}"\n`);
  const { code, tried } = await pc.module(resolve);
  assert.equal(code, 'no_credential');
  assert.deepEqual(tried, ['.env names a program in KEYLATCH_API_KEY, which is run only if the environment itself names it']);
  await assert.rejects(access(`${pc.cwd}/ran`), { code: 'ENOENT' });
});

test('a program that waits for ever ends with the signal of the call', async (t) => {
  const pc = await computer(t);
  const code = await pc.module(
    `
    const stop = new AbortController();
    const found = node.resolveKey('keylatch', { signal: stop.signal }).catch(({ code }) => code);
    setTimeout(() => stop.abort(), 300);
    return found;`,
    { env: { KEYLATCH_API_KEY: 'command:exec sleep 3600' } },
  );
  assert.equal(code, 'aborted');
});

test('the command takes it too', async (t) => {
  const pc = await computer(t);
  const env = { KEYLATCH_API_KEY: `command:echo ${KEY}` };
  const told = await pc.keylatch(['headers', '--provider', 'keylatch'], { env });
  assert.equal(told.code, 0, told.err);
  assert.ok(told.out.includes(`Bearer ${KEY}`));
});
