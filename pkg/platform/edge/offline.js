// The offline module where no bytes are compiled: the runtime imports it compiled.
// `?module` is how Next and Vercel want that to be asked for; Wrangler takes it, too.

import module from '../keylatch.wasm?module';

export const load = () => module;

export { nativeHash, SHORT, textOf } from '../web/text.js';
