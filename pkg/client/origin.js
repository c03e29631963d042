// Where a key may be sent. The platform parses addresses; Rust decides
// (src/http/origin.rs).

import { baseFaults } from '#data';

import { failure } from '../core/errors.js';
import { enter, LONGEST, write } from '../core/offline.js';
import { secrets } from '../core/parts.js';

/** @typedef {{ baseUrl: string, origin: string, protocol: string }} Origin */

/** The base address of a service. @param {string} address @param {boolean} allowInsecure @returns {Origin} */
export function originOf(address, allowInsecure) {
  const url = parsed(address);
  if (!url) throw failure('invalid_argument', 'baseUrl', 'it is not an absolute URL such as https://example.com.');
  const { protocol, hostname, href, origin } = url;
  const fault = enter((core) => {
    const length = write(core, protocol);
    const whole = write(core, protocol + hostname.slice(-256));
    return secrets(core).base(length, whole - length, hasUserinfo(url), /[?#]/.test(href), allowInsecure);
  });
  if (fault === 4) throw failure(/** @type {any} */ ('insecure_url'), origin);
  if (fault > 0) throw failure('invalid_argument', 'baseUrl', baseFaults[fault - 1]);
  // `https://host/prefix` and `https://host/prefix/` mean the same.
  return { baseUrl: href.replace(/\/+$/, ''), origin, protocol };
}

/** An address of the service; relative ones against its base. @param {Origin} own @param {string} address @returns {string} */
export function admitted(own, address) {
  // `new URL("x", "https://host/prefix")` drops the prefix without the slash.
  const url = parsed(address, `${own.baseUrl}/`);
  if (!url) throw failure('invalid_argument', 'input', 'it is not a URL.');
  // A `blob:` address has the origin of its maker, so the scheme counts too.
  const [ours, theirs] = [own.protocol + own.origin, url.protocol + url.origin];
  const isOurs = enter((core) => {
    if (ours.length + theirs.length > LONGEST) return false;
    const first = write(core, ours);
    return secrets(core).admits(first, write(core, ours + theirs) - first, hasUserinfo(url));
  });
  if (!isOurs) throw failure(/** @type {any} */ ('origin_mismatch'), own.origin, url.origin);
  return url.href;
}

/** @param {string} address @param {string} [base] */
function parsed(address, base) {
  try {
    return new URL(address, base);
  } catch {
    return undefined;
  }
}

/** @param {URL} url */
const hasUserinfo = ({ username, password }) => username !== '' || password !== '';
