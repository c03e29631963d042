// One writer at a time, over processes: a file that only one of them can make.

import { randomBytes } from 'node:crypto';
import { open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { fileFailed, notice } from './core.js';
import { display } from './paths.js';

/** Longer than any holder needs; the longest renews a login meanwhile. */
const PATIENCE = 45_000;
/** A lock that is older belongs to nobody, whatever its process id says. */
const STALE = 120_000;

/**
 * @template T
 * @param {string} path of the file that is locked
 * @param {() => Promise<T>} work
 */
export async function locked(path, work) {
  const lock = `${path}.lock`;
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), nonce: randomBytes(8).toString('hex') });
  await acquire(lock, mine, path);
  try {
    return await work();
  } finally {
    // Not if it was taken for stale meanwhile, and is another's now.
    if ((await readFile(lock, 'utf8').catch(() => '')) === mine) await unlink(lock).catch(() => {});
  }
}

/** @param {string} lock @param {string} mine @param {string} path */
async function acquire(lock, mine, path) {
  const start = Date.now();
  for (;;) {
    try {
      const file = await open(lock, 'wx', 0o600);
      try {
        await file.writeFile(mine);
      } finally {
        await file.close();
      }
      return;
    } catch (thrown) {
      if (/** @type {any} */ (thrown).code !== 'EEXIST') throw thrown;
    }
    await discardIfDead(lock);
    if (Date.now() - start > PATIENCE) throw fileFailed(notice('file_locked', display(path), display(lock)));
    await sleep(5 + Math.random() * 20);
  }
}

/** Removes the lock of a process that died with it. @param {string} lock */
async function discardIfDead(lock) {
  const held = await readFile(lock, 'utf8').catch(() => undefined);
  const found = await stat(lock).catch(() => undefined);
  if (held === undefined || !found) return;
  if (Date.now() - found.mtimeMs < STALE && !isDead(held, Date.now() - found.mtimeMs)) return;
  // Only one of several can move it away; if that was another one's fresh lock,
  // its owner notices by the content.
  const aside = `${lock}.${randomBytes(4).toString('hex')}`;
  if ((await readFile(lock, 'utf8').catch(() => undefined)) !== held) return;
  await rename(lock, aside).then(() => unlink(aside), () => {});
}

/** @param {string} held @param {number} age in milliseconds */
function isDead(held, age) {
  let owner;
  try {
    owner = JSON.parse(held);
  } catch {
    return age > 2_000; // Made, and not yet written to; or never.
  }
  if (owner?.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (thrown) {
    return /** @type {any} */ (thrown).code === 'ESRCH';
  }
}
