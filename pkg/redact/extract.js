// Every key in a text.

import { failure } from '../core/errors.js';
import { utf8Of } from '../core/offline.js';
import { Secret } from '../core/secret.js';
import { everything } from '../find/search.js';
import { SHORT, unitsIn } from './text.js';

/** @param {string} text @returns {import('../redact.js').FoundKey[]} */
export function extractKeys(text) {
  if (typeof text !== 'string') throw failure('invalid_argument', 'text', 'expected a string.');
  return found(text)
    .filter(({ shape }) => shape !== undefined)
    .map(({ start, end, shape, isDoubtful }) => {
      const { provider, name, purpose, certainty, isTest } = /** @type {import('../find/search.js').Shape} */ (shape).kind;
      return {
        key: /** @type {import('../index.js').Secret} */ (/** @type {unknown} */ (new Secret(text.slice(start, end)))),
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

/** @param {string} text */
function found(text) {
  const search = everything();
  if (text.length <= SHORT) return search.inShort(text, false);
  const bytes = utf8Of(text);
  /** @type {import('../find/search.js').Found[]} */
  const all = [];
  search.inBytes(bytes, true, (one) => all.push(one), 0, false);
  const units = unitsIn(bytes, text.length);
  const places = all.map((one) => ({ ...one, start: units(one.start), end: units(one.end) }));
  bytes.fill(0);
  return places;
}
