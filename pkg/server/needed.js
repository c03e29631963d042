// What an answer of keylatch-server must state: one that leaves it out is none.

import { KeylatchError } from '../core/errors.js';

/**
 * @template T
 * @param {T} value @param {string} path @param {(value: any) => boolean} isRight
 * @returns {T}
 */
export function needed(value, path, isRight) {
  if (isRight(value)) return value;
  throw new KeylatchError({ code: 'bad_response', details: [], sentence: `The answer of keylatch-server is none: \`${path}\` is missing or of another kind.` });
}

/** @param {unknown} value */
export const isText = (value) => typeof value === 'string';

/** @param {unknown} value */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
