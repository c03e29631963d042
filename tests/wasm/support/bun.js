// Where Bun is.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * The program of this computer: npm has installed those that fit its system and
 * processor, of which one may ask for instructions that the processor lacks. The
 * install script of the package, which is not run, does the same.
 */
export function binary() {
  const { optionalDependencies } = JSON.parse(readFileSync(require.resolve('bun/package.json'), 'utf8'));
  const programs = Object.keys(optionalDependencies).flatMap((name) => {
    const directory = require.resolve.paths(name).map((path) => `${path}/${name}/bin`).find((path) => existsSync(path));
    return directory ? [`${directory}/bun`, `${directory}/bun.exe`].filter((path) => existsSync(path)) : [];
  });
  const found = programs.find((program) => spawnSync(program, ['--version']).status === 0);
  if (!found) throw new Error(`No Bun runs here; tried ${programs.join(', ') || 'none'}.`);
  return found;
}
