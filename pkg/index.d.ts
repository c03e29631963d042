/**
 * keylatch: API keys for JavaScript.
 *
 * Everything here works at once after the import: the WebAssembly is compiled
 * on first use, there is nothing to await.
 *
 * Whatever goes wrong is thrown, or rejected with, as a {@link KeylatchError}.
 * Where `@throws` names a code, it is the `code` of that error.
 *
 * @module
 */

export * from './types/errors.js';
export * from './types/secrets.js';
export * from './types/formats.js';
export * from './types/check.js';
export * from './types/issue.js';
export * from './types/headers.js';
export * from './types/providers.js';
export * from './types/keys.js';
export * from './types/client.js';
