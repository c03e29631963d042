// The offline module in Node. Its bytes are in the script, as a bundler for Node
// would lose a file beside it; Node decodes base64 faster than a script can.

import { text } from '#bytes';

export const load = () => Buffer.from(text, 'base64');

/** The UTF-8 of a length at a place, as text. @param {Uint8Array} bytes @param {number} at @param {number} length @returns {string} */
export const textOf = (bytes, at, length) => Buffer.from(bytes.buffer, bytes.byteOffset + at, length).utf8Slice(0, length);
