// What a child process prints: within a time, to a length, and until a signal.

import { failure } from '../core/errors.js';

/** A person may have to unlock something first. In milliseconds. */
const PATIENCE = 120_000;
/** No key is longer, in bytes. */
const LONGEST = 65_536;

/**
 * Waits until it has ended, and ends it when it takes too long.
 * @param {import('node:child_process').ChildProcess} child with a pipe for its output @param {AbortSignal | undefined} signal
 * @returns {Promise<{ bytes: Buffer, why?: undefined } | { bytes?: undefined, why: string }>} what it printed, to be wiped, or why there is nothing
 */
export function outputOf(child, signal) {
  return new Promise((resolve, reject) => {
    const output = /** @type {import('node:stream').Readable} */ (child.stdout);
    const failed = (/** @type {string} */ why) => ended(() => resolve({ why }));
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
      output.destroy();
      child.kill();
      tell();
      for (const part of parts) part.fill(0);
    }
    signal?.addEventListener('abort', abort);
    child.once('error', (error) => failed(`it cannot be started (${/** @type {NodeJS.ErrnoException} */ (error).code})`));
    output.on('data', (/** @type {Buffer} */ part) => {
      parts.push(part);
      length += part.length;
      if (length > LONGEST) failed('it printed more than a key');
    });
    child.once('close', (code, killed) => {
      if (killed) failed(`it was ended by ${killed}`);
      else if (code !== 0) failed(`it ended with ${code}`);
      else ended(() => resolve({ bytes: Buffer.concat(parts) }));
    });
  });
}
