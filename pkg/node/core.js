// The WebAssembly of Node: the credential chain and the client in one module.

import { requestErrors } from '#data';
import { clientErrors } from '#data-client';
import { reasons } from '#data-node';

import { openNow } from '../client/module.js';
import { failure, fill, learn, toError } from '../core/errors.js';
import { providerOf } from '../core/providers.js';
import { bytesOf } from '../core/secret.js';
import { bytes } from '../platform/node/client.js';

/**
 * @typedef {{ reason: string, details: string[] }} RawNotice
 * @typedef {{ reason: string, message: string }} Notice
 */

// Files and prompts fail with the sentences of the client before it is started.
learn({ ...requestErrors, ...clientErrors });

/** The exports of the WebAssembly: Node compiles modules of any size at once. @returns {any} */
export const core = () => openNow(() => new WebAssembly.Module(bytes()));

export { providerOf };

/** The description of a service as the WebAssembly takes it. @param {import('../index.js').Provider} provider */
export const described = (provider) => JSON.stringify(provider);

/** Data with keys in it as bytes of JSON, which are wiped once the WebAssembly has a copy. @param {unknown} data */
export const packed = (data) => Buffer.from(JSON.stringify(data) ?? 'null');

/**
 * Works with such bytes, and wipes them.
 * @template T
 * @param {unknown} data @param {(bytes: Uint8Array) => T} work
 */
export function withPacked(data, work) {
  const bytes = packed(data);
  try {
    return work(bytes);
  } finally {
    bytes.fill(0);
  }
}

/**
 * Works with a key as bytes, which the WebAssembly copies at the call and which are
 * wiped afterwards.
 * @template T
 * @param {unknown} secret nothing where there is none
 * @param {string} name @param {(bytes: Uint8Array | undefined) => T} work
 */
export function withBytes(secret, name, work) {
  const bytes = secret === undefined ? undefined : bytesOf(secret, name);
  try {
    return work(bytes);
  } finally {
    bytes?.fill(0);
  }
}

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
 * An error of what the WebAssembly threw, with the sentences of the sources that were tried.
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
  return { reason, message: fill(String(reasons[reason]), details) };
}

/** @param {string} reason @param {...string} details @returns {RawNotice} */
export const notice = (reason, ...details) => ({ reason, details });

/** @param {RawNotice} raw */
export const fileFailed = (raw) => failure('file_failed', noticeOf(raw).message);
