// Whether Git would take a file of keys into a commit.

import { execFileSync } from 'node:child_process';
import { basename, dirname } from 'node:path';

import { expand } from '../node/paths.js';

/** An answer takes milliseconds. */
const PATIENCE = 5_000;

/** Whether the file is in a working tree that does not ignore it. @param {string} path */
export function isCommittable(path) {
  const file = expand(path);
  // No program of the repository's is started.
  const args = ['-c', 'core.fsmonitor=false', 'check-ignore', '--quiet', '--', basename(file)];
  try {
    execFileSync('git', args, { cwd: dirname(file), stdio: 'ignore', timeout: PATIENCE });
    return false;
  } catch (error) {
    // 128 where there is no repository, ENOENT where there is no Git.
    return /** @type {any} */ (error).status === 1;
  }
}
