export * from './index.js';

/**
 * Starts keylatch with a wasm that you load yourself: the file is exported as
 * `keylatch/keylatch.wasm`. Await it once, before anything else is called.
 */
export function init(wasm: BufferSource | WebAssembly.Module | Response | Promise<Response> | URL | string): Promise<void>;
