// A pasted text with its faults made visible.

import { el } from './dom.js';

const LIMIT = 400;
const CONTEXT = 24;

/**
 * Renders `text` into `element` and marks each span; one without a length is a gap, where
 * something is missing. Of a long text only what surrounds the first mark is shown.
 * @param {any} element @param {string} text @param {{ index: number, length: number }[]} spans
 */
export function renderMarked(element, text, spans) {
  // Not Math.min(...spans): a whole file pasted has more faults than a call takes arguments.
  const first = spans.reduce((least, { index }) => Math.min(least, index), text.length);
  const from = text.length > LIMIT ? startOf(text, Math.max(0, first - CONTEXT)) : 0;
  const to = Math.min(text.length, from + LIMIT);
  const marked = new Set();
  for (const { index, length } of spans) for (let at = index; at < Math.min(index + length, to); at++) marked.add(at);
  /** @type {(string | Node)[]} */
  const parts = from > 0 ? ['…'] : [];
  let index = from;
  let run = '';
  const flush = () => {
    if (run) parts.push(el('mark', {}, run));
    run = '';
  };
  for (const character of text.slice(from, to)) {
    const seen = visible(character);
    if (marked.has(index)) run += seen;
    else {
      flush();
      parts.push(seen);
    }
    index += character.length;
  }
  flush();
  if (to < text.length) parts.push('…');
  else if (spans.some((span) => span.length === 0 && span.index >= text.length)) parts.push(el('mark', { class: 'gap' }, '\u2009'));
  element.replaceChildren(...parts);
}

/** The place of an index as people count: characters, from 1. @param {string} text @param {number} index */
export function position(text, index) {
  return [...text.slice(0, index)].length + 1;
}

/** What cannot be seen gets a sign of its own. @param {string} character */
function visible(character) {
  if (character === ' ') return '␣';
  if (character === '\n') return '↵';
  if (character === '\r') return '␍';
  if (character === '\t') return '⇥';
  if (/[\p{C}\p{Z}]/u.test(character)) return `[U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`;
  return character;
}

/** Not in the middle of a surrogate pair. @param {string} text @param {number} index */
function startOf(text, index) {
  return index > 0 && /[\udc00-\udfff]/.test(text[index]) ? index - 1 : index;
}
