// Making keys, and what is kept of them.

import { formats } from '#data';

import { failure } from '../core/errors.js';
import { enter, fresh, read, short } from '../core/offline.js';
import { adoptSlot, lend, masked } from '../core/secret.js';
import { formatOf, withFormat } from '../core/services.js';

/** The answer of `generate` that asks for more random bytes: src/wasm/offline/keys.rs. */
const NEEDS_MORE = -1;

/** @param {string} text */
export function maskKey(text) {
  if (typeof text !== 'string') throw failure('invalid_argument', 'text', 'expected a string.');
  return masked(text);
}

/** @param {any[]} given a format, `live` or `test`; nothing is `live` */
export function generateKey(...given) {
  const [format = given.length === 0 ? 'live' : undefined] = given;
  // As of a service whose format is not known: no key of another one is made instead.
  if (format === undefined || format === null) throw failure('invalid_argument', 'format', 'there is none, so no key can be made by it.');
  if (typeof format === 'object') {
    const own = formatOf(format);
    return enter((core) => withFormat(core, own, (number) => generated(core, number, 0)));
  }
  if (format !== 'live' && format !== 'test') throw failure('invalid_argument', 'format', 'use "live", "test" or a key format.');
  return enter((core) => generated(core, formats.keylatch, format === 'live' ? 0 : 1));
}

/** @param {import('../core/offline.js').Offline} core @param {number} format @param {number} prefix */
function generated(core, format, prefix) {
  for (let count = 64; count <= 65_536; count *= 4) {
    const slot = core.wasm.generate(format, prefix, fillRandom(fresh(core).bytes, count)) | 0;
    if (slot >= 0) return adoptSlot(core, slot);
    if (slot !== NEEDS_MORE) break;
  }
  throw failure('invalid_argument', 'format', 'it has no run of characters, so there is nothing random in it.');
}

/** @param {Uint8Array} bytes @param {number} count */
function fillRandom(bytes, count) {
  try {
    globalThis.crypto.getRandomValues(/** @type {Uint8Array<ArrayBuffer>} */ (bytes).subarray(0, count));
  } catch {
    throw failure('no_entropy');
  }
  return count;
}

/** @param {unknown} secret */
export function hashKey(secret) {
  return enter((core) => read(core, core.wasm.hash(lend(core, secret, 'secret'))));
}

/** @param {unknown} secret @param {string} hash */
export function verifyKey(secret, hash) {
  return enter((core) => {
    const length = lend(core, secret, 'secret');
    const digits = short(hash, 'hash');
    // Right behind the key, in one buffer.
    const { bytes } = fresh(core);
    let all = 0;
    for (let at = 0; at < digits.length && at < 65; at++) {
      const unit = digits.charCodeAt(at);
      all |= unit;
      bytes[length + at] = unit;
    }
    const answer = core.wasm.verify(length, Math.min(digits.length, 65));
    if (answer === 2 || all > 127) throw failure('invalid_argument', 'hash', 'it must be the 64 hexadecimal digits that hashKey() gives.');
    return answer === 1;
  });
}
