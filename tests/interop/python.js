// Python with the clouds' clients, in a virtual environment of its own.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { CASE } from '../limits.js';

const execute = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const REQUIREMENTS = here('requirements.txt');
const DIRECTORY = join(resolve(process.env.CARGO_TARGET_DIR || here('../../target')), 'interop');
/** See requirements.in. */
const VERSIONS = ['3.11', '3.12', '3.13'];
const COMMANDS = ['python3', 'python', ...VERSIONS.map((version) => `python${version}`)];

/** A slow network may take its time; one that hangs may not. */
const INSTALL = 15 * 60_000;

/**
 * The environment's interpreter. Made once, and again only when the
 * requirements or the interpreter have changed.
 */
export async function environment() {
  const python = await find();
  const bin = join(DIRECTORY, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(DIRECTORY, 'venv', '.keylatch');
  const wanted = createHash('sha256').update(await readFile(REQUIREMENTS)).update(python.version).digest('hex');
  if (await readFile(stamp, 'utf8').catch(() => '') === wanted && await version(bin) === python.version) return bin;

  console.error(`[interop] installing the clouds' Python clients into ${DIRECTORY} (half a minute, once) …`);
  await rm(join(DIRECTORY, 'venv'), { recursive: true, force: true });
  await mkdir(DIRECTORY, { recursive: true });
  await succeed(python.command, ['-m', 'venv', join(DIRECTORY, 'venv')],
    'A virtual environment could not be made. On Debian and Ubuntu it needs the package python3-venv.');
  // Wheels only: nothing that comes along is run to install it.
  await succeed(bin, ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check',
    '--require-hashes', '--only-binary', ':all:', '--requirement', REQUIREMENTS],
    "The clouds' clients could not be installed.");
  await writeFile(stamp, wanted);
  return bin;
}

/**
 * Runs a driver and gives what it tells. It has a home directory that is thrown
 * away afterwards, and of our environment only what a program needs to start.
 */
export async function drive(bin, driver, variables) {
  const home = await mkdtemp(join(tmpdir(), 'keylatch-interop-'));
  const { PATH, SYSTEMROOT } = process.env;
  const env = { PATH, ...SYSTEMROOT && { SYSTEMROOT }, HOME: home, USERPROFILE: home, ...variables };
  try {
    const { stdout } = await execute(bin, ['-B', here(`drivers/${driver}`)], { cwd: home, env, timeout: CASE });
    return JSON.parse(stdout);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** An interpreter that the requirements are made for. */
async function find() {
  const seen = [];
  for (const command of COMMANDS) {
    const found = await version(command);
    if (VERSIONS.some((known) => found.startsWith(`${known}.`))) return { command, version: found };
    if (found) seen.push(`${command} is ${found}`);
  }
  throw new Error(`Python ${VERSIONS.join(', ')} is needed to run the clouds' own clients, but was not found`
    + `${seen.length ? ` (${seen.join(', ')})` : ''}. Install one of them, so that it is on PATH.`);
}

/** Empty when there is no such interpreter. */
async function version(command) {
  const ask = ['-c', 'import platform; print(platform.python_version())'];
  return execute(command, ask, { timeout: CASE }).then(({ stdout }) => stdout.trim(), () => '');
}

async function succeed(command, args, otherwise) {
  try {
    await execute(command, args, { timeout: INSTALL, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    throw new Error(`${otherwise}\n${error.killed ? 'It took too long.' : error.stderr || error.message}`);
  }
}
