// What is asked of the person, or read from standard input.

import { fstatSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

import { failure } from '../core/errors.js';
import { checkKey, maskKey } from '../entries/offline.js';
import { decode } from '../node/decode.js';
import { askHidden } from '../node/terminal.js';
import { say } from './print.js';

/** No line of standard input is longer, in bytes. */
const LONGEST = 1_000_000;

/** The person was asked, and does not want it. */
export class Declined extends Error {}

/**
 * Lets the person confirm what cannot be undone.
 * @param {string} question @param {boolean | undefined} yes
 */
export async function confirm(question, yes) {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw failure('invalid_argument', '--yes', 'this cannot be undone and there is no terminal to ask on, so say it.');
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new Promise((_, reject) => lines.once('close', () => reject(Object.assign(failure('aborted'), { interrupted: true }))));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), interrupted]);
    if (!/^y(es)?$/i.test(String(answer).trim())) throw new Declined('Nothing was changed.');
  } finally {
    interrupted.catch(() => {});
    lines.close();
  }
}

/** @param {string} question such as `Password for kim` */
export async function hidden(question) {
  const text = await askHidden(`${question}: `);
  if (text) return text;
  const why = text === '' ? 'nothing was typed.' : 'there is no terminal to ask on. Use --password-stdin, or a key by --api-key -, and give it by standard input.';
  throw missing(question, why);
}

/**
 * The password of `--user`: asked for, or from standard input. Spaces are part
 * of it, and so is every accent, however the keyboard put it together.
 * @param {string} who @param {boolean | undefined} fromInput
 */
export async function password(who, fromInput) {
  const what = `Password for ${who}`;
  const text = fromInput ? await line(what) : await hidden(what);
  return text.normalize('NFC');
}

/**
 * The key of `--api-key`; from standard input when it is `-`.
 * @param {string | undefined} given @param {any[]} providers of one of which it is to be
 */
export async function apiKey(given, providers) {
  if (given === undefined) return undefined;
  // A variable of a script that is not set: no other key is meant.
  if (given.trim() === '') throw missing('API key', '--api-key is empty.');
  if (given !== '-') {
    warnOfInline();
    return given;
  }
  if (!process.stdin.isTTY) return firstLine('API key');
  const typed = (await hidden('API key')).trim();
  const all = providers.map((provider) => checkKey(provider, typed));
  const found = all.find(({ ok }) => ok) ?? all[0];
  if (!found.ok && found.fixed !== undefined) {
    await confirm(`${found.problems[0].message}\nUse ${maskKey(found.fixed)}, the key that stands in it?`, false);
    return found.fixed;
  }
  if (!found.ok) throw Object.assign(failure('invalid_key', '', ''), { message: found.problems.map(({ message }) => message).join(' ') });
  return typed;
}

export function warnOfInline() {
  say('warning: a key on the command line is seen in process lists and kept in the history of the shell. Give - instead, and the key by standard input.');
}

/**
 * The first line of standard input, without the space around it. Without one
 * nothing else takes its place: a command that ends a key would work with
 * another than was meant.
 * @param {string} what
 */
export async function firstLine(what) {
  const text = (await line(what)).trim();
  if (text) return text;
  throw nothing(what);
}

/** The first line as it is, without its end. @param {string} what */
async function line(what) {
  const [text] = (await input((bytes) => bytes.includes('\n'))).split(/\r?\n/);
  if (text) return text;
  throw nothing(what);
}

/** `keylatch extract < src`: Node reads nothing of a directory, and says nothing of it. */
export function refuseDirectory() {
  let isDirectory = false;
  try {
    isDirectory = fstatSync(0).isDirectory();
  } catch {
    // It is closed, so there is nothing in it.
  }
  if (isDirectory) throw Object.assign(failure('file_failed', '', ''), { message: 'Standard input is a directory. Give a file.' });
}

/** Standard input, until it is enough. @param {(bytes: Buffer) => boolean} isEnough */
export async function input(isEnough) {
  refuseDirectory();
  const parts = [];
  let size = 0;
  for await (const part of process.stdin) {
    parts.push(part);
    size += part.length;
    if (isEnough(part) || size > LONGEST) break;
  }
  return decode(Buffer.concat(parts)).text;
}

/** All of standard input, however long. */
export async function allInput() {
  refuseDirectory();
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  return decode(Buffer.concat(parts)).text;
}

/** @param {string} what */
const nothing = (what) => missing(what, 'there is none in the first line of standard input.');

/** @param {string} what @param {string} why */
function missing(what, why) {
  return Object.assign(failure('no_credential', '', ''), { message: `${what}: ${why}` });
}
