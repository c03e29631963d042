// Logging in with a code that is typed on another computer (RFC 8628): over SSH, in a
// container, wherever no browser comes back to this one.

import { unlessAborted } from '../client/shared.js';
import { failure, isError } from '../core/errors.js';

/** Seconds that are added each time the issuer asks for it (RFC 8628, section 3.5). */
const SLOWER = 5;
/** What may be over at the next question. */
const PASSING = ['network_error', 'timeout', 'service_error', 'rate_limited'];

/**
 * Tells the person what to do and waits until they have done it.
 * @param {any} login of the WebAssembly
 * @param {(work: (way: any) => Promise<any>) => Promise<any>} ask sends one request
 * @param {{ timeout?: number, say: (text: string) => void, signal?: AbortSignal }} how
 * @returns {Promise<{ accessToken: string, refreshToken?: string, expiresIn?: number }>}
 */
export async function byDevice(login, ask, { timeout = Infinity, say, signal }) {
  const start = performance.now();
  const { userCode, page, wholePage, interval, expiresIn } = await ask((way) => login.device(way));
  const time = Math.min(timeout, expiresIn * 1000);
  say(`\nTo log in, open this page on any computer and enter the code ${userCode}\n\n  ${page}\n`);
  if (wholePage) say(`The same with the code in it: ${wholePage}\n`);
  for (let pause = interval; ; ) {
    const left = time - (performance.now() - start);
    await pausing(Math.min(pause * 1000, Math.max(0, left)), signal);
    if (pause * 1000 >= left) throw failure(/** @type {any} */ ('timeout'), `The login at ${login.issuer}`, String(Math.round(time)));
    const progress = await ask((way) => login.poll(way)).catch(unlessPassing);
    if (progress.accessToken !== undefined) return progress;
    if (progress.slowDown) pause += SLOWER;
  }
}

/** @param {unknown} thrown */
function unlessPassing(thrown) {
  if (isError(thrown) && PASSING.includes(thrown.code)) return { slowDown: true };
  throw thrown;
}

/** @param {number} milliseconds @param {AbortSignal} [signal] */
async function pausing(milliseconds, signal) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    await unlessAborted(new Promise((resolve) => (timer = setTimeout(resolve, milliseconds))), signal);
  } finally {
    clearTimeout(timer);
  }
}
