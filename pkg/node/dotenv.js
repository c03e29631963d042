// `.env` of the working directory, read by Node's own parser.

import { join } from 'node:path';
import * as util from 'node:util';

import { notice } from './core.js';
import { read } from './files.js';

export const dotenvPath = () => join(process.cwd(), '.env');

/** What the chain asks for: the variables as data. */
export async function readDotenv() {
  const file = await read(dotenvPath());
  if (file.notice) return file;
  if (file.text === undefined) return { notice: notice('dotenv_missing', process.cwd()) };
  const json = parse(file.text);
  return json ? { path: '.env', shared: file.shared, json } : { notice: tooOld('.env') };
}

/** @param {string} path */
export const tooOld = (path) => notice('file_not_understood', path, 'it takes Node 20.12 or newer to read it');

/** The variables, by Node's own parser; nothing where Node has none. @param {string} text */
export function parse(text) {
  return /** @type {Record<string, string> | undefined} */ (util.parseEnv && { ...util.parseEnv(text) });
}

/**
 * Whether an edit changed the one variable, as Node reads it, and nothing else.
 * @param {string} before @param {string} after @param {string} name @param {string | undefined} value
 */
export function changedOnly(before, after, name, value) {
  const expected = { ...parse(before), [name]: value };
  const found = parse(after);
  return found === undefined || Object.keys({ ...expected, ...found }).every((key) => expected[key] === found[key]);
}
