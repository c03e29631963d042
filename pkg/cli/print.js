// Output for people: tables, relative times, colours on a terminal.

import { clean, shortened, width } from './text.js';
import { isTime } from './when.js';

const COLOURS = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 };
/** A column that may be shortened keeps so many. */
const NARROWEST = 12;

/** Whether there are colours: `FORCE_COLOR` says 0 for none, as to Node, and anything else for some, as in CI. @param {{ isTTY?: boolean }} stream */
function hasColours({ isTTY }) {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR || /^(0|false)$/.test(FORCE_COLOR ?? '')) return false;
  return FORCE_COLOR ? true : isTTY && TERM !== 'dumb';
}

/** @param {keyof typeof COLOURS} colour @param {string} text @param {{ isTTY?: boolean }} [stream] */
export function style(colour, text, stream = process.stdout) {
  return hasColours(stream) ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text;
}

/** @param {unknown} data */
export function printJson(data) {
  process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
}

/** For the person. Services may have a word in it. @param {string} text @param {string} [head] in colours */
export function say(text, head = '') {
  process.stderr.write(`${head}${text.split('\n').map(clean).join('\n')}\n`);
}

/** @param {string} text */
export function print(text) {
  process.stdout.write(`${text}\n`);
}

/** @param {{ message: string }[]} notices */
export function warn(notices) {
  for (const { message } of notices) say(message, `${style('yellow', 'warning:', process.stderr)} `);
}

/** Rows of text in columns, the last one as long as it is. @param {string[][]} rows */
export function columns(rows) {
  const widths = widthsOf(rows);
  const pad = (/** @type {string} */ cell, /** @type {number} */ i) => (i === widths.length - 1 ? cell : cell + ' '.repeat(widths[i] - width(cell)));
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/**
 * On a terminal, one column is shortened when the rows would not fit.
 * @param {string[]} head @param {string[][]} rows @param {number} [flexible] which
 */
export function table(head, rows, flexible) {
  const all = [head.map((cell) => style('dim', cell)), ...rows];
  const room = process.stdout.isTTY ? process.stdout.columns : undefined;
  if (flexible === undefined || !room) return columns(all);
  const widths = widthsOf(all);
  const excess = widths.reduce((sum, width) => sum + width + 2, -2) - room;
  const most = Math.max(NARROWEST, widths[flexible] - excess);
  return columns(excess > 0 ? all.map((row) => row.map((cell, i) => (i === flexible ? shortened(cell, most) : cell))) : all);
}

/** @param {string[][]} rows */
const widthsOf = (rows) => rows.reduce((/** @type {number[]} */ widths, row) => row.map((cell, i) => Math.max(widths[i] ?? 0, width(cell))), []);

const UNITS = /** @type {const} */ ([['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3_600], ['minute', 60]]);
const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** @param {Date | undefined} time @param {string} never @param {number} [now] */
export function relative(time, never, now = Date.now()) {
  if (!isTime(time)) return never;
  const seconds = (time.getTime() - now) / 1000;
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? format.format(Math.round(seconds / unit[1]), unit[0]) : seconds > 0 ? 'in a moment' : 'just now';
}
