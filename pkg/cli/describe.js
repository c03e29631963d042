// A key in a sentence.

import { clean } from './text.js';
import { isTime, local } from './when.js';

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
