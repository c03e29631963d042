// Bytes that travel as text. xtask/src/printable.rs writes it and says why.

/** In the order of their codes: all that is printable, but for what would need quoting. */
const CHARACTERS = [...Array(95).keys()].map((n) => String.fromCharCode(32 + n)).filter((character) => !'"$<\\`}~'.includes(character));
/** The first of two; above them there is no other character. */
const SHIFT = '}'.charCodeAt(0);

/**
 * The bytes of a text in which a character stands for the byte at its place in
 * the alphabet, or further on after a shift. The alphabet is the frequent bytes, which
 * are the bits of `frequent`, and then the others.
 * @param {{ frequent: string, text: string }} module
 */
export function decode({ frequent, text }) {
  const byCode = new Uint8Array(3 * 128);
  const all = [...Array(256).keys()];
  const isFrequent = (/** @type {number} */ byte) => (parseInt(frequent[byte >> 2], 16) >> (byte & 3)) & 1;
  [...new Set([...all.filter(isFrequent), ...all])].forEach((byte, place) => {
    const shifts = Math.floor(place / CHARACTERS.length);
    byCode[128 * shifts + CHARACTERS[place % CHARACTERS.length].charCodeAt(0)] = byte;
  });
  // In place, and in a plain loop: the first call waits for it.
  // jsdom has no encoder.
  const bytes = typeof TextEncoder === 'undefined' ? Uint8Array.from(text, (character) => character.charCodeAt(0)) : new TextEncoder().encode(text);
  let length = 0;
  let shift = 0;
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i];
    if (code >= SHIFT) shift = 128 * (code - SHIFT + 1);
    else {
      bytes[length++] = byCode[shift + code];
      shift = 0;
    }
  }
  return bytes.subarray(0, length);
}
