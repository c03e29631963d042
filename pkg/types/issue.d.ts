// Keys of your own: to make them, and to know them again by a hash.

import type { KeyFormat } from './formats.js';
import type { Credential, Secret } from './secrets.js';

/**
 * A new key from the system's random source. Default: keylatch's format with the
 * prefix `kl_live_`; `'test'` is the prefix `kl_test_`.
 * @throws {KeylatchError} `invalid_provider` for a wrong format, `invalid_argument` for one with nothing random in it, `no_entropy`.
 *
 * @example
 * ```js
 * generateKey('test').expose(); // → 'kl_test_…'
 * const github = ['ghp_', { alphabet: 'base62', length: 30 }, { checksum: 'crc32', covers: 'body', length: 6 }];
 * generateKey({ parts: github, certainty: 'documented' }).expose().length; // → 40
 * ```
 */
export function generateKey(format?: KeyFormat | 'live' | 'test'): Secret;

/**
 * SHA-256 of the key as 64 lower-case hexadecimal digits: what a server stores.
 * Unkeyed and unsalted is enough for a key of 178 random bits; it is not enough
 * for a password.
 *
 * @example
 * ```js
 * hashKey('abc'); // → 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
 * ```
 */
export function hashKey(secret: Credential): string;

/**
 * Whether the hash is that of the key. Compares in constant time.
 * @throws {KeylatchError} `invalid_argument` when `hash` is not 64 hexadecimal digits.
 *
 * @example
 * ```js
 * const key = generateKey();
 * verifyKey(key, hashKey(key)); // → true
 * verifyKey(generateKey(), hashKey(key)); // → false
 * ```
 */
export function verifyKey(secret: Credential, hash: string): boolean;
