// Every key in a text.

import { failure } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { everything, keyOf } from '../find/search.js';

/** @param {string} text @returns {import('../redact.js').FoundKey[]} */
export function extractKeys(text) {
  if (typeof text !== 'string') throw failure('invalid_argument', 'text', 'expected a string.');
  return everything()
    .inText(text, false)
    .filter(({ shape }) => shape !== undefined)
    .map((found) => {
      const { start, end, shape, isDoubtful } = found;
      const { provider, name, purpose, certainty, isTest } = /** @type {import('../find/search.js').Shape} */ (shape).kind;
      return {
        key: /** @type {import('../index.js').Secret} */ (/** @type {unknown} */ (new Secret(keyOf(found, text.slice(start, end))))),
        index: start,
        length: end - start,
        provider,
        certainty,
        kind: name,
        purpose,
        ...(isTest && { test: true }),
        ...(isDoubtful && { doubtful: true }),
      };
    });
}
