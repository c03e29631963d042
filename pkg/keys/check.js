// Is this a key? Whose could it be?

import { codes, formats, services } from '#data';

import { failure, problemOf } from '../core/errors.js';
import { broken, enter, fresh, LONGEST, offline, read, SIZE, write } from '../core/offline.js';
import { diagnosis } from '../core/parts.js';
import { catalogue, formatNumber, serviceOf } from '../core/services.js';
import { INVISIBLE, repair } from './repair.js';
import { lengthOf } from './span.js';

/**
 * @typedef {import('../index.js').KeyCheck} KeyCheck
 * @typedef {import('../index.js').KeyProblem} KeyProblem
 * @typedef {import('../core/services.js').Service} Service
 */

/** A service whose keys are unknown: only what is wrong with any key is found in them. */
export const ANY = 'luminary';

// The kinds of an answer of `check`, its lowest three bits: `Check::pack` in format/src/check.rs.
const GOOD = 0;
const WRONG_LENGTH = 1;
const WRONG_PREFIX = 2;
const BAD_CHARACTER = 3;
const WRONG_CHECKSUM = 4;
const UNCLEAR = 5;
/** Where the place stands in it. */
const PLACE = 0x3fff << 3;
/** The number of a format that is not known. */
const NO_FORMAT = 0;

/** @param {any} service @param {string} text @returns {KeyCheck} */
export function checkKey(service, text) {
  const about = serviceOf(service);
  const { id: provider, certainty } = about;
  if (typeof text !== 'string') throw failure('invalid_argument', 'text', 'expected a string.');
  if (about.check) return about.check(text);
  if (text.length > LONGEST) return { ok: false, provider, certainty, problems: [tooLong(about, text)], looksLike: [] };
  const core = offline();
  try {
    const format = formatNumber(core, about);
    const found = core.wasm.check(format, write(core, text));
    const kind = found & 7;
    if (kind === GOOD) return good(about, about.prefixes[found >>> 3]);
    const problems = kind === UNCLEAR ? diagnosed(core, format, text) : [problem(about, text, found)];
    // Of odd characters the quick check cannot tell that they are a key.
    if (problems.length === 0) return good(about, longest(about.prefixes.filter((prefix) => prefix && text.startsWith(prefix))));
    const like = fresh(core).words[0];
    const looksLike = (like === 0 ? listedIds(text) : idsOf(like)).filter((id) => id !== provider);
    const isLikely = kind === UNCLEAR || (kind === WRONG_PREFIX && isBegun(about, text)) || (kind === WRONG_LENGTH && text.length > found >>> 17);
    const fixed = isLikely ? repaired(core, about, text) : undefined;
    const refused = { ok: /** @type {const} */ (false), provider, certainty, problems, looksLike };
    return fixed === undefined ? refused : { ...refused, fixed };
  } catch (thrown) {
    throw broken(core, thrown);
  }
}

/** @param {Service} about @param {string | undefined} prefix @returns {KeyCheck} */
function good({ id: provider, certainty }, prefix) {
  return prefix === undefined ? { ok: true, provider, certainty } : { ok: true, provider, certainty, prefix };
}

/** @param {(string | undefined)[]} texts */
const longest = (texts) => texts.sort((a, b) => Number(b?.length) - Number(a?.length))[0];

/**
 * Why a text is certainly no key of a service; nothing where it may be one. A format that is
 * only observed does not count as certain.
 * @param {import('../index.js').Provider} provider @param {string} text
 */
export function faultOf(provider, text) {
  const found = checkKey(provider.certainty === 'documented' ? provider : ANY, text);
  return found.ok ? undefined : found.problems[0].message;
}

/** Whether a text has the beginning of a key in it, or begins so but for upper and lower case, which are one bit apart. @param {Service} about @param {string} text */
function isBegun({ prefixes }, text) {
  for (let number = 1; number < prefixes.length; number++) {
    const prefix = /** @type {string} */ (prefixes[number]);
    if (text.includes(prefix) || ((prefix.charCodeAt(0) | 32) === (text.charCodeAt(0) | 32) && text.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase())) return true;
  }
  return false;
}

