// The default entry carries its bytes: `new URL('….wasm', import.meta.url)` fails
// in Node's fetch and in several bundlers.

import * as wasm from './wasm/bytes.js';
import { decode } from './bytes.js';
import { provide } from './core.js';

provide(() => decode(wasm));

export * from './facade.js';
