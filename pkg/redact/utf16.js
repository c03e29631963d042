// UTF-16, as PowerShell 5 writes files: keys are looked for in the text, which is written again
// in the same way.

/**
 * @typedef {object} Utf16
 * @property {(bytes: Uint8Array, isEnd: boolean) => string} decode of a text in pieces
 * @property {(text: string) => Uint8Array} encode
 */

/** How a text is written that begins with these bytes, if it is with a byte order mark of UTF-16. @param {Uint8Array} bytes @returns {Utf16 | undefined} */
export function utf16Of([first, second]) {
  const isBig = first === 0xfe && second === 0xff;
  if (!isBig && (first !== 0xff || second !== 0xfe)) return undefined;
  const decoder = new TextDecoder(isBig ? 'utf-16be' : 'utf-16le', { ignoreBOM: true });
  return {
    decode: (bytes, isEnd) => decoder.decode(bytes, { stream: !isEnd }),
    encode(text) {
      const view = new DataView(new ArrayBuffer(2 * text.length));
      for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), !isBig);
      return new Uint8Array(view.buffer);
    },
  };
}
