// keylatch run: another program, with the key in its environment.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CLI, computer } from './support/computer.js';

const KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
const show = (...names) => [process.execPath, '-e', `process.stdout.write(${names.map((name) => `(process.env.${name} ?? '-')`).join(" + ' ' + ")})`];

test('a program finds key and address where the service\'s own clients look', async (t) => {
  const pc = await computer(t);
  await pc.write('.env', `KEYLATCH_API_KEY=${KEY}\nKEYLATCH_URL=https://keys.example.com\nLC_API_KEY=luminary-1\n`);
  for (const [options, names, found] of [
    [[], ['KEYLATCH_API_KEY', 'KEYLATCH_URL'], `${KEY} https://keys.example.com`],
    [['--provider', 'luminary'], ['LC_API_KEY', 'LC_DOMAIN'], 'luminary-1 -'],
    [['-p', 'luminary', '--base-url', 'https://other.example'], ['LC_API_KEY', 'LC_DOMAIN', 'HOME'], `luminary-1 https://other.example ${pc.home}`],
  ]) {
    const run = await pc.keylatch(['run', ...options, '--', ...show(...names)]);
    assert.deepEqual([run.code, run.out, run.err], [0, found, '']);
  }
  const given = await pc.keylatch(['run', '--api-key', '-', '-p', 'lambda', '--', ...show('LAMBDA_API_KEY')], { input: 'lambda-key-1\n' });
  assert.deepEqual([given.code, given.out], [0, 'lambda-key-1'], given.err);
});

test('what stands behind the dashes is the program\'s, and its exit code is ours', async (t) => {
  const pc = await computer(t, { KEYLATCH_API_KEY: KEY });
  const args = await pc.keylatch(['run', '--', process.execPath, '-e', 'console.log(process.argv.slice(1).join())', '--', '--help', '--json', '-', '-u', '-']);
  assert.deepEqual([args.code, args.out], [0, '--help,--json,-,-u,-\n'], args.err);
  assert.equal((await pc.keylatch(['run', '--', process.execPath, '-e', 'process.exit(7)'])).code, 7);
  assert.equal((await pc.keylatch(['run', '--', process.execPath, '-e', 'process.kill(process.pid, "SIGTERM")'])).code, 143);
  const input = await pc.keylatch(['run', '--', process.execPath, '-e', 'process.stdin.pipe(process.stdout)'], { input: 'through' });
  assert.equal(input.out, 'through');
});

test('a program that cannot be run, or would get no key, is told of', async (t) => {
  const pc = await computer(t, { KEYLATCH_API_KEY: KEY });
  await pc.write('plain.txt', 'no program');
  for (const [args, code, says] of [
    [['run', '--', 'no-such-program'], 127, /^keylatch: There is no such program\.\n$/],
    [['run', '--', pc.at('plain.txt')], 126, /cannot be started \(EACCES\)/],
    [['run'], 2, /usage: keylatch run \[options\] -- <program>/],
    [['run', '--provider', 'conduce', '--', 'true'], 2, /^keylatch: --provider: Conduce reads no environment variable/],
    [['run', '--provider', 'luminary', '--', 'true'], 3, /LC_API_KEY is not set/],
    [['run', 'ls', '-l'], 2, /Unknown option '-l'/],
  ]) {
    const run = await pc.keylatch(args);
    assert.deepEqual([run.code, run.out], [code, ''], run.err);
    assert.match(run.err, says);
    assert.ok(!run.err.includes(KEY));
  }
});

test('Ctrl-C is the program\'s to answer', async (t) => {
  const pc = await computer(t, { KEYLATCH_API_KEY: KEY });
  await pc.write('wait.mjs', "process.on('SIGINT', () => { console.log('ended well'); process.exit(5); }); console.log('waits'); setInterval(() => {}, 1000);");
  const terminal = pc.terminal(`exec '${process.execPath}' '${CLI}' run -- '${process.execPath}' wait.mjs`);
  await terminal.sees('waits');
  terminal.types('\x03');
  await terminal.sees('ended well');
  assert.equal(await terminal.ends(), 5);
});
