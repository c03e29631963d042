// A key that somebody pastes where a search was meant: only its masked form is kept.

import { checkKey, identifyKey, maskKey } from '../entries/index.js';

/** So long a word without a space is nobody's name of a key, if no key has it. */
const LONG = 28;

/**
 * The masked form of a key that a text is or holds; `undefined` where it holds none.
 * `isKnown` says whether a text is a part of something that is no secret, such as an id.
 * @param {import('../index.js').Provider} provider @param {string} text @param {(text: string) => boolean} isKnown
 */
export function cut(provider, text, isKnown) {
  const word = text.trim();
  if (word.includes('…') || isKnown(word)) return undefined;
  const found = checkKey(provider, word);
  if (found.ok ? found.certainty !== 'unknown' : found.fixed !== undefined) return maskKey(found.ok ? word : found.fixed ?? '');
  const looksLike = found.ok ? [] : found.looksLike;
  const isKey = looksLike.length > 0 || identifyKey(word).some(({ certainty }) => certainty !== 'unknown');
  return isKey || (word.length >= LONG && !/\s/.test(word)) ? maskKey(word) : undefined;
}
