// What needs no service.

export { KeylatchError } from '../core/errors.js';
export { RevealOnce, Secret } from '../core/secret.js';
export { defineProvider, provider, providers } from '../core/providers.js';
export { checkKey, checkKeys, identifyKey } from '../keys/check.js';
export { authHeaders } from '../keys/headers.js';
export { generateKey, hashKey, maskKey, verifyKey } from '../keys/issue.js';
