// Reads a named pipe: 1Password offers `.env` as one. What was read from a pipe is gone from
// it, so it is opened once, and its writer is waited for.

import { setTimeout as sleep } from 'node:timers/promises';

import { failure } from '../core/errors.js';

/** How long to wait for a writer, in milliseconds. */
const NOBODY = 2_000;
/** How long to wait once there is a writer: it may be asking its own user first. */
const WRITER = 60_000;
/** How often to look: no event tells of the first byte in a pipe that was opened without waiting. */
const PAUSE = 10;

/**
 * Everything that one writer writes.
 * @param {import('node:fs/promises').FileHandle} file opened with O_NONBLOCK
 * @param {number} limit in bytes
 * @param {AbortSignal} [signal]
 */
export async function drain(file, limit, signal) {
  const buffer = Buffer.alloc(65_536);
  const parts = [];
  let size = 0;
  let hasWriter = false;
  for (const start = performance.now(); ; ) {
    if (signal?.aborted) throw failure('aborted');
    const count = await file.read(buffer, 0, buffer.length, null).then(({ bytesRead }) => bytesRead, unlessEmpty);
    // Nothing, and no error: nobody has it open for writing.
    if (count === 0 && size > 0) return Buffer.concat(parts);
    if (count) {
      size += count;
      if (size > limit) throw reason('larger than 1 MB');
      parts.push(Buffer.from(buffer.subarray(0, count)));
      continue;
    }
    hasWriter ||= count === undefined;
    if (performance.now() - start > (hasWriter ? WRITER : NOBODY)) {
      throw reason(hasWriter ? 'it is a named pipe whose writer did not finish' : 'it is a named pipe, and nobody wrote into it');
    }
    await sleep(PAUSE);
  }
}

/** A writer is there, and has not written yet. @param {NodeJS.ErrnoException} error */
function unlessEmpty(error) {
  if (error.code !== 'EAGAIN') throw error;
  return undefined;
}

/** @param {string} code as it stands in the notice */
const reason = (code) => Object.assign(new Error(code), { code });
