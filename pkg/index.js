// The default entry carries its bytes: `new URL('….wasm', import.meta.url)` fails
// in Node's fetch and in several bundlers.

import bytes from './wasm/bytes.js';
import { provide } from './core.js';

provide(() => Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)));

export * from './facade.js';
