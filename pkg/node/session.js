// Logging in and out when a person asks for it, and not because a key is needed.

import { failure, object } from '../core/errors.js';
import { providerOf } from './core.js';
import { forget } from './login.js';
import { resolveKey, settingOf, walk } from './resolve.js';

/** @param {any} provider @param {any} [options] @returns {Promise<import('./resolve.js').Credential>} */
export async function login(provider, options = {}) {
  const data = providerOf(provider);
  if (!data.login) throw failure('invalid_argument', 'provider', `${data.title} has no login by browser.`);
  const { open, timeout, device } = object(options);
  const setting = settingOf(data, { ...options, login: { open, timeout, device } });
  return walk(setting, { interactive: 'login', fresh: true }, (signal) => resolveKey(provider, { ...options, signal }));
}

/** Forgets the stored login; where it was, or `undefined`. @param {any} provider */
export async function logout(provider) {
  const data = providerOf(provider);
  if (!data.login) throw failure('invalid_argument', 'provider', `${data.title} has no login by browser.`);
  return forget(data);
}
