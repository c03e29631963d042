// Files that hold keys: read with care, replaced in one step.

import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { fileFailed, notice } from './core.js';
import { locked } from './lock.js';
import { display, realPath } from './paths.js';

/** No file of keys is larger. */
const LIMIT = 1024 * 1024;
/** A temporary file that is older was left by a process that died. */
const ABANDONED = 60_000;

/**
 * @typedef {import('./core.js').RawNotice} RawNotice
 * @typedef {{ path: string, text?: string, isExact?: boolean, shared?: boolean, changed?: number, notice?: RawNotice }} Read
 */

/**
 * The text of a file; no text when there is no such file, a notice when it
 * cannot be used. `shared` says that other users of the computer can read it,
 * `isExact` that it is UTF-8, so that the text is all of it.
 * @param {string} path absolute
 * @returns {Promise<Read>}
 */
export async function read(path) {
  const shown = display(path);
  const real = await realPath(path);
  if (real === undefined) return { path: shown, notice: notice('symlink_out_of_home', shown) };
  let file;
  try {
    // NONBLOCK, because to open a named pipe would wait for a writer.
    file = await open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const { mode, size, mtimeMs } = await regular(file);
    if (size > LIMIT) return { path: shown, notice: notice('file_unreadable', shown, 'larger than 1 MB') };
    const bytes = await file.readFile();
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
    // Windows keeps who may read elsewhere, and answers 0o666 for every file.
    return { path: shown, text, isExact: isUtf8(bytes), shared: process.platform !== 'win32' && (mode & 0o077) !== 0, changed: mtimeMs };
  } catch (thrown) {
    const code = /** @type {any} */ (thrown).code ?? 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return { path: shown };
    return { path: shown, notice: notice('file_unreadable', shown, code) };
  } finally {
    await file?.close();
  }
}

/**
 * Reads a file, has its new text made, and puts that in its place, while no
 * other keylatch does the same: of two writers at once, neither's key is lost.
 * @template T
 * @param {string} path absolute
 * @param {(before: Read) => { text: string, result?: T } | undefined | Promise<{ text: string, result?: T } | undefined>} edit
 *   makes the new text; `undefined` leaves the file as it is
 * @param {boolean} keeps whether the new text has anything of the old one
 * @returns {Promise<T | undefined>}
 */
export async function update(path, edit, keeps = true) {
  const real = await realPath(path);
  if (real === undefined) throw fileFailed(notice('symlink_out_of_home', display(path)));
  try {
    await mkdir(dirname(real), { recursive: true, mode: 0o700 });
    return await locked(real, async () => {
      const before = await read(path);
      if (before.notice) throw fileFailed(before.notice);
      // What cannot be read exactly cannot be kept.
      if (keeps && before.isExact === false) throw fileFailed(notice('file_not_understood', before.path, 'it is not UTF-8, so that not all of it could be kept'));
      const after = await edit(before);
      if (after && after.text !== before.text) await replace(real, after.text);
      else if (after && before.shared) await replace(real, after.text);
      return after?.result;
    });
  } catch (thrown) {
    const code = /** @type {any} */ (thrown).code;
    // Those of the system: EACCES, ENOSPC, EROFS …
    if (/^E[A-Z]+$/.test(code)) throw fileFailed(notice('file_unwritable', display(path), code));
    throw thrown;
  }
}

/**
 * The old file or the new one is there whole, whenever the process dies: the
 * new text is on the disk before it gets the name.
 * @param {string} path @param {string} text
 */
async function replace(path, text) {
  const directory = dirname(path);
  await sweep(path);
  const temporary = join(directory, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (thrown) {
    await file.close().catch(() => {});
    await unlink(temporary).catch(() => {});
    throw thrown;
  }
  await syncDirectory(directory);
}

/** So that the new name survives a power cut too. @param {string} directory */
async function syncDirectory(directory) {
  // Windows has no such thing.
  const handle = await open(directory, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** What dead processes have left behind holds keys. @param {string} path */
async function sweep(path) {
  const directory = dirname(path);
  const left = (await readdir(directory)).filter((name) => name.startsWith(`.${basename(path)}.`) && name.endsWith('.tmp'));
  for (const name of left) {
    const file = join(directory, name);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED) await unlink(file).catch(() => {});
  }
}

/** @param {import('node:fs/promises').FileHandle} file */
async function regular(file) {
  const found = await file.stat();
  if (found.isFile()) return found;
  throw Object.assign(new Error('not a file'), { code: found.isDirectory() ? 'it is a directory' : 'it is not a file' });
}
