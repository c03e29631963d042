// app keys import: keys that were issued elsewhere are taken over by their hashes, a thousand at
// a time. What the application has already is passed over, so an import that was broken off is run
// again; what the server refuses is left out, and told with its line. Where an answer was lost, the
// keys that it was about count neither as imported nor as there before.

import { readFile } from 'node:fs/promises';

import { refuseKey } from '../applications/asked.js';
import { failure, isError } from '../core/errors.js';
import { decode } from '../node/decode.js';
import { applicationIn, withApplications } from './app.js';
import { allInput } from './ask.js';
import { print, printJson, say } from './print.js';
import { Tries } from './tries.js';
import { rowsOf } from './rows.js';
import { clean } from './text.js';

/** With one request. */
const BATCH = 1000;
/** So many rows that are refused are a mistake in all of them. */
const MOST_REFUSED = 100;
/** What the hash of a part does not cover. */
const REST = /** @type {Record<string, string>} */ ({ before_first: 'after_first', after_first: 'before_first', before_last: 'after_last', after_last: 'before_last' });

/** @typedef {{ line: number, key: any }} Row @typedef {{ line: number, message: string }} Refusal */
/** @typedef {{ imported: number, skipped: number, unclear: number, refused: Refusal[], ended?: string }} Outcome `unclear`: are there, or may be, and whether since now is not known */

/** @param {any} options */
export async function importKeys(options) {
  const [, file = '-'] = options.positionals;
  if (file === '-' && (options['api-key'] === '-' || options['password-stdin'])) throw failure('invalid_argument', '-', 'standard input can give one thing only. Name the file of the keys.');
  const rule = await ruleOf(options);
  const { rows, refused } = read(await textOf(file), rule.encoding);
  const tries = new Tries('/import');
  await withApplications(options, async (applications) => {
    const { keys } = await applicationIn(applications, options);
    const send = (/** @type {any[]} */ batch) => tries.of(() => keys.import({ rule, keys: batch, skipExisting: true }));
    /** @type {Outcome} */
    const outcome = { imported: 0, skipped: 0, unclear: 0, refused };
    try {
      await all(rows, outcome, { send, tries, options });
    } catch (error) {
      tell(options, outcome);
      throw error;
    }
    tell(options, outcome);
  }, undefined, (fetch) => tries.through(fetch));
}

/** @param {any} options */
async function ruleOf({ algorithm = 'sha256', input = 'whole', separator, encoding = 'hex', 'pepper-file': pepperFile }) {
  const pepper = pepperFile === undefined ? undefined : (await textOf(pepperFile)).replace(/\r?\n$/, '');
  if (pepper === '') throw failure('invalid_argument', '--pepper-file', 'the file is empty.');
  return { algorithm, input, separator, encoding, pepper, idPart: REST[input] };
}

/** The rows that can be sent, and what is wrong with the others. @param {string} text @param {string} encoding @returns {{ rows: Row[], refused: Refusal[] }} */
function read(text, encoding) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {Refusal[]} */
  const refused = [];
  /** The lines on which keys stand first: the server sees the same key twice only where both come with one request. @type {Map<string, number>} */
  const lines = new Map();
  for (const { line, key, message } of rowsOf(text)) {
    const same = key && hashIn(key.hash, encoding);
    const first = same && lines.get(same);
    const why = message ?? wholeKey(key) ?? (first && `\`hash\` is that of line ${first} too. Send each key once.`);
    if (why) refused.push({ line, message: why });
    else rows.push({ line, key }) && lines.set(same, line);
  }
  if (rows.length === 0 && refused.length === 0) throw failure('invalid_argument', 'file', 'there is no key in it.');
  return { rows, refused };
}

/** The same for each way to write it. @param {string} hash @param {string} encoding */
const hashIn = (hash, encoding) => (encoding === 'hex' ? hash.toLowerCase() : hash.replace(/=+$/, ''));

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
 * Sends all rows.
 * @param {Row[]} rows @param {Outcome} outcome gets what became of them
 * @param {{ send: (keys: any[]) => Promise<any[]>, tries: Tries, options: { json?: boolean } }} how
 */
async function all(rows, outcome, { send, tries, options }) {
  const { refused } = outcome;
  for (let at = 0; at < rows.length && refused.length <= MOST_REFUSED; at += BATCH) {
    let batch = rows.slice(at, at + BATCH);
    while (batch.length > 0 && refused.length <= MOST_REFUSED) {
      try {
        const { length } = await send(batch.map(({ key }) => key));
        outcome.imported += length;
        outcome[tries.isLost ? 'unclear' : 'skipped'] += batch.length - length;
        break;
      } catch (error) {
        const faulty = refusalOf(error, batch);
        if (!faulty) {
          if (tries.isLost) outcome.unclear += batch.length;
          outcome.ended = tries.isLost ? `Of the keys on the lines ${batch[0].line} to ${batch[batch.length - 1].line} it is not known whether they were imported, because the answer was lost.` : '';
          throw error;
        }
        refused.push(faulty);
        batch = batch.filter(({ line }) => line !== faulty.line);
      }
    }
    if (rows.length > BATCH && !options.json) say(`${Math.min(at + BATCH, rows.length)} of ${rows.length}`);
  }
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

/** What became of the keys, also of an import that something ended. @param {any} options @param {Outcome} outcome */
function tell({ json }, { imported, skipped, unclear, refused, ended }) {
  // Nothing came of it, and the error says why.
  if (ended === '' && imported + skipped + unclear + refused.length === 0) return;
  refused.sort((one, other) => one.line - other.line);
  if (refused.length > 0) process.exitCode = 1;
  if (json) return printJson({ imported, skipped, ...(unclear > 0 && { unclear }), refused });
  for (const { line, message } of refused) print(`line ${line}: ${clean(message)}`);
  const parts = [
    `Imported ${count(imported)}`,
    skipped > 0 && `${skipped === 1 ? 'one was' : `${skipped} were`} there already`,
    unclear > 0 && ended === undefined && `${unclear === 1 ? 'one is' : `${unclear} are`} there, and whether since now is not known, because an answer was lost`,
    refused.length > 0 && `${refused.length} refused`,
  ];
  say(`${parts.filter(Boolean).join(', ')}${ended === undefined ? '' : ' before this'}.`);
  if (ended !== undefined) say(`${ended} Run it again for the rest: what is there already is passed over.`.trimStart());
  else if (refused.length > MOST_REFUSED) say(`More than ${MOST_REFUSED} were refused, so the rest was not sent. Mend the file or the options, and run it again.`);
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
