// Somebody's project with the tarball installed, the conformance script in it, and
// the real server to run it against.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { DEMO, startServer } from '../../browser/support/server.js';
import { CASE } from '../../limits.js';
import { installed } from '../../packaging/project.js';
import { ALL } from './all.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The project, for all tests of a file; removed at its end. */
export const project = installed({ after });
for (const name of ['conformance.js', 'main.js']) cpSync(join(here, name), join(project.dir, name));

const server = await startServer();
after(() => server.stop());

/** Where the server is, and who signs in there. */
export const SERVER = { ...DEMO, url: server.url };

/** Runs a program in the project, and gives its output. */
export async function output(program, args, { cwd = project.dir, env = {}, timeout = CASE } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: '1', CI: '1', ...env }, timeout, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { said[name] += text; });
  const [status, signal] = await once(child, 'close');
  // A line of a bundle may be the whole bundle.
  const lines = () => `${said.stdout}\n${said.stderr}`.split('\n').map((line) => line.slice(0, 300)).join('\n');
  assert.equal(status ?? signal, 0, `${program} ${args.join(' ')}\n${lines()}`);
  return said.stdout;
}

/** Runs a program whose last line says what was done, which must be all. */
export async function conforms(program, args, options) {
  const lines = (await output(program, [...args, JSON.stringify(SERVER)], options)).trim().split('\n');
  assert.deepEqual(JSON.parse(lines.at(-1)), ALL);
}
