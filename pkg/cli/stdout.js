// Standard output, when what is written to it must not be lost.

import { failure } from '../core/errors.js';

let isTold = false;

/** Whether the error of a write was told already: the stream says it once more. */
export const isErrorTold = () => isTold;

/** Writes it, and waits until that is done or has failed. @param {string} text @returns {Promise<void>} */
export function exposed(text) {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) return resolve();
      isTold = true;
      const why = `standard output cannot be written (${/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message}).`;
      reject(Object.assign(failure('file_failed', '', ''), { message: `The new key could not be shown: ${why}` }));
    });
  });
}
