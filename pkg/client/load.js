// The client's WebAssembly: loaded by the first call that talks to a service, and
// compiled off the main thread.

import { isError, KeylatchError } from '../core/errors.js';
import { notStarted } from '../core/offline.js';

/**
 * The exports of src/wasm/client/.
 * @typedef {{ Client: new (provider: string, baseUrl: string, origin: string, scheme: string, retries: number, key?: Uint8Array) => any }} Wasm
 * @typedef {{ open(): Promise<Wasm>, forget(wasm: Wasm): void }} Module
 */

/** @type {Promise<Wasm> | undefined} */
let loading;
/** @type {() => Promise<Module>} */
let load = () => import('./module.js');

/** Another way to the module, for entries that import it statically or take it from the caller. @param {() => Promise<Module>} how */
export function provideClient(how) {
  load = how;
}

/** The module, once it is loaded. @type {Module | undefined} */
let module;

/** The exports of the instance that is in use. @returns {Promise<Wasm>} */
export function client() {
  return (loading ??= open());
}

async function open() {
  try {
    module = await load();
    return await module.open();
  } catch (thrown) {
    // The next call tries again.
    loading = undefined;
    throw isError(thrown) ? thrown : isWasm(thrown) ? notStarted(thrown) : notLoaded(thrown);
  }
}

/** @param {any} thrown */
const isWasm = (thrown) => typeof WebAssembly === 'undefined' || thrown instanceof WebAssembly.CompileError || thrown instanceof WebAssembly.LinkError;

/** @param {unknown} thrown */
function notLoaded(thrown) {
  const why = 'the part that talks to services could not be loaded. Check that all files of the package are served, or import keylatch/client, which has them in one.';
  return new KeylatchError({ code: 'not_started', details: [why] }, thrown);
}

/**
 * The error to throw when a synchronous call into the client threw. After a trap, the
 * instance is not entered again.
 * @param {Wasm} wasm @param {unknown} thrown
 */
export function trapped(wasm, thrown) {
  if (!isTrap(thrown)) return thrown;
  module?.forget(wasm);
  loading = undefined;
  return new KeylatchError({ code: 'internal', details: ['its WebAssembly stopped, and is started anew by the next call.'] }, thrown);
}

/** @param {any} thrown */
function isTrap(thrown) {
  try {
    return thrown instanceof RangeError || thrown instanceof WebAssembly.RuntimeError || thrown?.name === 'RangeError';
  } catch {
    return false;
  }
}
