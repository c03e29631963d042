// How well keys are found: in texts that are made here, with keys that are planted in them and
// with what only looks like keys. Import `../sources.js` before.

import { DECOYS, KINDS, random, written } from './corpus.js';

const { extractKeys } = await import('../../pkg/entries/redact.js');
const { everything } = await import('../../pkg/find/search.js');
const { core, buffer } = await import('../../pkg/find/engine.js');

export const TEXTS = 1000;
export const KEYS = 2000;
export const FAKES = 5000;

/** A key of a shape, another for each seed. */
function made(number, seed) {
  const now = core();
  const length = now.wasm.example(everything().number(now), number, seed);
  return String.fromCharCode(...buffer(now).subarray(0, length));
}

/** The texts, each with its kind, two keys and five decoys. */
export function corpus() {
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

/**
 * Of each rule how many keys were planted and found, and how many decoys were taken for one; what was missed, and the
 * alarms.
 */
export function quality() {
  const rules = new Map();
  const ruleOf = (provider, name) => {
    const id = `${provider}/${name}`;
    if (!rules.has(id)) rules.set(id, { planted: 0, found: 0, alarms: 0 });
    return rules.get(id);
  };
  const missed = [];
  const alarms = [];
  for (const { kind, keys, text } of corpus()) {
    const found = extractKeys(text).map(({ key, index, length, provider, kind: name }) => {
      key[Symbol.dispose]();
      return { index, length, provider, name };
    });
    const planted = keys.map((key) => ({ ...key, index: text.indexOf(written(kind, key.text)), length: written(kind, key.text).length }));
    for (const key of planted) {
      const rule = ruleOf(key.kind.provider, key.kind.name);
      rule.planted += 1;
      // All of it, at its place; whether by its own rule, or by one of a service whose keys look the same.
      if (found.some((one) => one.index <= key.index && one.index + one.length >= key.index + key.length)) rule.found += 1;
      else missed.push({ rule: `${key.kind.provider}/${key.kind.name}`, kind, text: key.text });
    }
    for (const one of found) {
      // A text can have a key more than once.
      const isPlanted = (key) => text.slice(one.index, one.index + one.length) === key.text || (one.index < key.index + key.length && key.index < one.index + one.length);
      if (planted.some(isPlanted)) continue;
      ruleOf(one.provider, one.name).alarms += 1;
      alarms.push({ rule: `${one.provider}/${one.name}`, kind, text: text.slice(one.index, one.index + one.length) });
    }
  }
  return { texts: TEXTS, fakes: FAKES, rules, missed, alarms };
}
