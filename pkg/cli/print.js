// Output for people: tables, relative times, colours on a terminal.

const COLOURS = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 };

/** @param {keyof typeof COLOURS} colour @param {string} text @param {{ isTTY?: boolean }} [stream] */
export function style(colour, text, stream = process.stdout) {
  const wanted = stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return wanted ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text;
}

/** @param {unknown} data */
export function printJson(data) {
  process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {string} text */
export function print(text) {
  process.stdout.write(`${text}\n`);
}

/** @param {{ message: string }[]} notices */
export function warn(notices) {
  for (const { message } of notices) say(`${style('yellow', 'warning:', process.stderr)} ${message}`);
}

/** Rows of text in columns, the last one as long as it is. @param {string[][]} rows */
export function columns(rows) {
  const widths = rows.reduce((/** @type {number[]} */ widths, row) => row.map((cell, i) => Math.max(widths[i] ?? 0, width(cell))), []);
  const pad = (/** @type {string} */ cell, /** @type {number} */ i) => (i === widths.length - 1 ? cell : cell + ' '.repeat(widths[i] - width(cell)));
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** @param {string[]} head @param {string[][]} rows */
export function table(head, rows) {
  return columns([head.map((cell) => style('dim', cell)), ...rows]);
}

/** Characters without colours; names may hold any. @param {string} text */
function width(text) {
  return [...text.replace(/\x1b\[\d+m/g, '')].length;
}

/** What a service says may hold control characters, which a terminal obeys. @param {string} text */
export function clean(text) {
  return text.replace(/[\0-\x1f\x7f-\x9f]/g, '\uFFFD');
}

const UNITS = /** @type {const} */ ([['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3_600], ['minute', 60]]);
const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** @param {Date | undefined} time @param {string} never @param {number} [now] */
export function relative(time, never, now = Date.now()) {
  if (!time) return never;
  const seconds = (time.getTime() - now) / 1000;
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? format.format(Math.round(seconds / unit[1]), unit[0]) : seconds > 0 ? 'in a moment' : 'just now';
}
