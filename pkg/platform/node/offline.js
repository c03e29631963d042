// The offline module in Node. Its bytes are in the script, as a bundler for Node
// would lose a file beside it; Node decodes base64 faster than a script can.

import { check } from '#bytes';

export const load = () => new WebAssembly.Module(Buffer.from(check, 'base64'));

/** @type {((data: string | Uint8Array) => string) | undefined} */
let sha256;

/**
 * SHA-256 in hexadecimal digits by Node itself, in half of the time that any
 * WebAssembly takes; nothing before Node 20.16.
 */
export function nativeHash() {
  if (sha256) return sha256;
  const hash = /** @type {any} */ (process).getBuiltinModule?.('node:crypto').hash;
  return (sha256 = hash && ((data) => hash('sha256', data)));
}

/** Node's `encodeInto` is faster than a loop over a text of any length. */
export const SHORT = 0;

/** The memory that was read last, as Node reads it fastest. @type {Buffer | undefined} */
let view;

/** The UTF-8 of a length at a place, as text. @param {Uint8Array} bytes @param {number} at @param {number} length @returns {string} */
export function textOf(bytes, at, length) {
  if (view?.buffer !== bytes.buffer) view = Buffer.from(bytes.buffer);
  const start = bytes.byteOffset + at;
  return view.utf8Slice(start, start + length);
}
