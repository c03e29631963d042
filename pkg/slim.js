// For those who load the wasm themselves: cached by the browser apart from the
// script, or compiled ahead of time as worker runtimes ask.

import { core, provide } from './core.js';

export * from './facade.js';

/** @param {BufferSource | WebAssembly.Module | Response | URL | string | Promise<Response>} wasm */
export async function init(wasm) {
  const given = await wasm;
  const module = given instanceof WebAssembly.Module || isBytes(given) ? given : await compile(given);
  provide(() => module);
  core();
}

/** @param {unknown} value @returns {value is BufferSource} */
function isBytes(value) {
  return ArrayBuffer.isView(value) || Object.prototype.toString.call(value).endsWith('ArrayBuffer]');
}

/** @param {any} from */
async function compile(from) {
  const response = typeof from?.arrayBuffer === 'function' ? from : await fetch(from);
  if (!response.ok) {
    throw new TypeError(`The wasm could not be loaded: status ${response.status} for ${response.url}`);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}
