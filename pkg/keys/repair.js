// What a text that is no key should have been: a key that stands in something else, or is
// broken up by what a program or a person put into it. Nothing is guessed: what is offered is
// a key by its format, and the only one in the text, however that is read.

import { LONGEST, offline } from '../core/offline.js';
import { diagnosis } from '../core/parts.js';
import { unescaped } from './unescape.js';

/** Each word of a text is a candidate, and so is what stands in it: a request that a browser copies has some hundreds, a document more. */
const MOST = 2000;
/**
 * What cannot be seen: joiners, marks of direction, soft hyphens, blanks, control characters; what a terminal obeys, such as
 * links, colours and the marks of a paste, also where the escape was lost or is shown as `^[` or as in a source.
 */
export const INVISIBLE = /\p{DI}|[\u2800\ufffc]|&shy;|<wbr>|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|(?:\x1b\[|\x9b)[ -?]*[@-~]|\x1b[ -/]*[0-~]|(?:\^\[|\\(?:e|033|x1b|u001b))?\[\d[\d;]*[m~]|(?!\s)\p{Cc}/giu;
/** What stands around a key in shells, JSON, headers, addresses and Markdown; arrows and pictures, as people put before one. */
const AROUND = /[\s"'`´«»‹›\u2018-\u201f\u2032-\u2037\u3001-\u301f\ufffd¿<>(){}\[\],;|\\^\u2190-\u21ff\p{Extended_Pictographic}]+/u;
/** A text that goes on in the next line, as shells, mails, quotations and comments have it; pieces that a source puts together. */
const CONTINUED = /[\\^`=-]?(?:\r?\n|<br ?\/?>)[\s>#*]*(?:\/\/ ?)?|(["'`])\s*(?:[+.&\\]\s*)?\1/g;
/**
 * The key that a text holds, if it holds exactly one.
 * @param {string} text @param {(candidate: string) => boolean} isKey @param {string[]} [prefixes] what a key can begin with
 * @returns {string | undefined}
 */
export function repair(text, isKey, prefixes = []) {
  if (text.length > LONGEST) return undefined;
  /** @type {Set<string>} */
  const found = new Set();
  const tried = new Set([text]);
  for (const candidates of [words(text), whole(text), looked(text), cased(text, prefixes)]) {
    for (const candidate of candidates) {
      if (!candidate || tried.has(candidate)) continue;
      if (tried.add(candidate).size > MOST || found.size > 1) break;
      if (isKey(candidate)) found.add(candidate);
    }
    if (found.size > 0) break;
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** What a text has in base64 and is text, as a header of Basic authentication or a secret of Kubernetes. @param {string} text */
const decoded = (text) => (text.match(/[A-Za-z\d+/]{20,}/g) ?? []).map((part) => (part.length % 4 === 1 ? '' : /^[ -~\s]+$/.exec(atob(part))?.[0])).join(' ');

/** The words of a text, and what stands in each behind a sign. @param {string} text @returns {Generator<string>} */
function* words(text) {
  const plain = text.replace(INVISIBLE, '');
  for (const form of new Set([plain, unescaped(plain).replace(INVISIBLE, ''), decoded(plain)])) {
    for (const word of form.split(AROUND)) {
      yield word;
      yield /^.*[^.:=!?*~%]/.exec(word.replace(/^[.:=*~+-]+/, ''))?.[0] ?? '';
      // Italic and bold in Markdown; a key can end with one.
      yield word.replace(/^(_+)(.+)\1$/, '$2');
      // NAME=key, ?key=…&, user:key@, a header's name, a space in a form.
      for (const sign of '=:/&@?#+') {
        const pieces = word.split(sign);
        // A rule of signs, or a table, takes no more time than its length.
        for (let at = 1; at < pieces.length && pieces.length < 40; at++) {
          yield pieces.slice(at).join(sign).split(/[&@?#]/)[0];
          yield pieces.slice(0, at).join(sign);
        }
      }
      for (const piece of word.split(/[=:/&@?#*~$+]-?/)) yield piece;
    }
  }
}

/** The whole text without the white space that broke it up, and what stands around that. @param {string} text @returns {Generator<string>} */
function* whole(text) {
  const joined = text.replace(INVISIBLE, '').replace(/\s+/g, '');
  yield joined;
  const half = joined.slice(joined.length / 2);
  // Pasted twice.
  if (half + half === joined) yield half;
  yield joined.replace(/^(?:Authorization:)?(?:Bearer|Token)/i, '');
  yield* words(joined);
  yield* words(text.replace(CONTINUED, ''));
}

/** With the letters that look like others. @param {string} text @returns {Generator<string>} */
function* looked(text) {
  const { lookalike } = diagnosis(offline());
  // A document breaks a word with a hyphen of its own.
  for (const form of new Set([text, text.replace(/\u2010/g, '')])) {
    // No sign becomes several: an ellipsis stands for what was left out.
    const ascii = form.replace(/[^\0-\x7f]/gu, (letter) => {
      const code = lookalike(/** @type {number} */ (letter.codePointAt(0)));
      return code > 0 ? String.fromCharCode(code) : (/^[A-Za-z0-9]+$|^.$/su.exec(letter.normalize('NFKC')) ?? [letter])[0];
    });
    if (ascii === text) return;
    yield* words(ascii);
    yield* whole(ascii);
  }
}

/** With the prefix in its own case. @param {string} text @param {string[]} prefixes @returns {Generator<string>} */
function* cased(text, prefixes) {
  for (const word of words(text)) {
    // What is all in one case has lost that of the key as well.
    if (!/[a-z].*[A-Z]|[A-Z].*[a-z]/.test(word)) continue;
    for (const prefix of prefixes) {
      const start = word.slice(0, prefix.length);
      if (start !== prefix && start.toLowerCase() === prefix.toLowerCase()) yield prefix + word.slice(prefix.length);
    }
  }
}
