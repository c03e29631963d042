// Keeps keys out of texts, bytes, values and streams.

import { failure, object } from '../core/errors.js';
import { exposedBy, masked } from '../core/secret.js';
import { prefixesOf } from '../find/known.js';
import { keyOf, searchFor } from '../find/search.js';
import { Bytes } from './bytes.js';
import { nodeTransform, transformStream } from './streams.js';
import { utf16Of } from './utf16.js';
import { deep } from './values.js';

/** @typedef {import('../find/search.js').Found} Found */

/** @param {unknown} [given] @returns {import('../redact.js').Redactor} */
export function createRedactor(given) {
  const options = given === undefined ? {} : object(given);
  const unknown = Object.keys(options).find((name) => !['formats', 'keep', 'allow'].includes(name));
  if (unknown !== undefined) throw failure('invalid_argument', 'options', 'there are formats, keep and allow.');
  const { formats, keep = 'prefix', allow = [] } = options;
  if (!['prefix', 'mask', 'none'].includes(keep)) throw failure('invalid_argument', 'keep', 'use "prefix", "mask" or "none".');
  if (!Array.isArray(allow)) throw failure('invalid_argument', 'allow', 'expected an array of keys that stay.');
  const search = searchFor(formats);
  const allowed = new Set(allow.map((key) => (typeof key === 'string' ? key : exposedBy(key, 'allow'))));

  /** What stands for a key. @param {string} text @param {Found} found */
  const instead = (text, found) => {
    const key = keyOf(found, text);
    if (allowed.has(key)) return text;
    if (keep === 'mask') return masked(key);
    const prefix = keep === 'prefix' && found.shape ? prefixesOf(found.shape.shape).find((prefix) => key.startsWith(prefix)) : undefined;
    return `${prefix ?? ''}[redacted]`;
  };

  /** @param {string} text */
  const inText = (text) => {
    const all = search.inText(text);
    if (all.length === 0) return text;
    let out = '';
    let at = 0;
    for (const found of all) {
      out += text.slice(at, found.start) + instead(text.slice(found.start, found.end), found);
      at = found.end;
    }
    return out + text.slice(at);
  };

  const bytes = () => new Bytes(search, instead);
  /** @param {Uint8Array} all */
  const inBytes = (all) => {
    const utf16 = utf16Of(all);
    if (!utf16) return bytes().whole(all);
    const text = utf16.decode(all, true);
    const out = inText(text);
    return out === text ? all : utf16.encode(out);
  };
  return Object.freeze({
    redact: (/** @type {any} */ value) => (typeof value === 'string' ? inText(value) : deep(value, inText, inBytes)),
    transformStream: () => transformStream(bytes()),
    nodeTransform: () => nodeTransform(bytes()),
  });
}

/** @type {import('../redact.js').Redactor | undefined} */
let usual;

/** @param {any} value */
export const redact = (value) => (usual ??= createRedactor()).redact(value);
