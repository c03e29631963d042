// identify, extract, redact: keys in whatever comes from standard input or files.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

import { failure } from '../core/errors.js';
import { useCatalogue } from '../core/services.js';
import { identifyKey, maskKey } from '../entries/offline.js';
import { surroundings } from '../keys/check.js';
import { createRedactor, extractKeys } from '../entries/redact.js';
import * as catalogue from '../find/known.js';
import { decode } from '../node/decode.js';
import { allInput, hidden, refuseDirectory } from './ask.js';
import { print, printJson, style, table } from './print.js';

// As keylatch/catalogue does: bundlers drop an import that nothing is taken from.
useCatalogue(catalogue);

const NO_DOUBT = { documented: 'documented', observed: 'observed', unknown: 'nothing speaks against it' };

/** @param {any} options */
export async function identify({ json }) {
  const text = (process.stdin.isTTY ? await hidden('API key') : await allInput()).replace(/\r?\n$/, '');
  const [found, key] = identified(text);
  if (found.every(({ certainty }) => certainty === 'unknown')) process.exitCode = 1;
  if (json) return printJson({ masked: maskKey(key), services: found });
  const rows = found.map((one) => {
    const { provider, certainty, kind = 'key', purpose = 'secret', test } = /** @type {any} */ (one);
    return [provider, kind, test ? `${purpose}, test` : purpose, NO_DOUBT[/** @type {import('../index.js').Certainty} */ (certainty)]];
  });
  if (key !== text) print(`The key in it is ${maskKey(key)}.`);
  // Of what is no key of any service it is said what is wrong.
  if (rows.length === 0) for (const { message } of surroundings(text)) print(message);
  else print(table(['SERVICE', 'KIND', 'PURPOSE', 'HOW SURE'], rows));
  const warnings = found.flatMap((one) => (one.ok ? (one.warnings ?? []) : []));
  for (const message of new Set(warnings.map(({ message }) => message))) print(message);
}

/**
 * The services of a text, and of the key that it holds where it is none itself: what was pasted with it is left out.
 * @param {string} text @returns {[import('../index.js').KeyCheck[], string]}
 */
function identified(text) {
  const own = identifyKey(text);
  if (own.some(({ certainty }) => certainty !== 'unknown')) return [own, text];
  const keys = new Set(extractKeys(text).map(({ key }) => {
    const exposed = key.expose();
    key[Symbol.dispose]();
    return exposed;
  }));
  if (keys.size !== 1) return [own, text];
  const [key] = keys;
  return [identifyKey(key), key];
}

/** @param {any} options */
export async function extract({ json, positionals }) {
  const files = positionals.length > 0 ? positionals : ['-'];
  const all = [];
  /** @type {string[]} */
  const unread = [];
  for (const file of files) {
    const text = file === '-' ? await allInput() : await textOf(file, unread);
    all.push(...foundIn(file, text));
  }
  if (all.some(({ purpose }) => purpose === 'secret')) process.exitCode = 1;
  if (json) printJson({ keys: all });
  else show(all);
  // What was found in the others is told first.
  if (unread.length > 0) throw Object.assign(failure('file_failed', '', ''), { message: unread.join(' ') });
}

/** @param {ReturnType<typeof foundIn>} all */
function show(all) {
  for (const { file, line, column, provider, kind, purpose, masked, doubtful } of all) {
    const place = style('bold', `${file === '-' ? '' : `${file}:`}${line}:${column}`);
    print(`${place}  ${masked}  ${provider} ${kind}${purpose === 'secret' ? '' : ` (${purpose})`}${doubtful ? ' (its checksum does not fit)' : ''}`);
  }
}

/** Twenty characters and more of UTF-16 in a text of bytes: PowerShell 5 adds such lines to a file, and they have no byte order mark. */
const WIDE = /(?:[\t\r\n -~]\0){20,}[ -~]?/g;

/** The keys of a text, also where it has UTF-16 in it. @param {string} text */
function keysIn(text) {
  const wide = [...text.matchAll(WIDE)].flatMap(({ 0: part, index: from }) =>
    extractKeys(part.replaceAll('\0', '')).map((found) => ({ ...found, index: from + 2 * found.index, length: 2 * found.length - 1 })),
  );
  return [...extractKeys(text), ...wide].sort((a, b) => a.index - b.index);
}

/** @param {string} file @param {string} text */
function foundIn(file, text) {
  let [line, start, at] = [1, 0, 0];
  return keysIn(text).map(({ key, index, length, ...about }) => {
    for (let next; (next = text.indexOf('\n', at)) >= 0 && next < index; at = start) {
      line++;
      start = next + 1;
      at = start;
    }
    const masked = key.mask();
    key[Symbol.dispose]();
    return { file, line, column: index - start + 1, index, length, masked, ...about };
  });
}

/** @param {string} file @param {string[]} unread what is said of a file that cannot be read */
async function textOf(file, unread) {
  try {
    return decode(await readFile(file)).text;
  } catch (error) {
    unread.push(`${file} cannot be read (${/** @type {NodeJS.ErrnoException} */ (error).code}).`);
    return '';
  }
}

/** Line by line as they come: what ends with a line is written with it. @param {any} options */
export async function redactCommand({ keep }) {
  refuseDirectory();
  const stream = createRedactor({ keep }).nodeTransform();
  process.stdin.pipe(stream);
  for await (const part of stream) {
    if (!process.stdout.write(part)) await once(process.stdout, 'drain');
  }
}
