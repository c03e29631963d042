// Reading a named pipe: 1Password keeps `.env` as one. What comes through it is
// gone from it, so it is opened once, and a writer is waited for.

import { setTimeout as sleep } from 'node:timers/promises';

import { failure } from '../core/errors.js';

/** How long a pipe is waited for into which nobody writes, in milliseconds. */
const NOBODY = 2_000;
/** And one whose writer has come: it may be asking its own user first. */
const WRITER = 60_000;
/** The system has no event for the first byte of a pipe that is opened without waiting. */
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
