// The parts of the offline module in a browser or a bundle.

import * as bytes from '#bytes';

import { decode } from './printable.js';

export const diagnosis = () => decode({ alphabet: bytes.alphabet, text: bytes.diagnosis });
export const secrets = () => decode({ alphabet: bytes.alphabet, text: bytes.secrets });
