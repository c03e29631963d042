// What can be said and done about a key without asking anyone.

import { core } from './core.js';
import { attempt, problemOf } from './errors.js';
import { handleOf, provider } from './providers.js';
import { adoptSecret, lend } from './secret.js';

/** @param {any} service @param {string} text @returns {import('./index.js').KeyCheck} */
export function checkKey(service, text) {
  const handle = handleOf(service);
  return attempt(() => {
    const found = handle.check(text);
    const about = { provider: handle.id, certainty: handle.certainty };
    if (found.length) {
      return { ok: false, ...about, problems: found.map(problemOf), looksLike: core().looksLike(text).filter((id) => id !== handle.id) };
    }
    const prefix = handle.prefix(text);
    return { ok: true, ...about, ...(prefix && { prefix }) };
  });
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
export function authHeaders(service, secret, { scheme } = {}) {
  const handle = handleOf(service);
  return lend(secret, 'secret', (key) => {
    const [name, value] = handle.header(key, scheme);
    return { [name]: value };
  });
}
