// One writer at a time: whose lock counts, and that only one removes a dead one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { CASE } from '../limits.js';
import '../sources.js';

const { locked } = await import('../../pkg/node/lock.js');

/** No process has a number so high. */
const NOBODY = 2 ** 22 + 1;

/** A file's path in a directory of its own, and its lock as a process has left it. */
async function left(t, text, seconds = 0) {
  const directory = await mkdtemp(join(tmpdir(), 'keylatch-lock-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'key');
  await writeFile(`${path}.lock`, text);
  const time = Date.now() / 1000 - seconds;
  await utimes(`${path}.lock`, time, time);
  return path;
}

const lock = (pid, host = hostname()) => JSON.stringify({ pid, host, nonce: 'theirs' });

/** Whether it can be had, which `free` expects; then nothing is left of it. */
async function isFree(path, free) {
  const signal = AbortSignal.timeout(free ? CASE : 500);
  const had = await locked(path, async () => true, signal).catch(({ code }) => code !== 'aborted' && code);
  if (had === true) assert.deepEqual((await readdir(join(path, '..'))).filter((name) => name.startsWith('.') || name.endsWith('.lock')), []);
  return had;
}

test('a lock counts as long as its process may live', async (t) => {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)']);
  t.after(() => child.kill());
  await once(child.stdout, 'data');
  for (const [what, text, seconds, free] of [
    ['of a process that is gone', lock(NOBODY), 0, true],
    ['of this process', lock(process.pid), 0, false],
    ['of another process', lock(child.pid), 0, false],
    ['of another computer', lock(NOBODY, 'elsewhere'), 0, false],
    ['of another computer, long ago', lock(NOBODY, 'elsewhere'), 121, true],
    // An hour ahead, as if no time passed.
    ['just made and not written to', '', -3600, false],
    ['made and never written to', '', 3, true],
    ['of nobody\'s making', 'what?', 3, true],
  ]) {
    assert.equal(await isFree(await left(t, text, seconds), free), free, what);
  }
});

test('a process that has the number of a dead one does not hold its lock', async (t) => {
  // Elsewhere the system does not say when a process started.
  const free = process.platform === 'linux';
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)']);
  t.after(() => child.kill());
  await once(child.stdout, 'data');
  assert.equal(await isFree(await left(t, lock(child.pid), 60), free), free);
  // As the first process of a container that was restarted: that is we ourselves.
  assert.equal(await isFree(await left(t, lock(process.pid), process.uptime() + 60), free), free);
});

test('of two who find a dead lock, the slower one leaves the new lock of the faster alone', async (t) => {
  const path = await left(t, lock(NOBODY));
  const { open } = fs;
  let resume;
  const paused = new Promise((done) => (resume = done));
  let isFirst = true;
  let tries = 0;
  fs.open = async (file, ...more) => {
    // The slower one has seen that the lock is dead, and is about to remove it.
    if (String(file).endsWith('.tmp') && isFirst) {
      isFirst = false;
      await paused;
    }
    if (String(file) === `${path}.lock`) tries += 1;
    return open(file, ...more);
  };
  syncBuiltinESMExports();
  t.after(() => {
    fs.open = open;
    syncBuiltinESMExports();
  });
  let inside = 0;
  let isAwaited = true;
  const work = async () => {
    inside += 1;
    assert.equal(inside, 1);
    const mine = await readFile(`${path}.lock`, 'utf8');
    resume();
    // The first of them stays until the other has found it taken three times.
    for (const before = tries; isAwaited && tries < before + 3; ) await new Promise((done) => setImmediate(done));
    isAwaited = false;
    assert.equal(await readFile(`${path}.lock`, 'utf8').catch(() => 'gone'), mine);
    inside -= 1;
  };
  const slow = locked(path, work);
  const fast = locked(path, work);
  // The slower one, alone at last, waits for nobody.
  await Promise.all([fast, slow.catch((error) => assert.fail(error))]);
  assert.deepEqual(await readdir(join(path, '..')), []);
});

test('of many who find a dead lock, one at a time is in', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const path = await left(t, lock(NOBODY));
    let inside = 0;
    await Promise.all(Array.from({ length: 8 }, () => locked(path, async () => {
      inside += 1;
      await new Promise((done) => setImmediate(done));
      assert.equal(inside, 1);
      inside -= 1;
    })));
    assert.deepEqual(await readdir(join(path, '..')), []);
  }
});