/** Where a key (NUL) of open length is whole: behind it stands what ends it, and nothing that may be the rest of it. */
const WHOLE = /\0(?:[,;.!?]?\s*$|\s*["'`’”»)\]}>|<#:](?!\w)|[&@]\w|\s*\n\s*[\w-]+\s*[=:])|\*\*\0\*\*/;

/** The key that a text holds, if it holds one. @param {import('../core/offline.js').Offline} core @param {Service} about @param {string} text */
function repaired(core, about, text) {
  const last = /** @type {any} */ (about.data.format?.parts.at(-1));
  const found = last && repair(text, (candidate) => isKey(core, about, candidate), /** @type {string[]} */ (about.prefixes.slice(1)));
  return found && last.length.max && !WHOLE.test(text.replace(INVISIBLE, '').replace(found, '\0')) ? undefined : found;
}

/** Whether a text is a key, without a word of what is wrong with one that is none. @param {import('../core/offline.js').Offline} core @param {Service} about @param {string} text */
const isKey = (core, about, text) => (core.wasm.check(formatNumber(core, about), write(core, text)) & 7) === GOOD;

/** Whether a text is a key of a service, for whoever does not ask what is wrong with it. @param {any} service a built-in one, or a declaration @param {string} text */
export function isKeyOf(service, text) {
  const about = serviceOf(service);
  return enter((core) => {
    const format = formatNumber(core, about);
    const kind = core.wasm.check(format, write(core, text)) & 7;
    // Of odd characters the quick check cannot tell that they are a key.
    return kind === GOOD || (kind === UNCLEAR && diagnosis(core).diagnose(format, write(core, text)) === 0);
  });
}

/** What the quick check has found. @param {Service} about @param {string} text @param {number} found @returns {KeyProblem} */
function problem(about, text, found) {
  const first = (found >>> 3) & 0x3fff;
  const second = found >>> 17;
  const { length } = text;
  switch (found & 7) {
    case WRONG_LENGTH:
      return told(about, found, 'wrong_length', length, Math.min(second, length), Math.max(0, length - second));
    case WRONG_PREFIX:
      return told(about, WRONG_PREFIX, 'wrong_prefix', '', first, 1);
    case BAD_CHARACTER:
      return told(about, found & ~PLACE, 'bad_character', text[first], first, 1);
    default:
      return told(about, WRONG_CHECKSUM, 'wrong_checksum', '', first, length - first);
  }
}

/** Stands for what differs from text to text. */
const DIFFERS = '\0';

/**
 * A problem. Of its sentence a service keeps what does not differ from text to text.
 * @param {Service} about @param {number} found @param {import('../index.js').ProblemCode} code
 * @param {string | number} differing @param {number} index @param {number} length
 * @returns {KeyProblem}
 */
function told(about, found, code, differing, index, length) {
  let pieces = about.sentences.get(found);
  if (!pieces) about.sentences.set(found, (pieces = /** @type {string[]} */ (problemOf({ code, index, details: details(about, found) }).message.split(DIFFERS))));
  return { code, message: pieces.length < 2 ? pieces[0] : pieces[0] + differing + pieces[1], index, length };
}

/** @param {Service} about @param {number} found @returns {string[]} */
function details(about, found) {
  const first = (found >>> 3) & 0x3fff;
  const second = found >>> 17;
  switch (found & 7) {
    case WRONG_LENGTH:
      return [first === second ? `${first}` : `${first} to ${second}`, DIFFERS];
    case WRONG_PREFIX:
      return [expected(about, 0)];
    case BAD_CHARACTER:
      return [`"${DIFFERS}"`, expected(about, second)];
    default:
      // A checksum is the last part.
      return [`${/** @type {any} */ (about.data.format?.parts.at(-1)).length}`];
  }
}

/** The names of alphabets in sentences. */
const ALPHABETS = /* @__PURE__ */ new Map(/* @__PURE__ */ Object.entries({
  base62: 'letters and digits',
  alphanumeric: 'letters and digits',
  hex: 'hexadecimal digits',
  hex_lower: 'lower-case hexadecimal digits',
  base64url: 'letters, digits, - and _',
  digits: 'digits',
}));

/** What can stand in a part of a format, as `Part::expected` in format/src/fit.rs. @param {Service} about @param {number} number */
function expected({ data }, number) {
  const part = /** @type {any} */ (data.format?.parts[number]);
  const texts = [part].flat();
  if (typeof texts[0] === 'string') return texts.map((text) => `"${text}"`).join(' or ');
  if (part.checksum) return 'letters and digits';
  return ALPHABETS.get(part.alphabet) ?? `one of ${part.alphabet}`;
}

/** @param {Service} about @param {string} text */
function tooLong({ data }, text) {
  const longest = data.format?.parts.reduce((sum, part) => sum + longestPart(part), 0) ?? LONGEST;
  return problemOf({ code: 'wrong_length', index: longest, details: [`at most ${longest}`, String(text.length)] }, text.length - longest);
}

/** @param {any} part @returns {number} */
const longestPart = (part) => (Array.isArray(part) ? Math.max(...part.map(longestPart)) : part.length.max ?? part.length);

/** The problems of the diagnosis: a line each. @param {import('../core/offline.js').Offline} core @param {number} format @param {string} text @returns {KeyProblem[]} */
function diagnosed(core, format, text) {
  return read(core, diagnosis(core).diagnose(format, write(core, text)), 4)
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [code, index, ...details] = line.split('\t');
      return problemOf({ code: codes[+code], index: +index, details }, lengthOf(codes[+code], text, +index, details));
    });
}

