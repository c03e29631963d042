// keylatch-server, as what a guard asks. What is said of the server is checked when the
// guard is made; the rest is loaded by the first key that nothing is known of.

import { originOf } from '../client/origin.js';
import { asText, failure, KeylatchError } from '../core/errors.js';
import { copyOf } from '../core/secret.js';

/** @typedef {import('./remote/remote.js').Remote} Remote */

const APPLICATION = /^app_[0-9A-Za-z]{20}$/;

/**
 * @param {Record<string, any>} options of the guard
 * @param {{ timeout: number, shares: boolean, keeps: number, isLenient: boolean }} how the guard asks
 * @returns {import('./table.js').Source}
 */
export function serverTable({ application, credential, baseUrl, allowInsecure, onWarning }, how) {
  if (typeof application !== 'string' || !APPLICATION.test(application)) {
    throw failure('invalid_argument', 'application', 'expected the id of an application, "app_" and 20 letters and digits.');
  }
  if (baseUrl === undefined) throw failure('invalid_argument', 'baseUrl', 'say where keylatch-server is.');
  if (onWarning !== undefined && typeof onWarning !== 'function') throw failure('invalid_argument', 'onWarning', 'expected a function.');
  const origin = originOf(asText(baseUrl, 'baseUrl', 'it is not a URL.'), allowInsecure === true);
  const secret = typeof credential === 'function' ? credential : copyOf(credential, 'credential');
  /** @type {Remote | undefined} */
  let remote;
  const loaded = async () => {
    // Not one promise for all: on a worker that of another request may never settle.
    const { Remote } = await import('./remote/remote.js');
    return (remote ??= new Remote({ application, origin, credential: secret, onWarning, ...how }));
  };
  return {
    ask: async (asked, { signal }) => (await loaded()).ask(asked, signal),
    read: (found) => found,
    late: (timeout) => new KeylatchError({ code: 'timeout', details: [], sentence: `${origin.origin} did not answer within ${timeout} ms.` }),
    close: async () => remote?.close(),
  };
}
