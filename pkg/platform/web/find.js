// The module that finds keys in texts, in a browser or a bundle; with vector instructions or
// without.

import * as plain from '#find-bytes';
import * as simd from '#find-simd-bytes';

import { decode } from './printable.js';

/** @param {boolean} hasSimd */
export const load = (hasSimd) => new WebAssembly.Module(decode(hasSimd ? simd : plain));
