// The offline module in Node. Its bytes are in the script, as a bundler for Node
// would lose a file beside it; Node decodes base64 faster than a script can.

import { text } from '#bytes';

export const load = () => Buffer.from(text, 'base64');

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
