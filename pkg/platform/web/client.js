// The client's module in a browser or a bundle: its bytes are in the script that
// the first call loads.

import * as wasm from '#client-bytes';

import { decode } from './printable.js';

export const load = async () => WebAssembly.compile(decode(wasm));
