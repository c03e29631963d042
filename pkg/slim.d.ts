export * from './index.js';

/**
 * What WebAssembly can be taken from: its bytes, a `WebAssembly.Module`, a `Response` or
 * a promise of one, a URL or its text. TypeScript knows no member of a module, so this
 * is no narrower.
 */
export type WasmSource = object | string;

/**
 * Starts keylatch with wasm that you load yourself. Await it once, before anything
 * else is called; after a failure it can be called again.
 *
 * `wasm` is `keylatch/keylatch.wasm`, for everything that needs no service;
 * `clientWasm` is `keylatch/client.wasm`, or a function that gives it, which is
 * called by the first call to a service. Without it such calls are `not_started`.
 * @throws {KeylatchError} `not_started`.
 *
 * @example
 * ```js
 * import { readFile } from 'node:fs/promises';
 * import { fileURLToPath } from 'node:url';
 * import { init, maskKey } from 'keylatch/slim';
 *
 * const bytes = (name) => readFile(fileURLToPath(import.meta.resolve(name)));
 * await init(await bytes('keylatch/keylatch.wasm'), () => bytes('keylatch/client.wasm'));
 * maskKey('kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'); // → 'kl_test_…HBms'
 * ```
 */
export function init(wasm: WasmSource, clientWasm?: WasmSource | (() => WasmSource)): Promise<void>;
