// How long a key is to live: what stands in the create dialog as choices.

const DAY = 86400 * 1000;
const MAX_YEARS = 10;

/** The moment at which an ISO 8601 duration of whole days, months or years ends. */
export function endOf(duration, now = new Date()) {
  const [, count, unit] = /^P(\d+)([DMY])$/.exec(duration);
  const end = new Date(now);
  if (unit === 'D') {
    end.setTime(end.getTime() + count * DAY);
    return end;
  }
  // Calendar months; 30 November and three months is the last day of February.
  const months = unit === 'Y' ? count * 12 : Number(count);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(now.getUTCDate(), lastDay));
  return end;
}

/** The end of the day that a date field names (`2027-02-20`), where the person is. */
export function endOfDay(value) {
  const [year, month, day] = value.split('-').map(Number);
  return new Date(year, month - 1, day, 23, 59, 59);
}

/** What is wrong with a date as the last day of a key, or nothing. */
export function dateProblem(value, now = new Date()) {
  if (!value) return 'Choose the last day on which the key is to work.';
  const end = endOfDay(value);
  if (Number.isNaN(end.getTime())) return 'This is not a date.';
  if (end <= now) return 'This day is over. Choose today or a later day.';
  if (end > endOf(`P${MAX_YEARS}Y`, now)) return `A key lives ${MAX_YEARS} years at most. Choose an earlier day, or no expiry.`;
  return '';
}

/** A date as a date field writes it. */
export function dateValue(date) {
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
