// What is asked of the person, or read from standard input.

import { createInterface } from 'node:readline/promises';

import { failure } from '../errors.js';
import { askHidden } from '../node/terminal.js';
import { say } from './print.js';

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
    if (!/^y(es)?$/i.test(String(answer).trim())) throw Object.assign(failure('aborted'), { interrupted: false });
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
 * The password of `--user`: asked for, or from standard input.
 * @param {string} who @param {boolean | undefined} fromInput
 */
export async function password(who, fromInput) {
  const what = `Password for ${who}`;
  return fromInput ? firstLine(what) : hidden(what);
}

/**
 * The key of `--api-key`; from standard input when it is `-`.
 * @param {string | undefined} given
 */
export async function apiKey(given) {
  if (given === undefined) return undefined;
  // A variable of a script that is not set: no other key is meant.
  if (given.trim() === '') throw missing('API key', '--api-key is empty.');
  if (given === '-') return process.stdin.isTTY ? hidden('API key') : firstLine('API key');
  warnOfInline();
  return given;
}

export function warnOfInline() {
  say('warning: a key on the command line is seen in process lists and kept in the history of the shell. Give - instead, and the key by standard input.');
}

/**
 * The first line of standard input. Without one nothing else takes its place:
 * a command that ends a key would work with another than was meant.
 * @param {string} what
 */
export async function firstLine(what) {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n') || text.length > 65_536) break;
  }
  const line = text.split(/\r?\n/)[0].trim();
  if (line) return line;
  throw missing(what, 'there is none in the first line of standard input.');
}

/** @param {string} what @param {string} why */
function missing(what, why) {
  return Object.assign(failure('no_credential', '', ''), { message: `${what}: ${why}` });
}
