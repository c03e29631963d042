// Replacing a file in one step: the old file or the new one is there whole,
// whenever the process dies.

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A temporary file that is older was left by a process that died. */
const ABANDONED = 60_000;

/** @typedef {import('node:fs').Stats} Stats */

/** Whether the file is another user's, whom a replacement would lock out. Root can keep the owner. @param {Stats} stats */
export function isOthers({ uid }) {
  const me = process.geteuid?.();
  return me !== undefined && me !== 0 && uid !== me;
}

/** Whether root replaces what is another user's or group's, who keep it. @param {Stats} stats */
const isKept = ({ uid, gid }) => process.geteuid?.() === 0 && (uid !== 0 || gid !== process.getegid?.());

/**
 * The new text is on the disk before it gets the name.
 * @param {string} path @param {string} text @param {Stats} [before] of the file that is replaced
 * @returns {Promise<'replaced' | 'in place'>}
 */
export async function replace(path, text, before) {
  const temporary = await stage(path, text, before);
  try {
    await rename(temporary, path);
  } catch (thrown) {
    // A file that is a mount of its own, as containers have, cannot be renamed over.
    const isMounted = /** @type {NodeJS.ErrnoException} */ (thrown).code === 'EBUSY' && before;
    if (isMounted) await writeInPlace(path, text, before);
    await unlink(temporary).catch(() => {});
    if (!isMounted) throw thrown;
    return 'in place';
  }
  await syncDirectory(dirname(path));
  return 'replaced';
}

/** Everything but the last step. @param {string} path @param {string} text @param {Stats} [before] */
export async function tryReplace(path, text, before) {
  await unlink(await stage(path, text, before));
}

/**
 * The new text in a temporary file beside the path. Nobody but its owner can
 * read it; when root replaces a file of another owner, he and his group can as before.
 * @param {string} path @param {string} text @param {Stats} [before]
 */
async function stage(path, text, before) {
  await sweep(path);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    if (before && isKept(before)) {
      await file.chown(before.uid, before.gid);
      await file.chmod(before.mode & 0o777);
    }
    await file.sync();
    await file.close();
  } catch (thrown) {
    await file.close().catch(() => {});
    await unlink(temporary).catch(() => {});
    throw thrown;
  }
  return temporary;
}

/**
 * The file with the new text, or with the old one when that cannot be written.
 * @param {string} path @param {string} text @param {Stats} before
 */
async function writeInPlace(path, text, before) {
  const file = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    const old = await file.readFile();
    // Before the key is in it. A file system that knows no modes is its owner's choice.
    if (!isKept(before)) await file.chmod(0o600).catch(() => {});
    try {
      await overwrite(file, Buffer.from(text));
    } catch (thrown) {
      await overwrite(file, old).catch(() => {});
      throw thrown;
    }
  } finally {
    await file.close();
  }
}

/** @param {import('node:fs/promises').FileHandle} file @param {Buffer} bytes */
async function overwrite(file, bytes) {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
  // Last, so that a full disk has cut nothing off yet.
  await file.truncate(bytes.length);
  await file.sync();
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
