// Streams of the web and of Node, of strings or of bytes: each piece comes out as what it
// went in.

import { failure } from '../core/errors.js';
import { utf8Of } from '../core/offline.js';
import { joined } from './bytes.js';
import { utf16Of } from './utf16.js';

/** @typedef {import('./bytes.js').Bytes} Bytes */

const NOTHING = new Uint8Array(0);

/** Turns pieces into pieces. @param {Bytes} bytes */
function pieces(bytes) {
  /** @type {TextDecoder | undefined} */
  let decoder;
  /** Half of a surrogate pair that waits for the other. */
  let half = '';
  /** The first bytes, until they tell whether they are UTF-16. @type {Uint8Array | undefined} */
  let first = NOTHING;
  /** @type {import('./utf16.js').Utf16 | undefined} */
  let utf16;
  /** @param {string} piece @param {boolean} isEnd @returns {Uint8Array[]} */
  const inText = (piece, isEnd) => {
    decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
    const text = half + piece;
    half = !isEnd && /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
    return bytes.next(utf8Of(half ? text.slice(0, -1) : text));
  };
  /** @param {Uint8Array} piece @param {boolean} isEnd @returns {Uint8Array[]} */
  const inBytes = (piece, isEnd) => {
    if (first) {
      const all = joined([first, piece]);
      if (!isEnd && all.length < 2) return (first = all), [];
      [piece, first, utf16] = [all, undefined, utf16Of(all)];
    }
    return utf16 ? inText(utf16.decode(piece, isEnd), isEnd) : bytes.next(piece);
  };
  /** What was waited with for more. */
  const begun = () => (first ? inBytes(NOTHING, true) : []);
  /** @param {Uint8Array[]} parts @param {boolean} isEnd @returns {(string | Uint8Array)[]} */
  const out = (parts, isEnd) => {
    if (!decoder) return parts;
    const text = parts.map((part) => /** @type {TextDecoder} */ (decoder).decode(part, { stream: true })).join('') + (isEnd ? decoder.decode() : '');
    return text ? [utf16 ? utf16.encode(text) : text] : [];
  };
  return {
    /** @param {unknown} piece @returns {(string | Uint8Array)[]} */
    next(piece) {
      if (typeof piece === 'string') return out([...begun(), ...inText(piece, false)], false);
      if (!ArrayBuffer.isView(piece)) throw failure('invalid_argument', 'chunk', 'expected a string or bytes.');
      return out(inBytes(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), false), false);
    },
    end() {
      const rest = utf16 ? inBytes(NOTHING, true) : begun();
      return out([...rest, ...(half ? inText('', true) : []), ...bytes.end()], true);
    },
  };
}

/** @param {Bytes} bytes */
export function transformStream(bytes) {
  const through = pieces(bytes);
  return new TransformStream({
    transform: (piece, controller) => through.next(piece).forEach((part) => controller.enqueue(part)),
    flush: (controller) => through.end().forEach((part) => controller.enqueue(part)),
  });
}

/** @param {Bytes} bytes @returns {any} */
export function nodeTransform(bytes) {
  const { process, Buffer } = /** @type {any} */ (globalThis);
  const stream = process?.getBuiltinModule?.('node:stream');
  if (!stream) throw failure('unsupported', 'This platform', 'make a stream of Node', 'Use transformStream(); in Node it takes 20.16, or 22.3.');
  const through = pieces(bytes);
  return new stream.Transform({
    // What is no text and no bytes is an error of this stream: of others a write throws, which ends a program that pipes.
    writableObjectMode: true,
    /** @this {any} @param {any} piece @param {string} encoding @param {(error?: unknown) => void} done */
    transform(piece, encoding, done) {
      try {
        const isText = typeof piece !== 'string' || /^utf-?8$/i.test(encoding);
        // A text in another encoding, such as hex, stands for bytes.
        for (const part of through.next(isText ? piece : Buffer.from(piece, encoding))) this.push(part);
        done();
      } catch (error) {
        done(error);
      }
    },
    /** @this {any} @param {(error?: unknown) => void} done */
    flush(done) {
      try {
        for (const part of through.end()) this.push(part);
        done();
      } catch (error) {
        done(error);
      }
    },
  });
}
