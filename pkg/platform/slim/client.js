// The client's module, taken from the caller when it is needed.

import { failure } from '../../core/errors.js';

/** @type {(() => Promise<WebAssembly.Module>) | undefined} */
let given;

/** @param {() => Promise<WebAssembly.Module>} wasm */
export const provide = (wasm) => void (given = wasm);

export async function load() {
  if (given) return given();
  throw failure('not_started', 'calls to a service need keylatch/client.wasm, the second argument of init() of keylatch/slim.');
}
