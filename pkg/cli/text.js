// Text of a service's own making on a terminal: what it would obey or hide, and
// how many columns the rest takes up.

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Controls, marks that turn the direction of a line, and characters without width. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Of them, some belong into an emoji. The flag is in a string, as older tools do not parse it. */
const EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

/** Wide and full-width characters beside the emoji: first and last of each range (Unicode, UAX #11). */
const WIDE = [
  [0x1100, 0x115f], [0x2329, 0x232a], [0x2e80, 0x303e], [0x3041, 0xa4cf], [0xa960, 0xa97f], [0xac00, 0xd7a3],
  [0xf900, 0xfaff], [0xfe10, 0xfe19], [0xfe30, 0xfe6f], [0xff01, 0xff60], [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08], [0x1aff0, 0x1b2ff], [0x1f200, 0x1f265], [0x20000, 0x3fffd],
];

const letters = (/** @type {string} */ text) => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** The text with U+FFFD for what nobody would see. @param {string} text */
export function clean(text) {
  return letters(text).map((letter) => (EMOJI.test(letter) ? letter : letter.replace(INVISIBLE, '\uFFFD'))).join('');
}

/** Columns, without colours. @param {string} text */
export function width(text) {
  return letters(text.replace(/\x1b\[\d+m/g, '')).reduce((sum, letter) => sum + columnsOf(letter), 0);
}

/** The beginning of a text that is too long. @param {string} text @param {number} columns */
export function shortened(text, columns) {
  if (width(text) <= columns) return text;
  let short = '';
  for (const letter of letters(text)) {
    if (width(short + letter) > columns - 1) break;
    short += letter;
  }
  return `${short}…`;
}

/** @param {string} letter a grapheme */
function columnsOf(letter) {
  if (/\p{Emoji_Presentation}|\p{Emoji}\uFE0F/u.test(letter)) return 2;
  const code = letter.codePointAt(0) ?? 0;
  if (/^\p{M}/u.test(letter)) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
