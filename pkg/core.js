// Starts the WebAssembly on first use, so that nobody has to await anything.
// The entries (index.js, slim.js, …) say where the bytes come from.

import * as glue from './wasm/keylatch.js';

/** @type {(() => BufferSource | WebAssembly.Module) | undefined} */
let source;
let started = false;

/** @param {() => BufferSource | WebAssembly.Module} where */
export function provide(where) {
  source ??= where;
}

/** The exports of the WebAssembly. */
export function core() {
  if (!started) {
    if (!source) {
      throw new TypeError("keylatch/slim is not started: call init() with the wasm first, or import 'keylatch'.");
    }
    glue.initSync({ module: source() });
    started = true;
    source = undefined;
  }
  return glue;
}
