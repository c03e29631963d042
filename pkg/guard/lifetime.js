// When a new key ends. Durations are those of the calendar, in UTC: three months
// from 30 November end on the last of February, as on the server
// (server/src/lifetime.rs).

import { failure } from '../core/errors.js';

/** What a key gets when nothing else is asked for. */
const DEFAULT = 'P3M';
const LONGEST_YEARS = 10;

const DURATION = /^P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/i;

/**
 * The moment in Unix milliseconds; `null` for never.
 * @param {unknown} lifetime @param {number} now
 */
export function endOf(lifetime, now) {
  if (lifetime === 'never') return null;
  // `null` could be meant for a key that never ends.
  const end = moment(lifetime === undefined ? DEFAULT : lifetime, now);
  if (Number.isNaN(end)) {
    const forms = 'an ISO 8601 duration such as "P3M", a number of seconds, a Date, or "never"';
    throw failure('invalid_argument', 'expiresIn', `expected ${forms}.`);
  }
  if (end <= now) throw failure('invalid_argument', 'expiresIn', 'it ends now or in the past, so the key would never work.');
  if (end > later(now, LONGEST_YEARS, 0)) {
    throw failure('invalid_argument', 'expiresIn', `it is more than ${LONGEST_YEARS} years away. Use "never" for a key that does not expire.`);
  }
  return end;
}

/** @param {any} lifetime @param {number} now @returns {number} NaN for what is none */
function moment(lifetime, now) {
  if (typeof lifetime === 'number') return now + Math.round(lifetime * 1000);
  if (typeof lifetime === 'string') return after(lifetime, now);
  try {
    return Date.prototype.getTime.call(lifetime);
  } catch {
    return NaN;
  }
}

/** @param {string} duration @param {number} now */
function after(duration, now) {
  const found = DURATION.exec(duration);
  if (!found) return NaN;
  const [years, months, weeks, days, hours, minutes, seconds] = found.slice(1).map((digits) => Number(digits ?? 0));
  const rest = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds;
  const end = later(now, years, months) + rest * 1000;
  // So far away that Date cannot say it: refused like any other that is too far.
  return Number.isNaN(end) ? Infinity : end;
}

/** Calendar years and months later; the day is the last of its month where that is shorter. @param {number} now @param {number} years @param {number} months */
function later(now, years, months) {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + 12 * years + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, last));
}
