// Logging in and out by the person's own wish.

import { failure } from '../errors.js';
import { Secret } from '../secret.js';
import { providerOf } from './core.js';
import { forget, logIn } from './login.js';
import { Credential, resolveKey, settingOf } from './resolve.js';

/** @param {any} provider @param {any} [options] */
export async function login(provider, options = {}) {
  const { data, handle } = providerOf(provider);
  if (!data.login) throw failure('invalid_argument', 'provider', `${data.title} has no login by browser.`);
  const setting = await settingOf(data, handle, options);
  const { open, timeout } = options;
  const { text, path } = await logIn({ ...setting, login: { open, timeout } });
  const found = { secret: new Secret(text), source: { kind: 'login', name: path }, scheme: 'bearer', tried: [], warnings: [] };
  return new Credential({ ...found, baseUrl: setting.baseUrl }, () => resolveKey(provider, options));
}

/** Forgets the stored login; where it was, or `undefined`. @param {any} provider */
export async function logout(provider) {
  const { data } = providerOf(provider);
  if (!data.login) throw failure('invalid_argument', 'provider', `${data.title} has no login by browser.`);
  return forget(data);
}
