// What can be said and done about a key without asking anyone.

import { core } from './core.js';
import { attempt, object, problemOf } from './errors.js';
import { describe, handleOf, provider } from './providers.js';
import { adoptSecret, lend } from './secret.js';

/** @param {any} service @param {string} text @returns {import('./index.js').KeyCheck} */
export function checkKey(service, text) {
  const handle = handleOf(service);
  const { id, certainty } = describe(handle);
  const about = { provider: id, certainty };
  const found = attempt(() => handle.check(text));
  if (!Array.isArray(found)) return { ok: true, ...about, ...(found && { prefix: found }) };
  const looksLike = attempt(() => core().resembled(text)).filter((other) => other !== id);
  return { ok: false, ...about, problems: found.map(problemOf), looksLike };
}

/** @param {string} text */
export function identifyKey(text) {
  return attempt(() => core().identify(text)).map((id) => checkKey(provider(id), text));
}

/** @param {string} text */
export function maskKey(text) {
  return attempt(() => core().mask(text));
}

/** @param {unknown} [format] */
export function generateKey(format) {
  return adoptSecret(attempt(() => core().generate(format)));
}

/** @param {unknown} secret */
export function hashKey(secret) {
  return lend(secret, 'secret', (handle) => core().hash(handle));
}

/** @param {unknown} secret @param {string} hash */
export function verifyKey(secret, hash) {
  return lend(secret, 'secret', (handle) => core().verify(handle, hash));
}

/** @param {any} service @param {unknown} secret @param {{ scheme?: string }} [options] */
export function authHeaders(service, secret, options = {}) {
  const { scheme } = object(options);
  const handle = handleOf(service);
  return lend(secret, 'secret', (key) => {
    const [name, value] = handle.header(key, scheme);
    return { [name]: value };
  });
}
