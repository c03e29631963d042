// A key in a sentence, and as `--json` shows it.

import { clean } from './text.js';
import { isTime, local } from './when.js';

const MOMENTS = /** @type {const} */ (['createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt']);

/** What is known of a key; a time that cannot be read is not. @param {any} key */
export function known(key) {
  const unreadable = MOMENTS.filter((moment) => moment in key && !isTime(key[moment]));
  return Object.fromEntries(Object.entries(key).filter(([member]) => !unreadable.includes(/** @type {any} */ (member))));
}

/** @param {any} key */
export function named({ name, masked, id }) {
  return `the key ${name ? `"${clean(name)}" ` : ''}(${clean(masked ?? id)})`;
}

/** The same as the beginning of a sentence. @param {any} key */
export const Named = (key) => `T${named(key).slice(1)}`;

/** @param {any} key */
export function until({ expiresAt }) {
  return isTime(expiresAt) ? `, good until ${local(expiresAt)}` : '';
}
