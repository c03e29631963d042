// A lock between processes: a file that only one of them can create.

import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { failure } from '../core/errors.js';
import { fileFailed, notice } from './core.js';
import { display } from './paths.js';
import { startOf } from './process.js';

/** Longer than any holder needs; the longest renews a login meanwhile. */
const PATIENCE = 25_000;
/** An older lock is stale, even if a process with its id runs. */
const STALE = 120_000;
/** An empty lock this old is stale: the process that created it died before it wrote to it. */
const UNWRITTEN = 2_000;
/** The system tells when a process started less exactly than when a file changed. */
const MARGIN = 1_500;

/**
 * @template T
 * @param {string} path of the file that is locked
 * @param {() => Promise<T>} work
 * @param {AbortSignal} [signal] ends the waiting, not the work
 */
export async function locked(path, work, signal) {
  const lock = `${path}.lock`;
  const mine = token();
  await acquire(lock, mine, path, signal);
  try {
    return await work();
  } finally {
    // Not if it was taken for stale meanwhile, and is another's now.
    if ((await readFile(lock, 'utf8').catch(() => '')) === mine) await unlink(lock).catch(() => {});
  }
}

const token = () => JSON.stringify({ pid: process.pid, host: hostname(), nonce: randomBytes(8).toString('hex') });

/** @param {string} lock @param {string} mine @param {string} path @param {AbortSignal} [signal] */
async function acquire(lock, mine, path, signal) {
  const start = performance.now();
  while (!(await made(lock, mine))) {
    if (signal?.aborted) throw failure('aborted');
    await discardIfDead(lock);
    if (performance.now() - start > PATIENCE) throw fileFailed(notice('file_locked', display(path), display(lock)));
    await sleep(5 + Math.random() * 20);
  }
}

/** Whether the file was made now; not, when it is there. @param {string} path @param {string} text */
async function made(path, text) {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } catch (thrown) {
      // The disk is full: a lock without an owner would make the next process wait.
      await unlink(path).catch(() => {});
      throw thrown;
    } finally {
      await file.close();
    }
    return true;
  } catch (thrown) {
    if (/** @type {NodeJS.ErrnoException} */ (thrown).code !== 'EEXIST') throw thrown;
    return false;
  }
}

/**
 * Removes a lock whose process died. Between looking at it and removing it, another process
 * may have removed it and created its own. So a second file, which only one process can
 * create, is the right to remove that one lock. Its creator looks again, and removes the lock
 * only if it is still the same.
 * @param {string} lock
 * @param {string} [name] of the file that is locked
 */
async function discardIfDead(lock, name = basename(lock, '.lock')) {
  const held = await holder(lock);
  if (!held || !isDead(held)) return;
  // Named so that what a dead process leaves of it is swept up with its other files.
  const right = join(dirname(lock), `.${name}.${held.id}.tmp`);
  if (!(await made(right, token()))) return discardIfDead(right, name);
  try {
    if ((await holder(lock))?.id === held.id) await unlink(lock).catch(() => {});
  } finally {
    await unlink(right).catch(() => {});
  }
}

/** @typedef {{ id: string, text: string, changed: number }} Holder */

/** Its holder; nothing when it is not there. @param {string} lock @returns {Promise<Holder | undefined>} */
async function holder(lock) {
  const found = await stat(lock).catch(() => undefined);
  const text = await readFile(lock, 'utf8').catch(() => undefined);
  if (!found || text === undefined) return undefined;
  const id = createHash('sha256').update(JSON.stringify([text, found.ino, found.mtimeMs])).digest('hex').slice(0, 12);
  return { id, text, changed: found.mtimeMs };
}

/** @param {Holder} holder */
function isDead({ text, changed }) {
  const age = Date.now() - changed;
  if (age > STALE) return true;
  let owner;
  try {
    owner = JSON.parse(text);
  } catch {
    return age > UNWRITTEN;
  }
  if (owner?.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (thrown) {
    return /** @type {NodeJS.ErrnoException} */ (thrown).code === 'ESRCH';
  }
  // Another process has its number now, as the first one of a container that was restarted.
  const started = startOf(owner.pid);
  return started !== undefined && started > changed + MARGIN;
}
