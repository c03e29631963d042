// A program that prints a key, such as a password manager's.

import { spawn } from 'node:child_process';

import { outputOf } from './child.js';
import { notice } from './core.js';

/**
 * Runs it as the person's shell would. It may talk to the person: what it reads and its errors stay the terminal's.
 * @param {string} command @param {string} name of the variable that names it @param {AbortSignal | undefined} signal
 * @returns {Promise<{ text: string } | { notice: import('./core.js').RawNotice }>}
 */
export async function printed(command, name, signal) {
  // In this process's own group: a program of another one may not ask on the terminal.
  const child = spawn(command, { shell: true, stdio: ['inherit', 'pipe', 'inherit'], windowsHide: true });
  const { bytes, why } = await outputOf(child, signal);
  if (!bytes) return { notice: notice('command_failed', name, why) };
  const text = bytes.toString().replace(/\r?\n$/, '');
  bytes.fill(0);
  return text.trim() === '' ? { notice: notice('command_failed', name, 'it printed nothing') } : { text };
}
