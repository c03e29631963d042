// A text out of the memory of WebAssembly, with what every platform has.

/** Up to this length a loop over a text is faster than `TextEncoder.encodeInto`. */
export const SHORT = 128;

/** No hash of the platform's own answers at once. @type {() => ((data: string | Uint8Array) => string) | undefined} */
export const nativeHash = () => undefined;

/** @type {TextDecoder | undefined} */
let decoder;

/** The UTF-8 of a length at a place, as text. @param {Uint8Array} bytes @param {number} at @param {number} length @returns {string} */
export function textOf(bytes, at, length) {
  const part = bytes.subarray(at, at + length);
  if (length <= 128 && part.every((byte) => byte < 128)) return String.fromCharCode.apply(null, /** @type {any} */ (part));
  if (typeof TextDecoder !== 'undefined') return (decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })).decode(part);
  // jsdom has none.
  return decodeURIComponent(Array.from(part, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
}
