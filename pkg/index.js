// The default entry carries its bytes: `new URL('….wasm', import.meta.url)` fails
// in Node's fetch and in several bundlers.

import bytes from './wasm/bytes.js';
import { provide } from './core.js';

provide(() => decode(atob(bytes)));

export * from './facade.js';

/**
 * In a plain loop, because `Uint8Array.from` with a function takes six times as
 * long, which was half of the time to the first call.
 * @param {string} binary
 */
function decode(binary) {
  const decoded = new Uint8Array(binary.length);
  for (let i = 0; i < decoded.length; i++) decoded[i] = binary.charCodeAt(i);
  return decoded;
}
