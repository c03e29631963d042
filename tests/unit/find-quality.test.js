// How well keys are found: on a corpus that is made here, with figures for each rule, which the
// pages of the services show.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';
import { written } from './corpus.js';

const { exampleKey, keyKinds } = await import('../../pkg/entries/catalogue.js');
const { createRedactor } = await import('../../pkg/entries/redact.js');
const { kinds } = await import('../../pkg/find/kinds.js');
const { corpus, FAKES, KEYS, quality, TEXTS } = await import('./quality.js');

test(`of ${KEYS} keys in ${TEXTS} texts all are found, and of ${FAKES} decoys none`, () => {
  const { missed, alarms } = quality();
  assert.deepEqual(missed, []);
  const hasChecksum = new Set(kinds().filter(({ shapes }) => shapes.some((shape) => /<(crc32|xor)-/.test(shape))).map(({ provider, name }) => `${provider}/${name}`));
  assert.deepEqual(alarms.filter(({ rule }) => hasChecksum.has(rule)), []);
  assert.deepEqual(alarms, []);
});

test('the corpus is of the size and of the kinds that it says', () => {
  const all = corpus();
  assert.equal(all.length, TEXTS);
  assert.equal(all.flatMap(({ keys }) => keys).length, KEYS);
  assert.equal(all.flatMap(({ fakes }) => fakes).length, FAKES);
  for (const { kind, keys, fakes, text } of all) {
    for (const key of keys) assert.ok(text.includes(written(kind, key.text)), `${kind}: ${key.text}`);
    for (const fake of fakes) assert.ok(text.includes(written(kind, fake.text)), `${kind}: ${fake.text}`);
  }
});

test('many keys were planted as other texts write them', () => {
  const escaped = corpus().flatMap(({ kind, keys }) => keys.filter(({ text }) => written(kind, text) !== text).map(() => kind));
  for (const kind of ['address', 'login', 'page', 'answer', 'mail', 'editor']) assert.ok(escaped.filter((one) => one === kind).length > 1, kind);
  assert.ok(escaped.length > 0.05 * KEYS, `${escaped.length}`);
});

test('each kind that is looked for was planted', () => {
  const { rules } = quality();
  const searched = kinds().filter(({ needsContext }) => !needsContext);
  for (const { provider, name } of searched) assert.ok(rules.get(`${provider}/${name}`)?.planted > 0, `${provider}/${name}`);
  assert.ok(new Set(kinds().map(({ provider }) => provider)).size >= 60);
  assert.equal(keyKinds().length, kinds().length);
});

test('what is redacted holds no key any more, and all else', () => {
  const { redact } = createRedactor({ formats: [...new Set(kinds().filter(({ needsContext }) => !needsContext).map(({ provider, name }) => `${provider}/${name}`))], keep: 'none' });
  for (const { kind, keys, fakes, text } of corpus()) {
    const out = redact(text);
    for (const key of keys) assert.ok(!out.includes(written(kind, key.text)), `${kind}: ${key.text}`);
    for (const fake of fakes) assert.ok(out.includes(written(kind, fake.text)), `${kind}: ${fake.text}`);
  }
});

test('an example of a kind stays the same', () => {
  assert.equal(exampleKey('github'), exampleKey('github', 'personal-access-token-classic'));
  assert.notEqual(exampleKey('github'), exampleKey('npm'));
});
