// A pasted text with its faults made visible.

const LIMIT = 400;
const CONTEXT = 24;

/**
 * Renders `text` into `element` and marks the character at each index; an index
 * at the end is marked as a gap. Of a long text only what surrounds the first
 * mark is shown.
 */
export function renderMarked(element, text, indexes) {
  const marked = new Set(indexes);
  // Not Math.min(...indexes): a whole file pasted has more faults than a call takes arguments.
  const first = indexes.reduce((least, index) => Math.min(least, index), text.length);
  const from = text.length > LIMIT ? startOf(text, Math.max(0, first - CONTEXT)) : 0;
  const to = Math.min(text.length, from + LIMIT);
  const parts = from > 0 ? ['…'] : [];
  let index = from;
  for (const character of text.slice(from, to)) {
    const seen = visible(character);
    parts.push(marked.has(index) ? mark(seen) : seen);
    index += character.length;
  }
  if (to < text.length) parts.push('…');
  else if (marked.has(text.length)) parts.push(mark('\u2009', 'gap'));
  element.replaceChildren(...parts);
}

/** The place of an index as people count: characters, from 1. */
export function position(text, index) {
  return [...text.slice(0, index)].length + 1;
}

function mark(text, kind) {
  const element = document.createElement('mark');
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

/** What cannot be seen gets a sign of its own. */
function visible(character) {
  if (character === ' ') return '␣';
  if (character === '\n') return '↵';
  if (character === '\r') return '␍';
  if (character === '\t') return '⇥';
  if (/[\p{C}\p{Z}]/u.test(character)) return `[U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`;
  return character;
}

/** Not in the middle of a surrogate pair. */
function startOf(text, index) {
  return index > 0 && /[\udc00-\udfff]/.test(text[index]) ? index - 1 : index;
}
