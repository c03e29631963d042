// The offline module, taken from the caller.

import { failure } from '../../core/errors.js';

/** @type {BufferSource | WebAssembly.Module | undefined} */
let given;

/** @param {BufferSource | WebAssembly.Module} wasm */
export const provide = (wasm) => void (given = wasm);

export function load() {
  if (given) return given;
  throw failure('not_started', 'keylatch/slim needs its wasm first: await init() with keylatch/keylatch.wasm, or import keylatch.');
}

export { SHORT, textOf } from '../web/text.js';
