// app keys import: keys that were issued elsewhere are taken over by their hashes, a thousand at
// a time. What the application has already is passed over, so an import that was broken off is run
// again; what the server refuses is left out, and told with its line.

import { readFile } from 'node:fs/promises';

import { refuseKey } from '../applications/asked.js';
import { failure, isError } from '../core/errors.js';
import { decode } from '../node/decode.js';
import { applicationIn, withApplications } from './app.js';
import { allInput } from './ask.js';
import { print, printJson, say } from './print.js';
import { rowsOf } from './rows.js';
import { clean } from './text.js';

/** With one request. */
const BATCH = 1000;
/** So many rows that are refused are a mistake in all of them. */
const MOST_REFUSED = 100;
/** What the hash of a part does not cover. */
const REST = /** @type {Record<string, string>} */ ({ before_first: 'after_first', after_first: 'before_first', before_last: 'after_last', after_last: 'before_last' });

/** @typedef {{ line: number, key: any }} Row @typedef {{ line: number, message: string }} Refusal */

/** @param {any} options */
export async function importKeys(options) {
  const [, file = '-'] = options.positionals;
  if (file === '-' && (options['api-key'] === '-' || options['password-stdin'])) throw failure('invalid_argument', '-', 'standard input can give one thing only. Name the file of the keys.');
  const rule = await ruleOf(options);
  const { rows, refused } = read(await textOf(file));
  await withApplications(options, async (applications) => {
    const { keys } = await applicationIn(applications, options);
    const imported = await all(rows, refused, (batch) => keys.import({ rule, keys: batch, skipExisting: true }));
    refused.sort((one, other) => one.line - other.line);
    tell(options, { imported: imported.count, skipped: imported.sent - imported.count, refused });
  });
}

/** @param {any} options */
async function ruleOf({ algorithm = 'sha256', input = 'whole', separator, encoding = 'hex', 'pepper-file': pepperFile }) {
  const pepper = pepperFile === undefined ? undefined : (await textOf(pepperFile)).replace(/\r?\n$/, '');
  if (pepper === '') throw failure('invalid_argument', '--pepper-file', 'the file is empty.');
  return { algorithm, input, separator, encoding, pepper, idPart: REST[input] };
}

/** The rows that can be sent, and what is wrong with the others. @param {string} text @returns {{ rows: Row[], refused: Refusal[] }} */
function read(text) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {Refusal[]} */
  const refused = [];
  for (const { line, key, message } of rowsOf(text)) {
    const why = message ?? wholeKey(key);
    if (why === undefined) rows.push({ line, key });
    else refused.push({ line, message: why });
  }
  if (rows.length === 0 && refused.length === 0) throw failure('invalid_argument', 'file', 'there is no key in it.');
  return { rows, refused };
}

/** Where a key stands as it is, nothing of its row is sent. @param {any} key */
function wholeKey(key) {
  const holds = (/** @type {[string, unknown]} */ [name, value]) => {
    try {
      refuseKey(JSON.stringify(value), name);
      return false;
    } catch {
      return true;
    }
  };
  const found = Object.entries(key).find(holds);
  return found && `There is a whole key in it (${found[0]}), so it was not sent. Hash the key first.`;
}

/**
 * Sends all rows, and how many of them there were and were taken over.
 * @param {Row[]} rows @param {Refusal[]} refused gets what the server refuses @param {(keys: any[]) => Promise<any[]>} send
 */
async function all(rows, refused, send) {
  const done = { sent: 0, count: 0 };
  for (let at = 0; at < rows.length && refused.length <= MOST_REFUSED; at += BATCH) {
    let batch = rows.slice(at, at + BATCH);
    while (batch.length > 0 && refused.length <= MOST_REFUSED) {
      try {
        done.count += (await send(batch.map(({ key }) => key))).length;
        done.sent += batch.length;
        break;
      } catch (error) {
        const faulty = refusalOf(error, batch);
        if (!faulty) throw told(error, done);
        refused.push(faulty);
        batch = batch.filter(({ line }) => line !== faulty.line);
      }
    }
    if (rows.length > BATCH) say(`${Math.min(at + BATCH, rows.length)} of ${rows.length}`);
  }
  return done;
}

/** The row that the server finds faulty, if that is why it refuses. @param {any} error @param {Row[]} batch @returns {Refusal | undefined} */
function refusalOf(error, batch) {
  const said = isError(error) && error.code === 'invalid_request' ? String(/** @type {any} */ (error).service?.message ?? '') : '';
  const row = batch[Number(/`keys\[(\d+)\]/.exec(said)?.[1] ?? NaN)];
  if (!row) return undefined;
  // Places in the request mean nothing to whoever reads it; lines do.
  const message = said.replace(/`keys\[\d+\]\.(\w+)/g, '`$1').replace(/keys\[(\d+)\]/g, (_, index) => `line ${batch[Number(index)]?.line ?? '?'}`);
  return { line: row.line, message };
}

/** What ended it, and what was done before. @param {any} error @param {{ sent: number }} done */
function told(error, { sent }) {
  if (sent > 0) say(`${sent} keys were sent before this. Run it again for the rest: what is there already is passed over.`);
  return error;
}

/** @param {any} options @param {{ imported: number, skipped: number, refused: Refusal[] }} outcome */
function tell({ json }, { imported, skipped, refused }) {
  if (refused.length > 0) process.exitCode = 1;
  if (json) return printJson({ imported, skipped, refused });
  for (const { line, message } of refused) print(`line ${line}: ${clean(message)}`);
  const parts = [`Imported ${count(imported)}`, skipped > 0 && `${skipped === 1 ? 'one was' : `${skipped} were`} there already`, refused.length > 0 && `${refused.length} refused`];
  say(`${parts.filter(Boolean).join(', ')}.`);
  if (refused.length > MOST_REFUSED) say(`More than ${MOST_REFUSED} were refused, so the rest was not sent. Mend the file or the options, and run it again.`);
}

const count = (/** @type {number} */ number) => (number === 1 ? 'one key' : `${number} keys`);

/** @param {string} file */
async function textOf(file) {
  if (file === '-') return allInput();
  try {
    return decode(await readFile(file)).text;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw Object.assign(failure('file_failed', '', ''), { message: `${file} cannot be read (${code}).` });
  }
}
