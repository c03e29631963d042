// Files that hold keys: read with care, replaced in one step.

import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

import { fileFailed, notice, noticeOf } from './core.js';
import { decode } from './decode.js';
import { locked } from './lock.js';
import { display, realPath } from './paths.js';
import { drain } from './pipe.js';
import { isOthers, replace, tryReplace } from './replace.js';

/** No file of keys is larger. */
const LIMIT = 1024 * 1024;

/**
 * @typedef {import('./core.js').RawNotice} RawNotice
 * @typedef {import('node:fs').Stats} Stats
 * @typedef {{ path: string, text?: string, bom?: string, fault?: string, isUnreadable?: boolean, shared?: boolean,
 *   changed?: number, stats?: Stats, notice?: RawNotice }} Read
 * @typedef {{ text: string }} Edited
 * @typedef {(before: Read) => Edited | undefined} Edit
 */

/**
 * The text of a file; no text when there is no such file, a notice when it
 * cannot be used. `shared` says that other users of the computer can read it,
 * `fault` why the text is not all that there is.
 * @param {string} path absolute
 * @param {{ signal?: AbortSignal, mayBePipe?: boolean }} [how] what is read from a pipe is gone from it
 * @returns {Promise<Read>}
 */
export async function read(path, how = {}) {
  const found = await look(path, how);
  return found.isUnreadable ? { path: found.path, notice: notice('file_not_understood', found.path, String(found.fault)) } : found;
}

/**
 * The same, but a file that cannot be decoded is no error.
 * @param {string} path @param {{ signal?: AbortSignal, mayBePipe?: boolean }} how
 * @returns {Promise<Read>}
 */
async function look(path, { signal, mayBePipe = true }) {
  const shown = display(path);
  const real = await realPath(path);
  if (real.notice) return { path: shown, notice: real.notice };
  let file;
  try {
    // Looked at before it is opened: to open a pipe takes what its writer has for one reader.
    refuseOther(await lstat(real.at), mayBePipe);
    // NONBLOCK, because to open a named pipe would wait for a writer.
    file = await open(real.at, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat();
    refuseOther(stats, mayBePipe);
    if (stats.size > LIMIT) return { path: shown, notice: notice('file_unreadable', shown, 'larger than 1 MB') };
    const bytes = stats.isFIFO() ? await drain(file, LIMIT, signal) : await file.readFile();
    // Windows keeps who may read elsewhere, and answers 0o666 for every file.
    const shared = process.platform !== 'win32' && (stats.mode & 0o077) !== 0;
    return { path: shown, ...decode(bytes), shared, changed: stats.mtimeMs, stats };
  } catch (thrown) {
    const { code = 'unknown' } = /** @type {NodeJS.ErrnoException} */ (thrown);
    if (code === 'aborted') throw thrown;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { path: shown };
    return { path: shown, notice: notice('file_unreadable', shown, code) };
  } finally {
    await file?.close();
  }
}

/**
 * Reads a file, has its new text made, and replaces the file, under a lock: when two
 * processes write at once, neither key is lost.
 * @param {string} path absolute
 * @param {Edit} edit makes the new text; `undefined` leaves the file as it is
 * @param {{ keeps?: boolean, isTrial?: boolean }} [how] whether the new text has anything of the old one; whether
 *   all of it is done but the last step, to find out what stands in the way
 * @returns {Promise<import('./core.js').Notice[]>} warnings
 */
export async function update(path, edit, { keeps = true, isTrial = false } = {}) {
  const shown = display(path);
  const real = await realPath(path);
  if (real.notice) throw fileFailed(real.notice);
  try {
    await mkdir(dirname(real.at), { recursive: true, mode: 0o700 });
    return await locked(real.at, async () => {
      const before = await look(path, { mayBePipe: false });
      if (before.notice) throw fileFailed(before.notice);
      if (before.stats && isOthers(before.stats)) throw fileFailed(notice('file_unwritable', shown, `it belongs to user ${before.stats.uid}`));
      // What cannot be read exactly cannot be kept.
      if (keeps && before.fault) throw fileFailed(notice('file_not_understood', shown, before.fault));
      const after = edit(before);
      if (!after || (after.text === before.text && !before.shared)) return [];
      const text = (before.bom ?? '') + after.text;
      if (isTrial) await tryReplace(real.at, text, before.stats);
      const isInPlace = !isTrial && (await replace(real.at, text, before.stats)) === 'in place';
      return isInPlace ? [noticeOf(notice('file_written_in_place', shown))] : [];
    });
  } catch (thrown) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (thrown);
    // Those of the system: EACCES, ENOSPC, EROFS …
    if (/^E[A-Z]+$/.test(code ?? '')) throw fileFailed(notice('file_unwritable', shown, String(code)));
    throw thrown;
  }
}

/** @param {Stats} stats @param {boolean} mayBePipe */
function refuseOther(stats, mayBePipe) {
  if (stats.isFile() || (mayBePipe && stats.isFIFO())) return;
  const what = stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a named pipe' : stats.isSocket() ? 'a socket' : 'a device and not a file';
  throw Object.assign(new Error(what), { code: `it is ${what}` });
}
