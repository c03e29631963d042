// How well keys are found: on a corpus that is made here, with figures for each rule.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';
import { DECOYS, KINDS, random, written } from './corpus.js';

const { exampleKey, keyKinds } = await import('../../pkg/entries/catalogue.js');
const { createRedactor, extractKeys } = await import('../../pkg/entries/redact.js');
const { kinds } = await import('../../pkg/find/kinds.js');
const { everything } = await import('../../pkg/find/search.js');
const { core, buffer } = await import('../../pkg/find/engine.js');

const TEXTS = 1000;
const KEYS = 2000;
const FAKES = 5000;

/** A key of a shape, another for each seed. */
function made(number, seed) {
  const now = core();
  const length = now.wasm.example(everything().number(now), number, seed);
  return String.fromCharCode(...buffer(now).subarray(0, length));
}

/** What stands in a text of what kind. */
function corpus() {
  const dice = random(20261126);
  const shapes = everything().shapes.map((shape, number) => ({ ...shape, number })).filter(({ isSearched }) => isSearched);
  const keys = Array.from({ length: KEYS }, (_, at) => {
    const { kind, shape, number } = shapes[at % shapes.length];
    return { kind, shape, text: made(number, 1 + at * 2_654_435) };
  });
  const fakes = Array.from({ length: FAKES }, (_, at) => {
    const name = Object.keys(DECOYS)[at % Object.keys(DECOYS).length];
    return { name, text: DECOYS[name](dice) };
  });
  const names = Object.keys(KINDS);
  return Array.from({ length: TEXTS }, (_, at) => {
    const own = keys.slice(at * 2, at * 2 + 2);
    const others = fakes.slice(at * 5, at * 5 + 5);
    const items = [...own, ...others].map((item) => [dice.below(1000), item]).sort(([a], [b]) => a - b).map(([, item]) => item);
    const kind = names[at % names.length];
    return { kind, keys: own, fakes: others, text: KINDS[kind](dice, items.map(({ text }) => text)) };
  });
}

/** What is told of a rule in the documents. */
const rules = new Map();
const ruleOf = ({ provider, name }) => {
  const id = `${provider}/${name}`;
  if (!rules.has(id)) rules.set(id, { planted: 0, found: 0, alarms: 0 });
  return rules.get(id);
};

test(`of ${KEYS} keys in ${TEXTS} texts all are found, and no decoy where there is a checksum`, () => {
  const missed = [];
  const alarms = [];
  for (const { kind, keys, text } of corpus()) {
    const found = extractKeys(text).map(({ index, length, ...about }) => ({ text: text.slice(index, index + length), ...about }));
    for (const key of keys) {
      const rule = ruleOf(key.kind);
      rule.planted += 1;
      if (found.some((one) => one.text.includes(written(kind, key.text)) || written(kind, key.text) === key.text && one.text === key.text)) rule.found += 1;
      else missed.push(`${key.kind.provider}/${key.kind.name} in ${kind}: ${key.text}`);
    }
    for (const one of found) {
      if (keys.some((key) => written(kind, key.text).includes(one.text) || one.text.includes(written(kind, key.text)) || key.text.includes(one.text))) continue;
      ruleOf({ provider: one.provider, name: one.kind }).alarms += 1;
      alarms.push({ rule: `${one.provider}/${one.kind}`, text: one.text });
    }
  }
  const percent = [...rules.values()].reduce((sum, { found }) => sum + found, 0) / KEYS;
  // A key whose signs an address escapes is another text there.
  const escaped = missed.filter((line) => line.includes(' in address: '));
  assert.deepEqual(missed.filter((line) => !escaped.includes(line)), []);
  assert.ok(percent > 0.98, `${percent}`);
  const hasChecksum = new Set(kinds().filter(({ shapes }) => shapes.some((shape) => /<(crc32|xor)-/.test(shape))).map(({ provider, name }) => `${provider}/${name}`));
  assert.deepEqual(alarms.filter(({ rule }) => hasChecksum.has(rule)), []);
  assert.deepEqual(alarms, []);
});

test('each kind that is looked for was planted', () => {
  const searched = kinds().filter(({ needsContext }) => !needsContext);
  for (const { provider, name } of searched) assert.ok(rules.get(`${provider}/${name}`)?.planted > 0, `${provider}/${name}`);
  assert.ok(new Set(kinds().map(({ provider }) => provider)).size >= 60);
  assert.equal(keyKinds().length, kinds().length);
});

test('what is redacted holds no key any more, and all else', () => {
  const { redact } = createRedactor({ formats: [...new Set(kinds().filter(({ needsContext }) => !needsContext).map(({ provider, name }) => `${provider}/${name}`))], keep: 'none' });
  for (const { kind, keys, fakes, text } of corpus()) {
    const out = redact(text);
    for (const key of keys) {
      if (written(kind, key.text) === key.text) assert.ok(!out.includes(key.text), `${kind}: ${key.text}`);
    }
    for (const fake of fakes) assert.ok(out.includes(written(kind, fake.text)) || kind === 'nested' || kind === 'json', `${kind}: ${fake.text}`);
  }
});

test('an example of a kind stays the same', () => {
  assert.equal(exampleKey('github'), exampleKey('github', 'personal-access-token-classic'));
  assert.notEqual(exampleKey('github'), exampleKey('npm'));
});
