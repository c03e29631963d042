// Addresses, and the networks that a key may be used from.

/** @typedef {{ bits: bigint, text: string }} Address the 128 bits, and as it is told */
/** @typedef {{ bits: bigint, length: bigint }} Network */

/** Where IPv4 lies within IPv6: `::ffff:0:0/96`. */
const MAPPED = 0xffffn << 32n;

/**
 * An address as people and sockets write it; none where it is something else.
 * @param {unknown} given @returns {Address | undefined}
 */
export function addressIn(given) {
  if (typeof given !== 'string' || given.length > 64) return undefined;
  const text = given.trim().replace(/%.*/, '');
  const bits = text.includes(':') ? bits6(text) : mapped(text);
  if (bits === undefined) return undefined;
  return { bits, text: isFour(bits) ? dotted(bits) : text };
}

/** A network as the server tells it: an address, and perhaps how many of its bits count. @param {unknown} given @returns {Network | undefined} */
export function networkIn(given) {
  const [, address, length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(String(given)) ?? [];
  const found = addressIn(address);
  if (!found) return undefined;
  const [before, most] = address.includes(':') ? [0n, 128n] : [96n, 32n];
  const own = length === undefined ? most : BigInt(length);
  return own <= most ? { bits: found.bits, length: before + own } : undefined;
}

/** As on the server, no network of IPv6 has an address of IPv4 in it. @param {Network} network @param {Address} address */
export const contains = ({ bits, length }, address) => isFour(bits) === isFour(address.bits) && (bits ^ address.bits) >> (128n - length) === 0n;

/**
 * Whose address it is: of IPv6 the network of 64 bits, which is what one customer
 * of a provider has at least. What is no address stands for itself.
 * @param {unknown} address
 */
export function networkOf(address) {
  if (typeof address !== 'string' || address === '') return undefined;
  const found = addressIn(address);
  if (!found) return address.slice(0, 64);
  return isFour(found.bits) ? found.text : (found.bits >> 64n).toString(16);
}

/** @param {bigint} bits */
const isFour = (bits) => bits >> 32n === MAPPED >> 32n;

/** @param {string} text */
function bits4(text) {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) : undefined;
}

/** @param {string} text */
function mapped(text) {
  const bits = bits4(text);
  return bits === undefined ? undefined : MAPPED | bits;
}

/** @param {string} text @returns {bigint | undefined} */
function bits6(text) {
  // The last two groups may be written as IPv4.
  const last = text.slice(text.lastIndexOf(':') + 1);
  const four = last.includes('.') ? bits4(last) : 0n;
  if (four === undefined) return undefined;
  const whole = last.includes('.') ? `${text.slice(0, -last.length)}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}` : text;
  const halves = whole.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head, tail = []] = halves;
  const missing = 8 - head.length - tail.length;
  // `::` stands for one group of zeros at least.
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...head, ...Array(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** @param {bigint} bits */
const dotted = (bits) => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
