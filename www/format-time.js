// Times as people say them, with the exact one at hand.

const UNITS = [
  ['year', 365.25 * 86400], ['month', 30.44 * 86400], ['week', 7 * 86400],
  ['day', 86400], ['hour', 3600], ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' });

/** `in 3 months`, `yesterday`, `2 hours ago`, `just now`. */
export function formatRelative(date, now = Date.now()) {
  const seconds = (date - now) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return seconds > 0 ? 'in a moment' : 'just now';
  // 0.98: what is a moment short of a whole unit is still called by it.
  const [unit, length] = UNITS.find(([, length]) => size >= length * 0.98) ?? ['minute', 60];
  return relative.format(Math.round(seconds / length), unit);
}

/** `Nov 20, 2026` */
export const formatDay = (date) => day.format(date);

/** `Friday, November 20, 2026 at 11:04:09 AM GMT+1` */
export const formatExact = (date) => exact.format(date);

/** A `<time>` that says it relatively and carries the exact moment. */
export function timeElement(date) {
  const time = document.createElement('time');
  time.dateTime = date.toISOString();
  time.title = formatExact(date);
  time.textContent = formatRelative(date);
  return time;
}

/** Brings the texts of all `<time>` elements inside `parent` up to date. */
export function refreshTimes(parent) {
  for (const time of parent.querySelectorAll('time')) {
    time.textContent = formatRelative(new Date(time.dateTime));
  }
}
