// The parts of the offline module in a browser or a bundle.

import * as bytes from '#bytes';

import { decode } from './printable.js';

export const diagnosis = () => new WebAssembly.Module(decode({ frequent: bytes.frequent, text: bytes.diagnosis }));
export const secrets = () => new WebAssembly.Module(decode({ frequent: bytes.frequent, text: bytes.secrets }));
