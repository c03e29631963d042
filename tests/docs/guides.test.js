// The guides and the explanations are run, as the README is.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

import { blocks } from './support/blocks.js';
import { read, testExamples } from './support/run.js';

const root = new URL('../../', import.meta.url);
const documents = ['docs/guides', 'docs/explanation'].flatMap((directory) =>
  readdirSync(new URL(directory, root)).map((name) => `${directory}/${name}`));
const texts = new Map(await Promise.all(documents.map(async (name) => [name, await read(name)])));

for (const [name, text] of texts) if (blocks(text).length > 0) testExamples(name, blocks);

test('every block of a language that could be run is run', () => {
  // A block of another name, such as `javascript`, would be looked over.
  const KNOWN = ['js', 'jsx', 'console', 'sh', 'yaml', ''];
  for (const [name, text] of texts) {
    const languages = [...text.matchAll(/^```(\w*)$/gm)].map(([, language]) => language);
    assert.deepEqual(languages.filter((language) => !KNOWN.includes(language)), [], name);
  }
});

test('every document is on the start page, and has one title', async () => {
  const start = await read('docs/README.md');
  for (const [name, text] of texts) {
    assert.ok(start.includes(`(${name.slice('docs/'.length)})`), `docs/README.md does not link to ${name}`);
    const outside = text.replace(/^```.*?^```$/gms, '');
    assert.equal(outside.match(/^# /gm).length, 1, name);
  }
});
