// Paths as people write them, and the rule for symbolic links: one in the home
// may lead to another place in the home and nowhere else.

import { lstat, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** @param {string} path */
export function expand(path) {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(path);
}

/** The path with `~` for the home. @param {string} path */
export function display(path) {
  const below = relative(homedir(), path);
  return below && !below.startsWith('..') && resolve(homedir(), below) === path ? `~${sep}${below}` : path;
}

/**
 * Where the file really is; `undefined` when a link leads out of the home, or
 * for a file elsewhere, when it is a link at all. It need not exist.
 * @param {string} path absolute
 */
export async function realPath(path) {
  const home = await real(homedir());
  const parent = await real(dirname(path));
  const isInHome = contains(resolve(homedir()), path) || contains(home, path);
  if (isInHome && !contains(home, parent)) return undefined;
  const at = join(parent, path.slice(dirname(path).length).replace(/^[\\/]+/, ''));
  const found = await lstat(at).catch(() => undefined);
  if (!found?.isSymbolicLink()) return at;
  const target = await realpath(at).catch(() => undefined);
  return target !== undefined && isInHome && contains(home, target) ? target : undefined;
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
