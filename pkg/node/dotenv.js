// `.env` of the working directory, read by Node's own parser.

import { join } from 'node:path';
import * as util from 'node:util';

import { notice } from './core.js';
import { BOM } from './decode.js';
import { read } from './files.js';
import { workingDirectory } from './paths.js';

/** @typedef {import('./core.js').RawNotice} RawNotice */

/** Relative if the working directory was deleted: reading it then fails with the system's error. */
export const dotenvPath = () => join(workingDirectory() ?? '', '.env');

/**
 * What the chain asks for: the variables as data; and, of those that it may
 * use, which are cut.
 * @param {string[]} names @param {{ signal?: AbortSignal, mayBePipe?: boolean }} how
 */
export async function readDotenv(names, how) {
  const directory = workingDirectory();
  if (directory === undefined) return { notice: notice('dotenv_missing', 'the working directory, which was deleted') };
  const file = await read(dotenvPath(), how);
  if (file.notice) return file;
  const { text, shared, fault } = file;
  if (text === undefined) return { notice: notice('dotenv_missing', directory) };
  const json = parse(text);
  if (!json) return { notice: tooOld('.env') };
  const why = misread({ text, fault }, json, names);
  if (why) return { notice: notice('file_not_understood', '.env', why) };
  return { path: '.env', shared, json, cuts: names.flatMap((name) => cutOf('.env', text, name) ?? []) };
}

/**
 * Why a variable is not what its line says, or is missing though it has one.
 * @param {{ text: string, fault?: string }} file @param {Record<string, string>} variables @param {string[]} names
 */
export function misread({ text, fault }, variables, names) {
  const broken = fault && names.find((name) => isBroken(variables[name]));
  if (broken) return `${broken} is not UTF-8`;
  const hidden = names.every((name) => variables[name] === undefined) && names.find((name) => assigned(text, name) !== undefined);
  return hidden ? `its line for ${hidden} is hidden by a quotation mark that is not closed where it should be` : undefined;
}

/** @param {string} path */
export const tooOld = (path) => notice('file_not_understood', path, 'it takes Node 20.12 or newer to read it');

/** Of bytes that are no UTF-8, a decoder makes U+FFFD. @param {string | undefined} value */
export const isBroken = (value) => value?.includes('\uFFFD') ?? false;

/** The variables, by Node's own parser; nothing where Node has none. @param {string} text */
export function parse(text) {
  // A file that was put together from several has a mark where each began.
  const plain = text.replace(new RegExp(`^${BOM}`, 'gm'), '');
  return /** @type {Record<string, string> | undefined} */ (util.parseEnv && { ...util.parseEnv(plain) });
}

/**
 * A notice when the value that is read is not all that stands there: Node ends
 * an unquoted one at any `#`, where shells, Docker and python-dotenv want a
 * space before it; and a quoted one at its closing quote.
 * @param {string} path @param {string} text @param {string} name
 * @returns {RawNotice | undefined}
 */
export function cutOf(path, text, name) {
  const value = parse(text)?.[name];
  const written = assigned(text, name);
  if (value === undefined || written === undefined) return undefined;
  const quote = /^["'`]/.exec(written)?.[0];
  const close = quote === undefined ? -1 : written.indexOf(quote, 1);
  if (close > 0) return /^\s*(#|$)/.test(written.slice(close + 1)) ? undefined : notice('dotenv_cut', path, name, 'closing quotation mark');
  return written.startsWith(`${value}#`) ? notice('dotenv_cut', path, name, '"#"') : undefined;
}

/** What stands after the sign, in the last line for the variable. @param {string} text @param {string} name */
function assigned(text, name) {
  const lines = text.matchAll(new RegExp(`^[ \\t${BOM}]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*(.*)$`, 'gm'));
  return [...lines].at(-1)?.[1];
}

/**
 * Whether an edit changed these variables, as Node reads them, and nothing else.
 * @param {string} before @param {string} after @param {Record<string, string | undefined>} changes
 */
export function changedOnly(before, after, changes) {
  const expected = { ...parse(before), ...changes };
  const found = parse(after);
  return found === undefined || Object.keys({ ...expected, ...found }).every((key) => expected[key] === found[key]);
}
