// The text of a file in UTF-8 or UTF-16: PowerShell 5 writes UTF-16 by `>`, and many editors
// of Windows begin UTF-8 with a byte order mark (BOM).

import { isUtf8 } from 'node:buffer';

/** U+FEFF: the byte order mark. */
export const BOM = '\uFEFF';

/**
 * @typedef {{ text: string, bom: string, fault?: string, isUnreadable: boolean }} Decoded
 *   `fault` says why the bytes could not be written again from the text;
 *   `isUnreadable` that the text is not even what was written.
 */

/** @param {Buffer} bytes @returns {Decoded} */
export function decode(bytes) {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  const isBig = first === 0xfe && second === 0xff;
  if (isLittle || isBig) {
    // Whole units only, behind the mark.
    const units = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
    const text = (isBig ? units.swap16() : units).toString('utf16le');
    return judged(text, '', 'it is UTF-16 (PowerShell writes so): save it as UTF-8');
  }
  const text = bytes.toString('utf8');
  const bom = text.startsWith(BOM) ? BOM : '';
  return judged(text.slice(bom.length), bom, isUtf8(bytes) ? undefined : 'it is not UTF-8, so that not all of it could be kept');
}

/** @param {string} text @param {string} bom @param {string | undefined} fault @returns {Decoded} */
function judged(text, bom, fault) {
  if (!text.includes('\0')) return { text, bom, fault, isUnreadable: false };
  return { text, bom, fault: 'it has NUL bytes, as UTF-16 without a byte order mark has: save it as UTF-8', isUnreadable: true };
}
