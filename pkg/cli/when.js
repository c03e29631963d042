// Times as people say them: when a key is to end, how long an overlap lasts.

import { failure } from '../core/errors.js';

/** What each is called, and how ISO 8601 writes it; in its order. */
const UNITS = /** @type {const} */ ([
  ['date', 'Y', /^y(ears?|rs?)?$/],
  ['date', 'M', /^mo(nths?|s)?$/],
  ['date', 'D', /^d(ays?)?$/],
  ['time', 'H', /^h(ours?|rs?)?$/],
  ['time', 'M', /^min(utes?|s)?$/],
  ['time', 'S', /^s(econds?|ecs?)?$/],
]);
const DURATION = /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?$/;
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * The end of a key: a duration of ISO 8601, `never` or a moment. A date is the
 * whole day, where the person is.
 * @param {string} text
 * @returns {string | Date}
 */
export function end(text) {
  const said = text.trim();
  if (/^never$/i.test(said)) return 'never';
  const found = MOMENT.exec(said);
  if (!found) {
    return duration(said, '--expires', 'use 30d, 12h, "3 months", a date such as 2027-01-31, a time such as 2027-01-31T18:00, P3M, or never.');
  }
  const [, day, time, zone] = found;
  // JavaScript counts on from the end of a month: 31 February would be 3 March.
  const exists = new Date(day).toJSON()?.startsWith(day);
  const moment = time ? new Date(`${day}T${time}${offset(zone)}`) : lastOf(day);
  if (!exists || Number.isNaN(moment.getTime())) throw failure('invalid_argument', '--expires', 'there is no such date.');
  if (moment.getTime() <= Date.now()) throw failure('invalid_argument', '--expires', 'that is in the past: the key would never work.');
  return moment;
}

/** The last second of a day, which is no 23:59:59 where clocks are put forward before midnight. @param {string} day */
function lastOf(day) {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(new Date(year, month - 1, date + 1).getTime() - 1000);
}

/**
 * A duration of ISO 8601, from one or from words.
 * @param {string} text @param {string} option @param {string} forms what can be said
 */
export function duration(text, option, forms = 'use 1h, 7d, "2 weeks" or PT1H.') {
  const said = text.trim();
  const written = DURATION.test(said.toUpperCase()) ? said.toUpperCase() : spelled(said.toLowerCase());
  if (written === undefined) throw failure('invalid_argument', option, `${ambiguity(said)}${forms}`);
  if (option === '--expires' && !/[1-9]/.test(written)) throw failure('invalid_argument', option, 'that is no time at all: the key would never work.');
  return written;
}

/** @param {string} text such as `1 year 6 months` */
function spelled(text) {
  if (!/^(\d{1,6}\s*[a-z]+[\s,]*)+$/.test(text)) return undefined;
  /** @type {Record<string, number>} */
  const counts = {};
  for (const [, count, word] of text.matchAll(/(\d+)\s*([a-z]+)/g)) {
    const isWeeks = /^w(eeks?|ks?)?$/.test(word);
    const unit = UNITS.find(([, , name]) => name.test(isWeeks ? 'd' : word));
    if (!unit) return undefined;
    const key = unit[0] + unit[1];
    counts[key] = (counts[key] ?? 0) + Number(count) * (isWeeks ? 7 : 1);
  }
  const part = (/** @type {string} */ kind) => UNITS.filter(([of, letter]) => of === kind && counts[of + letter] !== undefined).map(([of, letter]) => `${counts[of + letter]}${letter}`).join('');
  return `P${part('date')}${part('time') && `T${part('time')}`}`;
}

/** @param {string} text */
function ambiguity(text) {
  if (/^\d+$/.test(text)) return `${text} what? Days would be ${text}d: `;
  return /^\d+\s*m$/i.test(text) ? 'm may be minutes or months, so write min or mo: ' : '';
}

/** @param {string | undefined} zone */
function offset(zone) {
  if (!zone || /^z$/i.test(zone)) return zone ? 'Z' : '';
  const [, hours, minutes = '00'] = /^([+-]\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return `${hours}:${minutes}`;
}

/** A service may say anything for a time. @param {Date | undefined} time @returns {time is Date} */
export const isTime = (time) => time !== undefined && !Number.isNaN(time.getTime());

/** Day, time and zone, where the person is. @param {Date} time */
export function local(time) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())} ${zone}`;
}
