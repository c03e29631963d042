// The stored login: JSON with a refresh token, in the place that the service's
// document names and in the one that its own client uses now. Both are written:
// an issuer that rotates tokens takes the use of an old one for a theft, and
// ends the login.

import { basename, join } from 'node:path';

import { fileFailed, notice } from './core.js';
import { read, update } from './files.js';
import { display, expand, locate } from './paths.js';

/** As long as a token, for a trial. */
const STAND_IN = '0'.repeat(2_000);

/** @typedef {{ token?: string, path: string, shared: boolean, notice?: import('./core.js').RawNotice }} Stored */

/** The files, the documented one first. @param {any} provider */
export function tokenFiles({ login }) {
  const files = login.files.map(expand);
  const directory = login.envDirectory && process.env[login.envDirectory];
  if (directory) files.push(join(expand(directory), basename(files.pop())));
  return /** @type {string[]} */ (files);
}

/** The token that was stored last. @param {any} provider @returns {Promise<Stored>} */
export async function readToken(provider) {
  const nowhere = provider.login.files.find((/** @type {string} */ path) => locate(path).notice);
  if (nowhere !== undefined) return { path: nowhere, shared: false, notice: locate(nowhere).notice };
  const files = tokenFiles(provider);
  /** @type {(Stored & { changed: number })[]} */
  const found = [];
  /** @type {Stored} */
  let nothing = { path: display(files[0]), shared: false };
  for (const path of files) {
    const file = await read(path);
    const token = file.text === undefined ? undefined : parse(file.text)?.refresh_token;
    if (typeof token === 'string' && token !== '') {
      found.push({ token, path: file.path, shared: file.shared ?? false, changed: file.changed ?? 0 });
    } else if (file.notice) {
      nothing = { ...nothing, notice: file.notice };
    } else if (file.text?.trim() && parse(file.text) === undefined) {
      nothing = { ...nothing, notice: notice('file_not_understood', file.path, 'it is not JSON') };
    }
  }
  return found.sort((a, b) => b.changed - a.changed)[0] ?? { ...nothing, notice: nothing.notice ?? notice('login_missing', nothing.path) };
}

/**
 * Puts a token into every file, or takes it out of them.
 * @param {any} provider @param {string | undefined} token
 */
export async function writeToken(provider, token) {
  // The documented one last, so that it is the newest when both are whole.
  for (const path of tokenFiles(provider).reverse()) await writeTokenTo(path, token, false);
}

/** Does all of that but its last step, to find out what stands in the way. @param {any} provider */
export async function tryTokens(provider) {
  for (const path of tokenFiles(provider)) await writeTokenTo(path, STAND_IN, true);
}

/** @param {string} path @param {string | undefined} token @param {boolean} isTrial */
async function writeTokenTo(path, token, isTrial) {
  if (token === undefined && (await read(path)).text === undefined) return;
  const edit = (/** @type {import('./files.js').Read} */ { text }) => {
    const before = text === undefined || text.trim() === '' ? {} : parse(text);
    if (before === undefined) throw fileFailed(notice('file_not_understood', display(path), 'it is not a JSON object'));
    return { text: `${JSON.stringify({ ...before, refresh_token: token }, null, 2)}\n` };
  };
  await update(path, edit, { isTrial });
}

/** @param {string} text @returns {Record<string, unknown> | undefined} */
function parse(text) {
  try {
    const json = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
