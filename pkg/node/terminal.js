// Asking for a secret: hidden, on the terminal itself, so that it works when
// standard output goes elsewhere.

import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

import { failure } from '../core/errors.js';
import { Line } from './line.js';

const KILLERS = /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGQUIT']);

/**
 * One line, without showing it; `undefined` when there is no terminal.
 * @param {string} question @param {AbortSignal} [signal]
 * @returns {Promise<string | undefined>}
 */
export async function askHidden(question, signal) {
  if (signal?.aborted) throw failure('aborted');
  const terminal = openTerminal();
  if (!terminal) return undefined;
  try {
    return await readHidden(terminal, question, signal);
  } finally {
    terminal.close();
  }
}

/**
 * @param {{ input: ReadStream, write: (text: string) => void }} terminal @param {string} question @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
function readHidden({ input, write }, question, signal) {
  return new Promise((resolve, reject) => {
    const line = new Line();
    const end = (/** @type {() => void} */ then) => {
      input.setRawMode(false);
      input.pause();
      input.removeAllListeners();
      for (const name of KILLERS) process.off(name, killed);
      signal?.removeEventListener('abort', aborted);
      write('\n');
      then();
    };
    const aborted = () => end(() => reject(failure('aborted')));
    const killed = (/** @type {NodeJS.Signals} */ name) => end(() => process.kill(process.pid, name));
    for (const name of KILLERS) process.once(name, killed);
    signal?.addEventListener('abort', aborted);
    input.setEncoding('utf8');
    // Before the question: what is typed at once must not be echoed.
    input.setRawMode(true);
    input.on('error', aborted);
    input.on('end', () => end(() => resolve(line.text)));
    input.on('data', (chunk) => {
      const done = line.type(String(chunk));
      if (done === 'entered') end(() => resolve(line.text));
      if (done === 'interrupted') end(() => reject(Object.assign(failure('aborted'), { interrupted: true })));
    });
    write(question);
  });
}

/** The terminal of the process, or its standard input if that is one. */
function openTerminal() {
  try {
    const fd = openSync(process.platform === 'win32' ? '\\\\.\\CON' : '/dev/tty', 'r+');
    try {
      const input = new ReadStream(fd);
      return { input, write: (/** @type {string} */ text) => void writeSync(fd, text), close: () => void input.destroy() };
    } catch {
      closeSync(fd);
    }
  } catch {
    // This process has no controlling terminal.
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const input = process.stdin;
  return { input, write: (/** @type {string} */ text) => void process.stderr.write(text), close: () => input.unref() };
}
