// For those who load the wasm themselves: cached by the browser apart from the
// script, or compiled ahead of time.

import * as client from '#client';
import * as offlineModule from '#offline';

import { failure, KeylatchError } from '../core/errors.js';
import { notStarted, offline } from '../core/offline.js';

export * from './facade.js';

/** @typedef {BufferSource | WebAssembly.Module | Response | URL | string | Promise<Response>} Source */

/** @param {Source} wasm @param {Source | (() => Source)} [clientWasm] */
export async function init(wasm, clientWasm) {
  offlineModule.provide(await moduleOf(wasm));
  if (clientWasm !== undefined) {
    client.provide(async () => moduleOf(typeof clientWasm === 'function' ? asked(/** @type {() => Source} */ (clientWasm)) : clientWasm));
  }
  offline();
}

/** @param {Source} source */
async function moduleOf(source) {
  try {
    const given = await source;
    return isModule(given) ? given : await WebAssembly.compile(isBytes(given) ? given : await bytesOf(given));
  } catch (thrown) {
    throw notStarted(thrown);
  }
}

/** @param {() => Source} give */
async function asked(give) {
  try {
    return await give();
  } catch (thrown) {
    throw new KeylatchError({ code: 'not_started', details: ['the function that is to give keylatch/client.wasm threw an error.'] }, thrown);
  }
}

/** Of this realm or another. @param {unknown} value @returns {value is WebAssembly.Module} */
const isModule = (value) => Object.prototype.toString.call(value) === '[object WebAssembly.Module]';

/** @param {unknown} value @returns {value is BufferSource} */
function isBytes(value) {
  return ArrayBuffer.isView(value) || Object.prototype.toString.call(value).endsWith('ArrayBuffer]');
}

/** @param {any} from */
async function bytesOf(from) {
  const response = typeof from?.arrayBuffer === 'function' ? from : await loaded(from);
  if (!response.ok) throw failure('not_started', `the wasm could not be loaded: status ${response.status} for ${response.url}`);
  return response.arrayBuffer();
}

/** @param {any} from */
async function loaded(from) {
  try {
    return await fetch(from);
  } catch (thrown) {
    throw new KeylatchError({ code: 'not_started', details: ['the wasm could not be loaded: give its bytes, a module, a Response or an address.'] }, thrown);
  }
}
