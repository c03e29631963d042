// Asking for a secret: hidden, on the terminal itself, so that it works when
// standard output goes elsewhere.

import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

import { failure } from '../errors.js';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const KILLERS = /** @type {const} */ (['SIGTERM', 'SIGHUP']);

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
    /** @type {string[]} */
    let letters = [];
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
    input.on('end', () => end(() => resolve(letters.join(''))));
    input.on('data', (chunk) => {
      // A paste comes whole. Arrow keys and other sequences type nothing.
      for (const letter of String(chunk).replace(/\x1b(\[[0-9;?]*[ -/]*[@-~]|O.|.)?/g, '')) {
        if (letter === '\r' || letter === '\n') return end(() => resolve(letters.join('')));
        if (letter === CTRL_C) return end(() => reject(Object.assign(failure('aborted'), { interrupted: true })));
        if (letter === CTRL_D) {
          if (letters.length === 0) return end(() => resolve(''));
        } else if (letter === '\x7f' || letter === '\b') letters.pop();
        else if (letter === CTRL_U) letters = [];
        else if (letter >= ' ' || letter === '\t') letters.push(letter);
      }
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
    // No terminal controls this process.
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const input = process.stdin;
  return { input, write: (/** @type {string} */ text) => void process.stderr.write(text), close: () => input.unref() };
}
