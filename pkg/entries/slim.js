// For those who load the wasm themselves: cached by the browser apart from the
// script, or compiled ahead of time.

import * as client from '#client';
import * as offlineModule from '#offline';

import { failure, KeylatchError } from '../core/errors.js';
import { isModule, notStarted, offline } from '../core/offline.js';

export * from './facade.js';

/** @typedef {BufferSource | WebAssembly.Module | Response | URL | string | Promise<Response>} Source */

/** @param {Source} wasm @param {Source | (() => Source)} [clientWasm] */
export async function init(wasm, clientWasm) {
  offlineModule.provide(await moduleOf(wasm));
  if (clientWasm !== undefined) {
    client.provide(async () => moduleOf(typeof clientWasm === 'function' ? clientWasm() : clientWasm));
  }
  offline();
}

/** @param {Source} source */
async function moduleOf(source) {
  try {
    const given = await source;
    return isModule(given) || isBytes(given) ? given : await compile(given);
  } catch (thrown) {
    throw notStarted(thrown);
  }
}

/** @param {unknown} value @returns {value is BufferSource} */
function isBytes(value) {
  return ArrayBuffer.isView(value) || Object.prototype.toString.call(value).endsWith('ArrayBuffer]');
}

/** @param {any} from */
async function compile(from) {
  const response = typeof from?.arrayBuffer === 'function' ? from : await loaded(from);
  if (!response.ok) throw failure('not_started', `the wasm could not be loaded: status ${response.status} for ${response.url}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** @param {any} from */
async function loaded(from) {
  try {
    return await fetch(from);
  } catch (thrown) {
    throw new KeylatchError({ code: 'not_started', details: ['the wasm could not be loaded: give its bytes, a module, a Response or an address.'] }, thrown);
  }
}
