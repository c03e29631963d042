export * from './index.js';

/** What a module of WebAssembly can be taken from. */
export type WasmSource = BufferSource | WebAssembly.Module | Response | Promise<Response> | URL | string;

/**
 * Starts keylatch with wasm that you load yourself. Await it once, before anything
 * else is called.
 *
 * `wasm` is `keylatch/keylatch.wasm`, for everything that needs no service;
 * `clientWasm` is `keylatch/client.wasm`, or a function that gives it, which is
 * called by the first call to a service. Without it such calls are `not_started`.
 */
export function init(wasm: WasmSource, clientWasm?: WasmSource | (() => WasmSource)): Promise<void>;
