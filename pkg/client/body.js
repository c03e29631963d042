// The body of an answer, read once and up to a limit.

import { utf8Of } from '../core/offline.js';

/**
 * The bytes of a body; nothing when there is none; `too_large` beyond the limit.
 * @param {any} response may be anything, of a `fetch` of the user's own
 * @param {number} limit in bytes, counted while reading: what a header says may be another length, or a compressed one
 * @param {AbortSignal} signal of the call
 * @returns {Promise<Uint8Array | 'too_large' | undefined>}
 */
export async function readBody(response, limit, signal) {
  const { body } = response;
  if (body === null) return undefined;
  if (typeof body?.getReader !== 'function') {
    const text = await response.text();
    if (typeof text !== 'string') return undefined;
    return text.length > limit ? 'too_large' : utf8Of(text);
  }
  const reader = body.getReader();
  /** @type {Uint8Array[]} */
  const chunks = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    // Of this realm or another.
    if (!ArrayBuffer.isView(value)) throw new TypeError('The body has no bytes.');
    const chunk = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    length += chunk.length;
    if (length > limit || signal.aborted) {
      // Not waited for: it may never settle.
      Promise.resolve(reader.cancel()).catch(() => {});
      return 'too_large';
    }
    chunks.push(chunk);
  }
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
    chunk.fill(0);
  }
  return bytes;
}
