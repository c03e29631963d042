// How long a key is to live: what stands in the create dialog as choices.

const DAY = 86_400_000;
export const MAX_YEARS = 10;

const WHOLE = /^P(\d+)([DMY])$/;

/** Whether {@link endOf} can tell its end. @param {string} duration */
export const isMeasured = (duration) => WHOLE.test(duration);

/** The moment at which an ISO 8601 duration of whole days, months or years ends. @param {string} duration */
export function endOf(duration, now = new Date()) {
  const [, count, unit] = /** @type {RegExpExecArray} */ (WHOLE.exec(duration));
  const end = new Date(now);
  if (unit === 'D') {
    end.setTime(end.getTime() + Number(count) * DAY);
    return end;
  }
  // Calendar months; 30 November and three months is the last day of February.
  const months = Number(count) * (unit === 'Y' ? 12 : 1);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(now.getUTCDate(), lastDay));
  return end;
}

/** The end of the day that a date field names (`2027-02-20`), where the person is. @param {string} value */
export function endOfDay(value) {
  const [year, month, day] = value.split('-').map(Number);
  return new Date(year, month - 1, day, 23, 59, 59);
}

/** What is wrong with a date as the last day of a key: the name of a word, or nothing. @param {string} value */
export function dateProblem(value, now = new Date()) {
  if (!value) return 'create.noDate';
  const end = endOfDay(value);
  if (Number.isNaN(end.getTime())) return 'create.wrongDate';
  if (end <= now) return 'create.pastDate';
  return end > endOf(`P${MAX_YEARS}Y`, now) ? 'create.farDate' : undefined;
}

/** A date as a date field writes it. @param {Date} date */
export function dateValue(date) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
