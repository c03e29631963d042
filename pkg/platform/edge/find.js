// The module that finds keys in texts, where no bytes are compiled. Such runtimes have
// vector instructions.

import module from '../find.wasm?module';

export const load = () => module;
