// The client's module where no bytes are compiled.

import module from '../client.wasm?module';

export const load = async () => module;
