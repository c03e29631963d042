// Keys in values of any shape: a copy of the same structure, in which texts and bytes are
// redacted. What cannot be looked into stays as it is.

import { Redacted } from '../core/secret.js';

/** Deeper values are left out, as a log has no use for them and a stack has an end. */
const DEEPEST = 200;

/**
 * @param {any} value @param {(text: string) => string} inText @param {(bytes: Uint8Array) => Uint8Array} inBytes
 */
export function deep(value, inText, inBytes) {
  /** @type {Map<object, unknown>} */
  const seen = new Map();

  /** @param {any} value @param {number} depth @returns {any} */
  const copy = (value, depth) => {
    if (typeof value === 'string') return inText(value);
    if (typeof value !== 'object' || value === null || isOpaque(value)) return value;
    if (seen.has(value)) return seen.get(value);
    if (depth > DEEPEST) return '[too deep]';
    if (value instanceof Uint8Array) return bytes(value);
    if (Array.isArray(value)) return filled(value, [], depth);
    if (value instanceof Map) {
      const out = kept(value, new Map());
      for (const [key, item] of value) out.set(copy(key, depth + 1), copy(item, depth + 1));
      return out;
    }
    if (value instanceof Set) {
      const out = kept(value, new Set());
      for (const item of value) out.add(copy(item, depth + 1));
      return out;
    }
    if (typeof URL !== 'undefined' && value instanceof URL) return keptText(value);
    return members(value, kept(value, Object.create(Object.getPrototypeOf(value))), depth);
  };

  /** @template {object} T @param {object} value @param {T} out @returns {T} */
  const kept = (value, out) => (seen.set(value, out), out);

  /** @param {URL} url */
  const keptText = (url) => {
    const text = inText(url.href);
    return text === url.href ? url : text;
  };

  /** @param {Uint8Array} value */
  const bytes = (value) => {
    const out = inBytes(value);
    if (out === value) return value;
    const { Buffer } = /** @type {any} */ (globalThis);
    return kept(value, Buffer?.isBuffer(value) ? Buffer.from(out.buffer, out.byteOffset, out.length) : out);
  };

  /** @param {any[]} value @param {any[]} out @param {number} depth */
  const filled = (value, out, depth) => {
    seen.set(value, out);
    out.length = value.length;
    return members(value, out, depth, 'length');
  };

  /** @param {any} value @param {any} out @param {number} depth @param {string} [but] */
  const members = (value, out, depth, but) => {
    for (const name of Reflect.ownKeys(value)) {
      if (name === but) continue;
      const { enumerable, writable, get } = /** @type {PropertyDescriptor} */ (Reflect.getOwnPropertyDescriptor(value, name) ?? {});
      let item;
      try {
        item = value[name];
      } catch {
        // A getter that fails here fails there too.
        continue;
      }
      Object.defineProperty(out, typeof name === 'string' ? inText(name) : name, {
        value: copy(item, depth + 1),
        enumerable: enumerable ?? true,
        writable: get ? true : (writable ?? true),
        configurable: true,
      });
    }
    return out;
  };

  return copy(value, 0);
}

/** What holds no text, or hides it. @param {object} value */
function isOpaque(value) {
  if (value instanceof Redacted) return true;
  if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array)) return true;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return ['Date', 'RegExp', 'Promise', 'WeakMap', 'WeakSet', 'WeakRef', 'ArrayBuffer', 'SharedArrayBuffer', 'Number', 'Boolean', 'BigInt', 'Symbol'].includes(kind);
}
