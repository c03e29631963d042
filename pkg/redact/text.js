// From places in UTF-8 to places in a text of JavaScript.

/** A text of so many units is searched in one piece: a unit has three bytes at most. */
export const SHORT = 80_000;

/**
 * Turns places, which must not go back, into UTF-16 code units.
 * @param {Uint8Array} bytes @param {number} length of the text
 */
export function unitsIn(bytes, length) {
  if (bytes.length === length) return (/** @type {number} */ at) => at;
  let [byte, unit] = [0, 0];
  return (/** @type {number} */ at) => {
    for (; byte < at; byte++) unit += Number((bytes[byte] & 0xc0) !== 0x80) + Number(bytes[byte] >= 0xf0);
    return unit;
  };
}
