// The offline module where no bytes are compiled: runtimes of workers import it
// compiled.

import module from '../keylatch.wasm';

export const load = () => module;

export { textOf } from '../web/text.js';
