// Whether a key that stands in a text could be a piece of a longer one. Of many kinds the length
// is open: of `sk-ant-oat01-…*…`, with a typing error in it, both pieces look whole.

/** What closes what stands before a key. @type {Record<string, string>} */
const PAIRS = { '"': '"', "'": "'", '`': '`', '(': ')', '[': ']', '{': '}', '<': '>', '“': '”', '‘': '’', '«': '»', '|': '|', '*': '*', ',': ',', '>': '<', '\t': '\t' };
/** The end of a line or of a text, as JSON, an address, HTML and a terminal write it. */
const ESCAPED = /^(?:\\(?:[enrtu"'\\]|x[01]|0)|&#?\w+;|\^?\[+\d|[\x1b\x9b]|%(?:25)*(?:0[ad]|2[0267c]|7d))/i;
/** A middle of a key that is shorter is something else, between two spaces. */
const SHORTEST = 8;

/** @param {string} text @param {string} key @param {(candidate: string) => boolean} isKey */
export function couldBeCut(text, key, isKey) {
  const at = text.indexOf(key);
  // Put together of pieces.
  if (at < 0) return isAmbiguous(text, key, isKey) || isWholeBefore(text, key, isKey) || text.split(/\s+/).slice(1, -1).some((piece) => piece.length < SHORTEST && key.slice(1, -1).includes(piece));
  const rest = text.slice(at + key.length);
  if (rest.trim() === '' || PAIRS[text[at - 1]] === rest[0] || ESCAPED.test(rest)) return false;
  // Something was left out.
  if (/^\.\./.test(rest)) return true;
  // A quote that is open before it.
  if (/^["'`]/.test(rest) && text.slice(0, at).split(rest[0]).length % 2 === 0) return false;
  const word = text.slice(0, at).split(/[\s"'`]/).at(-1) ?? '';
  // The next of several values, each with its name.
  if (/^[,;]\s*[A-Za-z_][\w.-]*[=:][^=\s]/.test(rest)) return false;
  if (/^[?&@#/|]/.test(rest) && /:\/\/|\?/.test(word)) return false;
  if (/^\s/.test(rest)) {
    const pieces = rest.trim().split(/\s+/);
    return isKey(key + pieces.join('')) || pieces.some((piece) => /^(?=.*\d)[\w-]{8,}$/.test(piece) && isKey(key + piece));
  }
  const next = /^[^A-Za-z0-9\s]{1,3}([A-Za-z0-9]+)/.exec(rest)?.[1];
  return next !== undefined && (isKey(key + next[0]) || isKey(key + next));
}

/** A dash, which programs make of two hyphens and people put after a key; a hyphen before, or a sign of a diff behind, the end of a line. */
const SIGNS = /[\u2013-\u2015]|[-\u2010][ \t\r]*\n|\n[ \t]*[+-]/;

/** Whether a key was put together of signs that may be a part of it, or not. @param {string} text @param {string} key @param {(candidate: string) => boolean} isKey */
function isAmbiguous(text, key, isKey) {
  const others = (/** @type {number} */ at) => [key.slice(0, at) + key.slice(at + 1), key.slice(0, at) + key[at] + key.slice(at)];
  return SIGNS.test(text) && [...key.matchAll(/[-+]/g)].some(({ index }) => others(index).some(isKey));
}

/** Whether a key is one without its last piece, so that this may be the next word. @param {string} text @param {string} key @param {(candidate: string) => boolean} isKey */
function isWholeBefore(text, key, isKey) {
  let start = key.length;
  while (start > 0 && text.includes(key.slice(start - 1))) start -= 1;
  return start < key.length && /\s[^\w\s]*$/.test(text.slice(0, text.lastIndexOf(key.slice(start)))) && isKey(key.slice(0, start));
}
