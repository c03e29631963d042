// The WebAssembly of the credential chain: a second one, because browsers, who
// have no files, shall not download it. It shares nothing with the first but
// text, so a provider is found in it anew.

import { decode } from '../bytes.js';
import { attempt, failure, toError } from '../core/errors.js';
import { describe, handleOf } from '../core/providers.js';
import * as wasm from '../wasm/node/bytes.js';
import * as glue from '../wasm/node/keylatch.js';
import { reasons } from '../wasm/node/messages.js';

/**
 * @typedef {{ reason: string, details: string[] }} RawNotice
 * @typedef {{ reason: string, message: string }} Notice
 */

let started = false;

/** The exports of the WebAssembly. */
export function core() {
  if (!started) glue.initSync({ module: decode(wasm) });
  started = true;
  return glue;
}

/** @type {WeakMap<object, glue.Provider>} */
const handles = new WeakMap();

/**
 * A provider of any kind that the package takes, as plain data and as a handle.
 * @param {any} given
 */
export function providerOf(given) {
  const data = describe(handleOf(given));
  let handle = handles.get(data);
  if (!handle) {
    const isBuiltIn = core().Provider.ids().includes(data.id);
    handle = call(() => (isBuiltIn ? core().Provider.builtin(data.id) : core().Provider.declare(data)));
    handles.set(data, handle);
  }
  return { data, handle };
}

/** @param {string} text @returns {glue.Secret} */
export const secretOf = (text) => new (core().Secret)(text, 'secret');

/**
 * Calls into the WebAssembly.
 * @template T
 * @param {() => T} work
 */
export function call(work) {
  try {
    return work();
  } catch (raw) {
    throw errorOf(raw);
  }
}

/**
 * An error of whatever came out; the sentences of what was tried are put in here.
 * @param {any} raw
 */
export function errorOf(raw) {
  if (!Array.isArray(raw?.tried)) return toError(raw);
  const tried = raw.tried.map(noticeOf);
  const sentences = tried.map((/** @type {Notice} */ notice) => notice.message).join('; ');
  return Object.assign(toError({ ...raw, details: [...raw.details, `${sentences}.`] }), { tried });
}

/** @param {RawNotice} raw @returns {Notice} */
export function noticeOf({ reason, details }) {
  return { reason, message: reasons[reason].replace(/\{(\d)\}/g, (_, n) => details[n] ?? '') };
}

/** @param {string} reason @param {...string} details @returns {RawNotice} */
export const notice = (reason, ...details) => ({ reason, details });

/** @param {RawNotice} raw */
export const fileFailed = (raw) => failure('file_failed', noticeOf(raw).message);

export { attempt };