/** What stands around a key, whatever it looks like. @param {string} text @returns {KeyProblem[]} */
export function surroundings(text) {
  return enter((core) => {
    const found = core.wasm.check(NO_FORMAT, write(core, text));
    return (found & 7) === GOOD ? [] : diagnosed(core, NO_FORMAT, text);
  });
}

/** The services of the catalogue, where that is used, whose keys look like this. @param {string} text @returns {string[]} */
const listedIds = (text) => (catalogue ? [...new Set(catalogue.identify(text).filter(({ certainty }) => certainty !== 'unknown').map(({ provider }) => provider))] : []);

/** The services whose formats have their bits set. @param {number} bits */
function idsOf(bits) {
  return services.map(({ id }) => id).filter((id) => formats[id] > 0 && bits & (1 << (formats[id] - 1)));
}

/** The ids of the services of whose known form a text is, whatever stands around the key. @param {string} text */
export function resembled(text) {
  if (text.length > LONGEST) return [];
  return enter((core) => idsOf(diagnosis(core).resembled(write(core, text))));
}

/** @param {string} text */
export function identifyKey(text) {
  const order = ['documented', 'observed', 'unknown'];
  if (typeof text !== 'string') throw failure('invalid_argument', 'text', 'expected a string.');
  // Of a text that is no key of a service it is not asked what is wrong with it, nor how to mend it.
  const fits = text.length > LONGEST ? [] : services.filter(({ id }) => enter((core) => isKey(core, serviceOf(id), text)));
  const own = fits.map(({ id }) => checkKey(id, text));
  const listed = catalogue?.identify(text) ?? [];
  return order.flatMap((certainty) => [...listed, ...own].filter((check) => check.certainty === certainty));
}

/**
 * Checks many keys at once, a line each.
 * @param {any} service @param {string | Uint8Array} lines
 * @returns {import('../index.js').LineStatus[]}
 */
export function checkKeys(service, lines) {
  const about = serviceOf(service);
  const isText = typeof lines === 'string';
  if (!isText && !ArrayBuffer.isView(lines)) throw failure('invalid_argument', 'lines', 'expected a string or a Uint8Array.');
  if (about.check) return (isText ? lines : new TextDecoder().decode(lines)).replace(/\n$/, '').split(/\r?\n/).map(statusOf(about.check));
  return enter((core) => {
    const format = formatNumber(core, about);
    /** @type {any} A text, or the bytes of whatever view was given. */
    const all = isText ? lines : new Uint8Array(lines.buffer, lines.byteOffset, lines.byteLength);
    const newline = isText ? '\n' : 10;
    /** @type {import('../index.js').LineStatus[]} */
    const statuses = [];
    const { length } = all;
    // A unit of text is three bytes at most.
    const most = isText ? Math.floor(SIZE / 3) : SIZE;
    for (let start = 0; start < length; ) {
      let end = Math.min(start + most, length);
      if (end < length) {
        // Whole lines only; a line that fills the buffer is no key.
        const cut = all.lastIndexOf(newline, end - 1) + 1;
        if (cut > start) end = cut;
        else {
          const next = all.indexOf(newline, end) + 1;
          statuses.push('wrong_length');
          start = next || length;
          continue;
        }
      }
      const count = diagnosis(core).checkLines(format, copied(core, isText ? all.slice(start, end) : all.subarray(start, end)));
      const answers = fresh(core).bytes;
      for (let at = 0; at < count; at++) statuses.push(answers[at] === 0 ? 'ok' : codes[answers[at] - 1]);
      core.wasm.clear(count);
      start = end;
    }
    return statuses;
  });
}

/** @param {(text: string) => KeyCheck} check @returns {(line: string) => import('../index.js').LineStatus} */
const statusOf = (check) => (line) => {
  const found = check(line);
  return found.ok ? 'ok' : found.problems[0].code;
};

/** @param {import('../core/offline.js').Offline} core @param {any} part */
function copied(core, part) {
  if (typeof part === 'string') return write(core, part);
  fresh(core).bytes.set(part);
  return part.length;
}
