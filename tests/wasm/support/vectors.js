// The tables that the tests in Rust read too; see tests/vectors/README.md.

import { readFile } from 'node:fs/promises';

const NAMES = ['formats', 'checks', 'headers', 'retry', 'dates'];

/** Each table by the name of its file. */
export async function readVectors() {
  const read = (name) => readFile(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8');
  const texts = await Promise.all(NAMES.map(read));
  return Object.fromEntries(texts.map((text, at) => [NAMES[at], JSON.parse(text)]));
}
