// Errors are a code and the details of its sentence. The sentences are a copy of
// the tables in Rust, written by the build.

import { errors, problems } from '#data';

import { hasBrand } from './brand.js';

/** What an error of another copy of the package, or of another realm, is known by. */
const BRAND = Symbol.for('keylatch.KeylatchError');

/** The sentences by code: those of requests and of the client's WebAssembly come with them. @type {Record<string, string>} */
const sentences = { ...errors };

/** @param {Record<string, string>} more */
export const learn = (more) => void Object.assign(sentences, more);

/**
 * @typedef {import('../index.js').ErrorCode} ErrorCode
 * @typedef {{ code: import('../index.js').ProblemCode, index: number, details: string[] }} RawProblem
 * @typedef {{ code: string, details: string[], sentence?: string, status?: number, requestId?: string,
 *   retryAfter?: number, service?: object, cause?: { name: string, message: string } }} RawError
 */

export class KeylatchError extends Error {
  // Bundling shortens names; this one is seen. A getter, because Next compiles a static
  // field to an assignment, and a function's name takes none.
  static get name() {
    return 'KeylatchError';
  }

  /** @param {RawError} raw @param {unknown} [cause] */
  constructor(raw, cause) {
    super(fill(raw.sentence ?? sentences[raw.code] ?? raw.code, raw.details).trim(), ...(cause === undefined ? [] : [{ cause }]));
    this.code = raw.code;
    for (const member of /** @type {const} */ (['status', 'requestId', 'retryAfter', 'service'])) {
      if (raw[member] !== undefined) Object.assign(this, { [member]: raw[member] });
    }
  }

  static {
    // As the platform's own errors have theirs: what is computed, JavaScriptCore leaves out of `stack`.
    Object.defineProperty(this.prototype, 'name', { value: 'KeylatchError', writable: true, configurable: true });
  }

  get [BRAND]() {
    return true;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    return hasBrand(this, KeylatchError, value, BRAND);
  }
}

/** @param {RawProblem} raw @param {number} [length] of what it is about */
export function problemOf({ code, index, details }, length = 0) {
  return { code, message: fill(problems[code], details), index, length };
}

/**
 * @param {ErrorCode} code
 * @param {...string} details
 */
export function failure(code, ...details) {
  return new KeylatchError({ code, details });
}

/**
 * Makes an error of whatever came out of the client's WebAssembly. What the user's
 * own code has thrown stays what it is.
 * @param {any} raw
 * @param {unknown} [cause]
 */
export function toError(raw, cause) {
  if (isError(raw) || !isOurs(raw)) return raw;
  const { name, message } = raw.cause ?? {};
  const platforms = raw.cause && Object.assign(new Error(message), { name });
  return new KeylatchError(raw, cause === undefined ? platforms : cause);
}

/** @param {unknown} value @returns {value is KeylatchError} */
export const isError = (value) => value instanceof KeylatchError;

/** What becomes of it as a text. @param {unknown} value @param {string} name @param {string} why */
export function asText(value, name, why) {
  try {
    return String(value);
  } catch {
    throw failure('invalid_argument', name, why);
  }
}

/** Options that can be looked at. @param {any} options */
export function object(options) {
  if (typeof options === 'object' && options !== null) return options;
  throw failure('invalid_argument', 'options', 'expected an object.');
}

/** @param {any} raw @returns {raw is RawError} */
function isOurs(raw) {
  return typeof raw === 'object' && raw !== null && Object.getPrototypeOf(raw) === Object.prototype && Array.isArray(raw.details);
}

/** Sentences, cut at their places: a piece, the number of a detail, a piece, and so on. @type {Map<string, any[]>} */
const cut = new Map();

/** @param {string} sentence @param {string[]} details */
export function fill(sentence, details) {
  let pieces = cut.get(sentence);
  if (!pieces) cut.set(sentence, (pieces = sentence.split(/\{(\d)\}/).map((piece, at) => (at % 2 ? +piece : piece))));
  let text = pieces[0];
  for (let at = 1; at < pieces.length; at += 2) text += (details[pieces[at]] ?? '') + pieces[at + 1];
  return text;
}
