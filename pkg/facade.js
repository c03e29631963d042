// The public face. What is here is what a Rust function cannot do well in
// JavaScript; every decision is made in Rust.

export { KeylatchError } from './errors.js';
export { RevealOnce, Secret } from './secret.js';
export { authHeaders, checkKey, generateKey, hashKey, identifyKey, maskKey, verifyKey } from './keys.js';
export { defineProvider, provider, providers } from './providers.js';
export { KeyClient } from './client.js';
