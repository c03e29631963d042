// A project of somebody else: empty, elsewhere, with the package installed
// from its tarball.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CASE } from '../limits.js';

/** The work tree. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The package in the work tree. */
export const pkg = join(root, 'pkg');

const windows = process.platform === 'win32';

/** Runs npm and gives its output. */
export function npm(args, cwd = root) {
  // Windows starts a .cmd only by way of its shell.
  return execFileSync(windows ? 'npm.cmd' : 'npm', args, { cwd, shell: windows, encoding: 'utf8', stdio: 'pipe' });
}

/** Runs a file or, after `-e`, a module's text in Node, and gives its output. */
export function node(args, cwd) {
  const run = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: CASE });
  if (run.status === 0) return run.stdout;
  // A bundle's line may be the whole bundle.
  const lines = `${run.stdout}${run.stderr}`.split('\n').map((line) => line.slice(0, 200));
  throw new Error(`node ${args.join(' ')} failed (${run.error ?? run.signal ?? run.status}):\n${lines.join('\n')}`);
}

/**
 * Packs the package and installs the tarball into a new, empty project: with
 * an empty cache and without the network, so that a hidden dependency shows.
 */
export function installed(t) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'keylatch-project-')));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [{ filename }] = JSON.parse(npm(['pack', pkg, '--json', '--pack-destination', dir]));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'somebody-elses', private: true, type: 'module' }));
  npm(['install', '--offline', '--no-audit', '--no-fund', '--cache', join(dir, 'cache'), `./${filename}`], dir);
  return {
    dir,
    /** Writes a file of the project and gives its path. */
    write(name, text) {
      const path = join(dir, name);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    /** Lends the project a package of the tests. */
    lend(name) {
      cpSync(join(root, 'tests/node_modules', name), join(dir, 'node_modules', name), { recursive: true });
    },
  };
}
