// A client's connection: a service, an address and a key that have been checked, and
// the operations that run on them in the client's WebAssembly.

import { asText, failure, isError } from '../core/errors.js';
import { LONGEST } from '../core/offline.js';
import { providerOf } from '../core/providers.js';
import { bytesOf, copyOf, dispose } from '../core/secret.js';
import { faultOf } from '../keys/check.js';
import { headerName, headerValue, schemeOf } from '../keys/headers.js';
import { ABORTED } from './call.js';
import { client, trapped } from './load.js';
import { originOf } from './origin.js';
import { outcomeOf } from './task.js';

/** @typedef {import('./load.js').Wasm} Wasm */
/**
 * What calls are made with.
 * @typedef {{ provider: import('../index.js').Provider, origin: import('./origin.js').Origin, scheme: import('../index.js').SchemeSpec,
 *   retries: number, secret?: import('../core/secret.js').Secret, wasm?: Wasm, handle?: any, isSession?: boolean, isOver?: boolean }} Connection
 */

/** Thrown when a connection is used whose key was wiped: it was replaced, or the client was disposed of. */
export const OVER = Symbol();

/**
 * What the options say, checked; nothing is sent or loaded.
 * @param {any} options
 * @param {any} [credential] a key, or where one came from
 * @param {string} [before] the address until now
 * @returns {Connection}
 */
export function connect(options, credential, before) {
  const { secret: key, baseUrl, scheme } = isSource(credential) ? credential : { secret: credential };
  const provider = providerOf(options.provider);
  const address = options.baseUrl ?? baseUrl ?? before ?? provider.baseUrl;
  if (address === undefined) throw failure('invalid_argument', 'baseUrl', `${provider.title} has no address of its own; say where it is.`);
  const retries = options.retries ?? 2;
  if (!Number.isInteger(retries) || retries < 0 || retries > 10) throw failure('invalid_argument', 'retries', 'use a whole number from 0 to 10.');
  const origin = originOf(asText(address, 'baseUrl', 'it is not a URL.'), options.allowInsecure === true);
  const name = options.scheme ?? scheme;
  const used = schemeOf(provider, name);
  const secret = key === undefined ? undefined : copyOf(key, 'credential');
  if (secret) refuseOther(provider, secret, used);
  return { provider, origin, scheme: used, retries, secret };
}

/**
 * Refuses what is certainly no key of the service, before anything is sent.
 * @param {import('../index.js').Provider} provider @param {any} secret @param {import('../index.js').SchemeSpec} scheme
 */
function refuseOther(provider, secret, scheme) {
  const text = secret.expose();
  const why = faultOf(provider, text);
  if (why !== undefined) throw failure(/** @type {any} */ ('invalid_key'), provider.title, why);
  headerValue(scheme, text, provider.title);
}

/** @param {Connection} connection */
export function disconnect(connection) {
  connection.isOver = true;
  connection.secret?.[dispose]();
  connection.handle?.free();
  connection.handle = undefined;
}

/**
 * Runs an operation in the client's WebAssembly. Which of `options`, `secret` and
 * `store` it takes, and what it answers: src/wasm/client/mod.rs.
 * @param {Connection} connection @param {import('./call.js').Call} call @param {string} operation @param {object} options
 * @param {Uint8Array} [secret] taken over @param {Function} [store]
 */
export async function perform(connection, call, operation, options, secret, store) {
  try {
    const given = plainText(options);
    const wasm = await call.within(client());
    const handle = handleIn(wasm, connection);
    try {
      return await outcomeOf(handle.run(call, operation, given, secret, store));
    } catch (thrown) {
      throw trapped(wasm, thrown);
    }
  } catch (thrown) {
    // The signal aborted while `store` was waited for, so the new key was taken back.
    if (call.state === 'aborted' && /** @type {any} */ (thrown)?.code === 'store_failed') throw ABORTED;
    // The call ended while the module was being loaded.
    if (thrown === undefined && call.state !== 'running') {
      throw call.state === 'aborted' ? ABORTED : failure('timeout', connection.origin.origin, String(call.timeout));
    }
    throw thrown;
  } finally {
    secret?.fill(0);
  }
}

/** What the client holds of a connection: made anew after a trap. @param {Wasm} wasm @param {Connection} connection */
function handleIn(wasm, connection) {
  if (connection.isOver) throw OVER;
  if (connection.handle && (connection.wasm ?? wasm) === wasm) {
    connection.wasm = wasm;
    return connection.handle;
  }
  if (connection.isSession) throw failure('internal', 'the WebAssembly that held this session stopped. Sign in again.');
  const { provider, origin, scheme, retries, secret } = connection;
  const key = secret && bytesOf(secret, 'credential');
  try {
    connection.handle = new wasm.Client(JSON.stringify(provider), origin.baseUrl, origin.origin, scheme.type, retries, key);
  } finally {
    key?.fill(0);
  }
  connection.wasm = wasm;
  return connection.handle;
}

/** The header that authenticates; nothing where a browser's cookie does. @param {Connection} connection @returns {Promise<[string, string] | undefined>} */
export async function headerOf(connection) {
  if (connection.isOver) throw failure('aborted');
  const { provider, scheme, secret, isSession, handle } = connection;
  if (secret) return [headerName(scheme), headerValue(scheme, secret, provider.title)];
  const cookie = isSession ? handle.cookie() : undefined;
  return cookie === undefined ? undefined : ['Cookie', cookie];
}

/** @param {unknown} value @returns {boolean} */
const isLong = (value) => (typeof value === 'string' ? value.length > LONGEST : Array.isArray(value) && value.some(isLong));

/** Options as JSON: what JavaScript can hand over that is none is refused. @param {object} options */
function plainText(options) {
  try {
    // Looked at by its length first: no service has so long an id, name, scope or cursor.
    const long = Object.entries(options).find(([, value]) => isLong(value));
    if (long) throw failure('invalid_argument', long[0], `it has more than ${LONGEST} characters.`);
    return JSON.stringify(options);
  } catch (thrown) {
    if (isError(thrown)) throw thrown;
    throw failure('invalid_argument', 'options', 'expected plain data, as JSON has it, not nested too deeply.');
  }
}

/** @param {any} credential */
export function isSource(credential) {
  return typeof credential === 'object' && credential !== null && 'secret' in credential;
}
