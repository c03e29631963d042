// The offline module where no bytes are compiled: runtimes of workers import it
// compiled.

import module from '../keylatch.wasm';

export const load = () => module;

export { nativeHash, SHORT, textOf } from '../web/text.js';
