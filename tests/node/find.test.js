// identify, extract and redact, as they are typed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';

import { CLI, computer } from './support/computer.js';

const KEY = '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';
const ID = 'AKIAQ3EGRIT3VZ2M7XKN';

test('identify says which services a key could belong to', async (t) => {
  const pc = await computer(t);
  const told = await pc.keylatch(['identify'], { input: `${KEY}\n` });
  assert.equal(told.code, 0);
  assert.match(told.out, /^SERVICE .*\ngithub +personal-access-token-classic +secret +documented$/m);
  assert.ok(!told.out.includes(KEY));
  const { masked, services } = JSON.parse((await pc.keylatch(['identify', '--json'], { input: ID })).out);
  assert.equal(masked, '…7XKN');
  assert.deepEqual([services[0].provider, services[0].purpose], ['aws', 'identifier']);
  assert.match((await pc.keylatch(['identify'], { input: ID })).out, /^This is an identifier: /m);
  assert.equal((await pc.keylatch(['identify'], { input: 'hello' })).code, 1);
  for (const [input, said] of [['', 'There is no key here. Paste the whole key.'], ['None', 'This is a placeholder and not a key'], ['two words', 'There is white space inside the key.']]) {
    const none = await pc.keylatch(['identify'], { input });
    assert.deepEqual([none.code, none.out.startsWith(said)], [1, true], none.out);
  }
});

test('identify finds the key in what was pasted, if there is one', async (t) => {
  const pc = await computer(t);
  const told = await pc.keylatch(['identify'], { input: `export GITHUB_TOKEN="${KEY}"\n` });
  assert.equal(told.code, 0);
  assert.match(told.out, /^The key in it is ghp_…Lq17\.\nSERVICE .*\ngithub +personal-access-token-classic /m);
  const { masked, services } = JSON.parse((await pc.keylatch(['identify', '--json'], { input: `curl -H "X: ${KEY}"` })).out);
  assert.deepEqual([masked, services[0].provider], ['ghp_…Lq17', 'github']);
  // Of two keys neither is meant.
  assert.equal((await pc.keylatch(['identify'], { input: `${KEY} ${ID}` })).code, 1);
});

test('a directory in place of a text is an error, and not a text without keys', async (t) => {
  const pc = await computer(t, { KEYLATCH_URL: 'http://127.0.0.1:1' });
  for (const command of ['extract', 'redact', 'identify', 'check', 'headers --api-key -']) {
    const { code, err } = await pc.shell(`keylatch ${command} < .`);
    assert.notEqual(code, 0, command);
    assert.match(err, /^keylatch: Standard input is a directory\. Give a file\.$/m, command);
  }
});

test('extract tells places and never a key; its exit code serves in a hook', async (t) => {
  const pc = await computer(t);
  const input = `+++ b/.env\n+é TOKEN=${KEY}\n+ID=${ID}\n`;
  const told = await pc.keylatch(['extract'], { input });
  assert.equal(told.code, 1);
  assert.deepEqual(told.out.trimEnd().split('\n'), ['2:10  ghp_…Lq17  github personal-access-token-classic', '3:5  …7XKN  aws access-key-long-term (identifier)']);
  const json = await pc.keylatch(['extract', '--json'], { input });
  assert.ok(!json.out.includes(KEY));
  const { keys } = JSON.parse(json.out);
  assert.deepEqual(keys.map(({ line, column, index, length }) => [line, column, index, length]), [[2, 10, 20, 40], [3, 5, 65, 20]]);
  assert.equal((await pc.keylatch(['extract'], { input: `ID=${ID}\n` })).code, 0);
  assert.equal((await pc.keylatch(['extract'], { input: 'nothing\n' })).code, 0);
  await pc.write('a.env', `K=${KEY}`);
  const file = await pc.keylatch(['extract', pc.at('a.env')]);
  assert.ok(file.out.endsWith('a.env:1:3  ghp_…Lq17  github personal-access-token-classic\n'));
  // PowerShell writes so by `>`.
  await writeFile(pc.at('wide.log'), Buffer.from(`\ufeffK=${KEY}\r\n`, 'utf16le'));
  assert.match((await pc.keylatch(['extract', pc.at('wide.log')])).out, /wide\.log:1:3 {2}ghp_…Lq17/);
  // And adds so by `>>`, without a mark, to a file that was written in UTF-8 before.
  const wide = Buffer.from(`A=1\r\nK=${KEY}\r\n`, 'utf16le');
  for (const [bytes, line] of [[Buffer.concat([Buffer.from('# UTF-8\r\n'), wide]), 3], [wide, 2], [Buffer.from(wide).swap16(), 2]]) {
    await writeFile(pc.at('wide.env'), bytes);
    const found = await pc.keylatch(['extract', pc.at('wide.env')]);
    assert.deepEqual([found.code, found.out.split('\n').length], [1, 2], found.out);
    assert.ok(found.out.includes(`wide.env:${line}:`) && found.out.includes('ghp_…Lq17'), found.out);
  }
  const several = await pc.keylatch(['extract', pc.at('none'), pc.at('a.env'), pc.at('nothing')]);
  assert.deepEqual([several.code, several.out], [1, file.out]);
  assert.match(several.err, /none cannot be read \(ENOENT\)\. .*nothing cannot be read \(ENOENT\)\.$/m);
  assert.equal((await pc.keylatch(['extract', pc.at('none')])).code, 1);
});

