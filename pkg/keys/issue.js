// Making keys, and what is kept of them.

import { formats } from '#data';
import { nativeHash } from '#offline';

import { failure } from '../core/errors.js';
import { enter, fresh, read, short } from '../core/offline.js';
import { secrets } from '../core/parts.js';
import { adoptSlot, lend, masked, withData } from '../core/secret.js';
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
  // The format of a service may be unknown, as in generateKey(provider('luminary').format). A key of keylatch's own format
  // in its place would be a wrong key.
  if (format === undefined || format === null) {
    throw failure('invalid_argument', 'format', "it is not known, so no key can be made. Leave the argument out for a key of keylatch's own.");
  }
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
    const slot = secrets(core).generate(format, prefix, fillRandom(fresh(core).bytes, count)) | 0;
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
  const sha256 = nativeHash();
  if (sha256) return withData(secret, 'secret', sha256);
  return enter((core) => read(core, secrets(core).hash(lend(core, secret, 'secret'))));
}

const DIGITS = /^[0-9a-f]{64}$/i;

/** @param {unknown} secret @param {string} hash */
export function verifyKey(secret, hash) {
  const own = hashKey(secret);
  const stored = short(hash, 'hash');
  // All of them, wherever they differ. Letters have the bit 64, and 32 makes them lower-case.
  let differ = stored.length ^ 64;
  for (let at = 0; at < 64; at++) {
    const unit = stored.charCodeAt(at);
    differ |= own.charCodeAt(at) ^ (unit | ((unit & 64) >> 1));
  }
  if (differ === 0) return true;
  if (!DIGITS.test(stored)) throw failure('invalid_argument', 'hash', 'it must be the 64 hexadecimal digits that hashKey() gives.');
  return false;
}
