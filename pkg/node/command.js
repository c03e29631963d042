// A program that prints a key, such as a password manager's.

import { spawn } from 'node:child_process';

import { failure } from '../core/errors.js';
import { notice } from './core.js';

/** A person may have to unlock the program first. In milliseconds. */
const PATIENCE = 120_000;
/** No key is longer, in bytes. */
const LONGEST = 65_536;

/**
 * Runs it as the person's shell would. It may talk to the person: what it reads and its errors stay the terminal's.
 * @param {string} command @param {string} name of the variable that names it @param {AbortSignal | undefined} signal
 * @returns {Promise<{ text: string } | { notice: import('./core.js').RawNotice }>}
 */
export function printed(command, name, signal) {
  return new Promise((resolve, reject) => {
    const failed = (/** @type {string} */ why) => ended(() => resolve({ notice: notice('command_failed', name, why) }));
    // In this process's own group: a program of another one may not ask on the terminal.
    const child = spawn(command, { shell: true, stdio: ['inherit', 'pipe', 'inherit'], windowsHide: true });
    const limit = setTimeout(() => failed(`it did not end within ${PATIENCE / 1000} seconds`), PATIENCE);
    const abort = () => ended(() => reject(failure('aborted')));
    /** @type {Buffer[]} */
    const parts = [];
    let length = 0;
    let isOver = false;
    /** @param {() => void} tell */
    function ended(tell) {
      if (isOver) return;
      isOver = true;
      clearTimeout(limit);
      signal?.removeEventListener('abort', abort);
      child.stdout.destroy();
      child.kill();
      tell();
      for (const part of parts) part.fill(0);
    }
    signal?.addEventListener('abort', abort);
    child.once('error', (error) => failed(`it cannot be started (${/** @type {NodeJS.ErrnoException} */ (error).code})`));
    child.stdout.on('data', (/** @type {Buffer} */ part) => {
      parts.push(part);
      length += part.length;
      if (length > LONGEST) failed('it printed more than a key');
    });
    child.once('close', (code, killed) => {
      const all = Buffer.concat(parts);
      const text = all.toString().replace(/\r?\n$/, '');
      all.fill(0);
      if (killed) failed(`it was ended by ${killed}`);
      else if (code !== 0) failed(`it ended with ${code}`);
      else if (text.trim() === '') failed('it printed nothing');
      else ended(() => resolve({ text }));
    });
  });
}