test('redact copies its input without keys', async (t) => {
  const pc = await computer(t);
  assert.equal((await pc.keylatch(['redact'], { input: `é ${KEY}\nx` })).out, 'é ghp_[redacted]\nx');
  assert.equal((await pc.keylatch(['redact', '--keep', 'mask'], { input: KEY })).out, 'ghp_…Lq17');
  assert.equal((await pc.keylatch(['redact', '--keep', 'all'])).code, 2);
  const long = 'line of a log\n'.repeat(100_000);
  assert.equal((await pc.keylatch(['redact'], { input: long + KEY })).out, `${long}ghp_[redacted]`);
});

test('a key that is escaped, as in an address, is found and redacted too', async (t) => {
  const pc = await computer(t);
  const input = `GET /?next=%3Fkey%3D${KEY.replace('_', '%255F')}%26a\n"https:\\/\\/e.com\\/${KEY.replace('_', '\\u005f')}"\n`;
  const told = await pc.keylatch(['extract'], { input });
  assert.deepEqual(told.out.trimEnd().split('\n'), ['1:21  ghp_…Lq17  github personal-access-token-classic', '2:19  ghp_…Lq17  github personal-access-token-classic']);
  const [{ index, length }] = JSON.parse((await pc.keylatch(['extract', '--json'], { input })).out).keys;
  assert.equal(input.slice(index, index + length), KEY.replace('_', '%255F'));
  assert.equal((await pc.keylatch(['redact'], { input })).out, 'GET /?next=%3Fkey%3Dghp_[redacted]%26a\n"https:\\/\\/e.com\\/ghp_[redacted]"\n');
});

test('redact writes each line as soon as it is whole', async (t) => {
  const child = spawn(process.execPath, [CLI, 'redact'], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  child.stdout.setEncoding('utf8');
  const seen = (text) => new Promise((resolve) => {
    let all = '';
    child.stdout.on('data', function more(part) {
      all += part;
      if (all !== text) return;
      child.stdout.off('data', more);
      resolve();
    });
  });
  for (const line of ['one\n', `two ${KEY}\n`, 'three\n']) {
    const shown = seen(line.replace(KEY, 'ghp_[redacted]'));
    // The input goes on: nothing but the end of the line lets it out.
    child.stdin.write(line);
    await shown;
  }
  child.stdin.end();
});

test('a reader that has had enough ends it, and bytes that are no text stay as they are', async (t) => {
  const lines = `a ${KEY}\n`.repeat(20_000);
  for (const [name, code] of [['redact', 0], ['extract', 1]]) {
    const child = spawn(process.execPath, [CLI, name], { stdio: ['pipe', 'pipe', 'pipe'] });
    t.after(() => child.kill());
    let told = '';
    child.stderr.on('data', (part) => (told += part));
    child.stdin.on('error', () => {});
    child.stdin.end(lines);
    child.stdout.once('data', () => child.stdout.destroy());
    assert.deepEqual([await new Promise((resolve) => child.once('exit', resolve)), told], [code, '']);
  }
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 2_654_435_761) >>> 11));
  const child = spawn(process.execPath, [CLI, 'redact'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const parts = [];
  child.stdout.on('data', (part) => parts.push(part));
  child.stdin.end(bytes);
  await new Promise((resolve) => child.once('close', resolve));
  assert.ok(Buffer.concat(parts).equals(bytes));
});

test('check offers the repair, masked', async (t) => {
  const pc = await computer(t);
  const input = `curl -H "Authorization: Bearer ${KEY}"`;
  const told = await pc.keylatch(['check', '--provider', 'github'], { input });
  assert.equal(told.code, 1);
  assert.match(told.out, /The key in it is ghp_…Lq17\./);
  assert.ok(!told.out.includes(KEY));
  assert.equal(JSON.parse((await pc.keylatch(['check', '--provider', 'github', '--json'], { input })).out).fixed, 'ghp_…Lq17');
  // A key of another service, and one that is no secret.
  assert.match((await pc.keylatch(['check'], { input: KEY })).out, /^It does look like a key for github\.$/m);
  const publishable = await pc.keylatch(['check', '--provider', 'stripe'], { input: 'pk_live_4eC39HqLyjWDarjtT1zdp7dc' });
  assert.deepEqual([publishable.code, publishable.out.split('\n')[1].startsWith('This is a publishable key')], [0, true], publishable.out);
});
