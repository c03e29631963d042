import type { WasmSource } from './slim.js';

/** What a bundler or a runtime makes of the file: a compiled module, or its address. For `init` of `keylatch/slim`. */
declare const wasm: WasmSource;
export default wasm;
