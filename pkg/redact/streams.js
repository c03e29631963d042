// Streams of the web and of Node, of strings or of bytes: each piece comes out as what it
// went in.

import { failure } from '../core/errors.js';
import { utf8Of } from '../core/offline.js';

/** @typedef {import('./bytes.js').Bytes} Bytes */

/** Turns pieces into pieces. @param {Bytes} bytes */
function pieces(bytes) {
  /** @type {TextDecoder | undefined} */
  let decoder;
  /** Half of a surrogate pair that waits for the other. */
  let half = '';
  return {
    /** @param {unknown} piece @returns {(string | Uint8Array)[]} */
    next(piece) {
      if (typeof piece === 'string') {
        decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
        const text = half + piece;
        half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
        return this.out(bytes.next(utf8Of(half ? text.slice(0, -1) : text)), false);
      }
      if (!ArrayBuffer.isView(piece)) throw failure('invalid_argument', 'chunk', 'expected a string or bytes.');
      return this.out(bytes.next(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)), false);
    },
    end() {
      return this.out([...(half ? bytes.next(utf8Of(half)) : []), ...bytes.end()], true);
    },
    /** @param {Uint8Array[]} parts @param {boolean} isEnd @returns {(string | Uint8Array)[]} */
    out(parts, isEnd) {
      if (!decoder) return parts;
      const text = parts.map((part) => /** @type {TextDecoder} */ (decoder).decode(part, { stream: true })).join('') + (isEnd ? decoder.decode() : '');
      return text ? [text] : [];
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
