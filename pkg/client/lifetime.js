// How long a key is to live, as services are told.

import { failure } from '../core/errors.js';

/** As an ISO 8601 duration, a moment or a word. @param {unknown} expiresIn */
export function lifetime(expiresIn) {
  if (typeof expiresIn !== 'object' || expiresIn === null) return duration(expiresIn, 'expiresIn');
  try {
    // A Date of another realm is no instance of ours.
    const text = /** @type {Date} */ (expiresIn).toISOString();
    if (typeof text === 'string') return text;
  } catch {
    // An invalid Date throws; so may an object that is like one.
  }
  throw failure('invalid_argument', 'expiresIn', 'the Date is invalid.');
}

/** As an ISO 8601 duration. @param {unknown} given @param {string} name */
export function duration(given, name) {
  if (given === undefined || typeof given === 'string') return given;
  if (Number.isSafeInteger(given) && Number(given) >= 0) return `PT${given}S`;
  throw failure('invalid_argument', name, 'use an ISO 8601 duration such as "P3M", or a whole number of seconds.');
}
