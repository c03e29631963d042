// Work that makes a key, and that nobody's Ctrl-C may cut off in the middle.

import { constants } from 'node:os';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Does the work. A signal ends the request that is under way, after which the
 * client takes back what that may have made; what is done already is finished.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} work
 */
export async function unbroken(work) {
  const controller = new AbortController();
  const stop = (/** @type {NodeJS.Signals} */ name) => {
    process.exitCode = 128 + constants.signals[name];
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}
