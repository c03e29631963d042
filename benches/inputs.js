// What is measured: the same keys in every run, and enough of them that no peer
// can learn one by heart.

import { generator } from './measure.js';
import { checksum, hashKey } from './peers/handwritten.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const COUNT = 64;
const random = generator(20_261_120);

function key(index) {
  const body = Array.from({ length: 30 }, () => BASE62[Math.floor(random() * 62)]).join('');
  const start = (index % 2 ? 'kl_test_' : 'kl_live_') + body;
  return flat(start + checksum(start));
}

/** With one character of the body mistyped. */
function mistyped(key) {
  const at = 8 + Math.floor(random() * 30);
  const other = BASE62[(BASE62.indexOf(key[at]) + 1) % 62];
  return flat(key.slice(0, at) + other + key.slice(at + 1));
}

/** As a text comes from outside: in one piece, and not as parts yet to be joined. */
const flat = (text) => Buffer.from(text).toString('latin1');

export const GOOD = Array.from({ length: COUNT }, (_, index) => key(index));
export const BAD = GOOD.map(mistyped);
export const HASHES = GOOD.map(hashKey);

/** The input of the i-th call. @template T @param {T[]} list @param {number} i */
export const pick = (list, i) => list[i % COUNT];
