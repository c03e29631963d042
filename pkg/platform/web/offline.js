// The offline module in a browser or a bundle: its bytes are in the script.

import { check, frequent } from '#bytes';

import { decode } from './printable.js';

export const load = () => new WebAssembly.Module(decode({ frequent, text: check }));

export { nativeHash, SHORT, textOf } from './text.js';
