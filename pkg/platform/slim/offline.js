// The offline module, taken from the caller.

import { failure } from '../../core/errors.js';

/** @type {WebAssembly.Module | undefined} */
let given;

/** @param {WebAssembly.Module} wasm */
export const provide = (wasm) => void (given = wasm);

export function load() {
  if (given) return given;
  throw failure('not_started', 'keylatch/slim needs its wasm first: await init() with keylatch/keylatch.wasm, or import keylatch.');
}

export { nativeHash, SHORT, textOf } from '../web/text.js';
