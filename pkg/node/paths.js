// Paths as people write them, and the rule for symbolic links: one in the home
// may lead to another place in the home, one elsewhere to a place below its own
// directory, as Kubernetes mounts its secrets. No other one is followed.

import { lstat, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

import { fileFailed, notice } from './core.js';

/** @typedef {import('./core.js').RawNotice} RawNotice */

/** The home directory, where there is one: a user of a container may have none. */
export function home() {
  try {
    const path = homedir();
    return isAbsolute(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** The working directory, unless it was deleted. */
export function workingDirectory() {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/**
 * The absolute path, or why there is none.
 * @param {string} path
 * @returns {{ at: string, notice?: undefined } | { at?: undefined, notice: RawNotice }}
 */
export function locate(path) {
  const isBelowHome = path === '~' || path.startsWith('~/');
  const start = isBelowHome ? home() : isAbsolute(path) ? '/' : workingDirectory();
  if (start === undefined) {
    return { notice: isBelowHome ? notice('home_unknown', path) : notice('file_unreadable', path, 'the working directory was deleted') };
  }
  return { at: isBelowHome ? join(start, path.slice(1)) : resolve(start, path) };
}

/** The absolute path. @param {string} path */
export function expand(path) {
  const { at, notice } = locate(path);
  if (notice) throw fileFailed(notice);
  return at;
}

/** The path with `~` for the home. @param {string} path */
export function display(path) {
  const start = home();
  const below = start && relative(start, path);
  return start && below && !below.startsWith('..') && resolve(start, below) === path ? `~${sep}${below}` : path;
}

/**
 * Where the file really is, or why a link to it is not followed. The file need
 * not exist.
 * @param {string} path absolute
 * @returns {Promise<{ at: string, notice?: undefined } | { at?: undefined, notice: RawNotice }>}
 */
export async function realPath(path) {
  const shown = display(path);
  const start = home();
  const realHome = start && (await real(start));
  const parent = await real(dirname(path));
  const isInHome = start !== undefined && realHome !== undefined && (contains(start, path) || contains(realHome, path));
  if (isInHome && !contains(realHome, parent)) return { notice: notice('symlink_out_of_home', shown) };
  const at = join(parent, path.slice(dirname(path).length).replace(/^[\\/]+/, ''));
  const found = await lstat(at).catch(() => undefined);
  if (!found?.isSymbolicLink()) return { at };
  const target = await realpath(at).catch((/** @type {NodeJS.ErrnoException} */ error) => error);
  if (typeof target !== 'string') {
    const why = target.code === 'ENOENT' ? 'it is a symbolic link to a file that is not there' : (target.code ?? 'unknown');
    return { notice: notice('file_unreadable', shown, why) };
  }
  if (isInHome) return contains(realHome, target) ? { at: target } : { notice: notice('symlink_out_of_home', shown) };
  if (!contains(parent, target)) return { notice: notice('symlink_out_of_directory', shown) };
  // Windows keeps who may write elsewhere, and answers 0o666 for every file.
  const isOpen = process.platform !== 'win32' && ((await lstat(target).catch(() => undefined))?.mode ?? 0) & 0o002;
  return isOpen ? { notice: notice('symlink_writable', shown) } : { at: target };
}

/** The real path of a directory that may have to be made. @param {string} path @returns {Promise<string>} */
async function real(path) {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await real(parent), path.slice(parent.length).replace(/^[\\/]+/, ''));
  }
}

/** @param {string} directory @param {string} path */
function contains(directory, path) {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
