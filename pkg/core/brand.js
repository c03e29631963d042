// What objects are known by to another copy of the package, as two dependencies may
// have one each, and in another realm, such as an iframe or a `vm` context: there
// `instanceof` compares with another class of the same name. Symbols of
// `Symbol.for` are the same everywhere.

/**
 * Whether a value is an instance of a class, in any copy and realm. A class that
 * extends it has no brand of its own, and is asked as every class is.
 * @param {Function} asked @param {Function} own @param {unknown} value @param {symbol} brand
 */
export function hasBrand(asked, own, value, brand) {
  try {
    if (asked !== own) return Function.prototype[Symbol.hasInstance].call(asked, value);
    return typeof value === 'object' && value !== null && /** @type {any} */ (value)[brand] === true;
  } catch {
    // A proxy that throws on anything.
    return false;
  }
}
