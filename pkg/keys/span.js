// How much of a text a problem is about, from its index on.

const SPACE = /^[\s\u0085\u00a0\u2007\u202f]+/;
const QUOTES = /^["'`´«»‹›\u2018-\u201f]+/;
/** A header's name or a scheme, and what stands before the value. */
const SCHEME = /^["'`]?[\w-]+["'`]?\s*:?\s*/;
const ASSIGNMENT = /^(?:\$env:)?[^=:]*(?::=|=>|=|:)\s*/i;

/**
 * The number of UTF-16 code units.
 * @param {import('../index.js').ProblemCode} code @param {string} text @param {number} index @param {string[]} details
 */
export function lengthOf(code, text, index, details) {
  const rest = text.slice(index, index + 4096);
  const matched = (/** @type {RegExp} */ pattern) => pattern.exec(rest)?.[0].length ?? 0;
  switch (code) {
    case 'surrounding_space':
    case 'inner_space':
    case 'line_break':
      return matched(SPACE);
    case 'quotes':
      return matched(QUOTES);
    case 'scheme_prefix':
      return matched(SCHEME);
    case 'assignment_prefix':
      return matched(ASSIGNMENT);
    case 'surrounding_text':
    case 'wrong_checksum':
      return Math.min(Number(details[0]), rest.length);
    case 'wrong_length':
      return text.length - Math.min(index, text.length);
    case 'placeholder':
      return rest.trimEnd().replace(/["'`]+$/, '').length;
    case 'empty':
      return 0;
    default:
      // One character, which may be two units.
      return rest ? (/** @type {number} */ (rest.codePointAt(0)) > 0xffff ? 2 : 1) : 0;
  }
}
