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
  if (!util.parseEnv) return { notice: notice('file_not_understood', '.env', 'it takes Node 20.12 or newer to read it') };
  return { path: '.env', shared: file.shared, json: { ...util.parseEnv(file.text) } };
}

/**
 * Whether an edit changed the one variable, as Node reads it, and nothing else.
 * @param {string} before @param {string} after @param {string} name @param {string | undefined} value
 */
export function changedOnly(before, after, name, value) {
  if (!util.parseEnv) return true;
  const expected = { ...util.parseEnv(before), [name]: value };
  const found = /** @type {Record<string, string | undefined>} */ (util.parseEnv(after));
  return Object.keys({ ...expected, ...found }).every((key) => expected[key] === found[key]);
}
