// The system's keychain is asked by a process of its own. The native call waits for a dialog, or
// for a bus that does not answer, and cannot be broken off: in this process it would hold one of
// the few threads for files and names, and keep the process from ending, by exit() too. A child
// process can be ended.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { outputOf } from './child.js';
import { notice } from './core.js';

/** @typedef {{ service: string, account: string }} Name */

const MODULE = '@napi-rs/keyring';
/**
 * The first version in which the Linux store can be chosen: older ones put a key that the desktop's keychain does not take
 * into the kernel's memory, from which it is gone at the next start (issue 142 of their repository).
 */
const OLDEST = [2, 1];
/** Tells a child of ours that it is one. */
const MARK = 'KEYLATCH_ASKS_KEYCHAIN';
/** Of the system's words. */
const LONGEST = 200;

/**
 * What is done there. A trial writes beside the key, as a locked keychain only shows when something is to be written. The package
 * waits two seconds for an answer of the bus, which is little on a busy computer; each step may be done again.
 */
const WORK = `
const { parentPort, workerData } = require('node:worker_threads');
work(JSON.parse(workerData)).catch(({ message }) => ({ error: String(message) })).then((answer) => parentPort.postMessage(JSON.stringify(answer)));
async function work({ module, operation, service, account, trial, secret }) {
  let Entry;
  try {
    Entry = require(module).AsyncEntry;
  } catch ({ message }) {
    return { unloadable: String(message) };
  }
  const at = async (name, step, ...more) => {
    for (;;) {
      try {
        return await new Entry(service, name, { linux: { store: 'secret-service' } })[step](...more);
      } catch (error) {
        if (!/did not receive a reply|timed out/i.test(error.message)) throw error;
      }
    }
  };
  if (operation === 'remove') return { removed: await at(account, 'deleteCredential') };
  if (operation === 'try') {
    await at(trial, 'setPassword', secret);
    await at(trial, 'deleteCredential');
  }
  const found = (await at(account, 'getPassword')) ?? undefined;
  if (operation === 'write') {
    await at(account, 'setPassword', secret);
    if ((await at(account, 'getPassword')) !== secret) throw new Error('it does not give back what it was given');
  }
  return { found };
}`;

/**
 * The child. It reads one line and answers with one document. It ends when its input does, so that none outlives us: therefore
 * the work, which may hold its thread for ever, is another thread's.
 */
const PROGRAM = `
const { Worker } = require('node:worker_threads');
const parts = [];
process.stdin.on('data', (part) => {
  parts.push(part);
  if (!part.includes(10)) return;
  const worker = new Worker(${JSON.stringify(WORK)}, { eval: true, workerData: Buffer.concat(parts).toString() });
  const gone = (code) => process.exit(Number(code) || 1);
  worker.once('message', (answer) => worker.off('exit', gone) && process.stdout.write(answer, () => process.exit(0)));
  worker.once('error', gone);
  worker.once('exit', gone);
});
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));`;

/**
 * @param {'read' | 'try' | 'write' | 'remove'} operation @param {Name} name
 * @param {{ secret?: string, signal?: AbortSignal }} [more]
 * @returns {Promise<{ found?: string, removed?: boolean, notice?: import('./core.js').RawNotice }>} what there was before
 */
export async function asked(operation, name, { secret, signal } = {}) {
  const shown = `${name.service}/${name.account}`;
  const told = (/** @type {string} */ reason, /** @type {string[]} */ ...details) => ({ notice: notice(reason, shown, ...details) });
  const module = installed();
  if (module === undefined) return told('keychain_package_missing');
  // A program that is one file with its Node starts itself, and not what we say.
  if (process.env[MARK]) return told('keychain_failed', 'this program cannot start Node');
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    cwd: dirname(module),
    // Ctrl-C on the terminal is for this process, which may be in the midst of something.
    detached: true,
    env: { ...process.env, [MARK]: '1', ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const question = Buffer.from(`${JSON.stringify({ module, operation, ...name, trial: `${name.account} (keylatch's trial)`, secret })}\n`);
  // Whether it was read shows by the answer.
  child.stdin.on('error', () => {});
  child.stdin.write(question, () => void question.fill(0));
  const { bytes, why } = await outputOf(child, signal);
  if (!bytes) return told('keychain_failed', why);
  try {
    const { error, unloadable, ...answer } = JSON.parse(bytes.toString());
    if (unloadable !== undefined) return told('keychain_unavailable', `${MODULE} cannot be loaded (${words(unloadable, secret)})`);
    return error === undefined ? answer : told(reasonOf(error), words(error, secret));
  } catch {
    return told('keychain_failed', 'it gave no answer');
  } finally {
    bytes.fill(0);
  }
}

/** Where the package is, if it is there and not too old. */
function installed() {
  const require = createRequire(import.meta.url);
  try {
    const module = require.resolve(MODULE);
    const { version } = JSON.parse(readFileSync(join(dirname(module), 'package.json'), 'utf8'));
    const [major, minor] = String(version).split('.').map(Number);
    return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]) ? module : undefined;
  } catch {
    return undefined;
  }
}

/** Why it failed: the package has no codes, and passes on what the system says. @param {string} message */
function reasonOf(message) {
  if (/dismissed|locked|cancel|not allowed|denied|passphrase/i.test(message)) return 'keychain_locked';
  return /d-?bus|no result found|secret service/i.test(message) ? 'keychain_unavailable' : 'keychain_failed';
}

/** The system's words in one line, without the key. @param {string} message @param {string | undefined} secret */
function words(message, secret) {
  const without = secret ? message.replaceAll(secret, '[redacted]') : message;
  const line = without.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[.\s]+$/, '');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
