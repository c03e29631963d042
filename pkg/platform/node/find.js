// The module that finds keys in texts, in Node; with vector instructions or without.

import { text as plain } from '#find-bytes';
import { text as simd } from '#find-simd-bytes';

/** @param {boolean} hasSimd */
export const load = (hasSimd) => new WebAssembly.Module(Buffer.from(hasSimd ? simd : plain, 'base64'));
