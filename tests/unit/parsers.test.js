// What is parsed in JavaScript, over the corpora of `fuzz/corpus` and what chance
// makes of them, the same in every run.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { it } from 'node:test';

import '../sources.js';

const { changedOnly, cutOf, misread, parse } = await import('../../pkg/node/dotenv.js');
const { decode } = await import('../../pkg/node/decode.js');
const { declare } = await import('../../pkg/client/declare.js');
const { duration, end } = await import('../../pkg/cli/when.js');
const { KeyClient, defineProvider } = await import('../../pkg/dist/node/index.js');

/** New inputs for each parser. */
const EXECUTIONS = 4_000;
const NAMES = ['KEYLATCH_API_KEY', 'LC_API_KEY', 'A'];
const TROUBLE = ['', '\0', '\n', '\r\n', '\t', ' ', '"', "'", '`', '\\', '{', '}', '[', ']', ':', ',', '=', '#', '-', '\ufeff', 'é', '🔑', '9'.repeat(20), '__proto__'].map((text) => Buffer.from(text));
const BYTES = [Buffer.from([0xff]), Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** Numbers below a bound, by mulberry32. */
function numbers(seed) {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) % bound;
  };
}

/** The corpus of a target, and as many inputs more. */
async function* inputs(target, more = []) {
  const directory = new URL(`../../fuzz/corpus/${target}/`, import.meta.url);
  const files = await Promise.all((await readdir(directory)).sort().map((name) => readFile(new URL(name, directory))));
  assert.ok(files.length > 0, `${target} has a corpus`);
  const corpus = [...files, ...more.map((text) => Buffer.from(text))];
  yield* corpus;
  const words = [...TROUBLE, ...BYTES, ...corpus.flatMap((input) => (input.toString('latin1').match(/\w+|\W/g) ?? []).map((word) => Buffer.from(word, 'latin1')))];
  const below = numbers(20_261_120);
  const one = (all) => all[below(all.length)];
  for (let n = 0; n < EXECUTIONS; n += 1) {
    let input = one(corpus);
    for (let changes = below(5); changes >= 0; changes -= 1) {
      const at = below(input.length + 1);
      const to = Math.min(input.length, at + below(12));
      const other = one(corpus);
      input = one([
        () => Buffer.concat([input.subarray(0, at), input.subarray(to)]),
        () => Buffer.concat([input.subarray(0, to), input.subarray(at)]),
        () => Buffer.concat([input.subarray(0, at), other.subarray(below(other.length + 1))]),
        () => Buffer.concat([input.subarray(0, at), one(words), input.subarray(at)]),
        () => Buffer.concat([input.subarray(0, at), one(words), input.subarray(to)]),
      ])();
    }
    yield input;
  }
}

/** Fails with the input in its message. */
async function each(target, look, more) {
  let count = 0;
  for await (const input of inputs(target, more)) {
    count += 1;
    try {
      await look(input);
    } catch (error) {
      error.message = `${target}, ${JSON.stringify(input.toString('latin1'))}: ${error.message}`;
      throw error;
    }
  }
  assert.ok(count > EXECUTIONS, `${count} inputs`);
}

/** Runs it; what it throws must be an error of keylatch with one of these codes. */
function codes(work, ...allowed) {
  try {
    return work();
  } catch (error) {
    if (!allowed.includes(error.code)) throw error;
    assert.ok(error.message.length < 2_000, `${error.message.length} characters`);
    return undefined;
  }
}

it('a file of bytes is decoded, or said to be unreadable', async () => {
  await each('dotenv', (bytes) => {
    const { text, bom, fault, isUnreadable } = decode(bytes);
    assert.equal(isUnreadable, text.includes('\0'));
    // Without a fault, the same bytes can be written again.
    if (fault === undefined) assert.ok(Buffer.from(bom + text).equals(bytes));
  });
});

it('a .env is read whole, or what is cut is told', async () => {
  await each('dotenv', (bytes) => {
    const { text, fault } = decode(bytes);
    const variables = parse(text);
    for (const value of Object.values(variables)) assert.equal(typeof value, 'string');
    assert.equal(typeof (misread({ text, fault }, variables, NAMES) ?? ''), 'string');
    for (const name of NAMES) {
      const cut = cutOf('.env', text, name);
      if (cut) assert.ok(Object.hasOwn(variables, name), 'what is cut is there');
    }
    assert.ok(changedOnly(text, text, {}), 'nothing was changed');
    const value = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
    assert.ok(!changedOnly(text, text, { KEYLATCH_API_KEY: `${value}${variables.KEYLATCH_API_KEY}` }));
  });
});

it('a declaration is taken, and then taken again as it is, or its wrong field is named', async () => {
  const known = { isBuiltIn: (id) => id === 'keylatch', endpoints: {}, formatFault: () => undefined };
  await each('declarations', (bytes) => {
    let data;
    try {
      data = JSON.parse(bytes.toString());
    } catch {
      return;
    }
    const declared = codes(() => declare(data, known), 'invalid_provider');
    if (declared) assert.deepEqual(declare(declared, known), declared);
    // And as the built package has it, whose Rust reads what this lets through.
    const service = codes(() => defineProvider(data), 'invalid_provider');
    if (service) codes(() => new KeyClient({ provider: service, baseUrl: 'https://h.example', credential: 'a-key-of-mine-0123' }), 'invalid_argument', 'invalid_key', 'insecure_url');
  });
});

it('a time that a person types is a moment to come, a duration, or refused', async () => {
  await each('dates', (bytes) => {
    const text = bytes.toString();
    const told = codes(() => end(text), 'invalid_argument');
    if (told instanceof Date) assert.ok(told.getTime() > Date.now());
    else if (told !== undefined && told !== 'never') assert.match(told, /^P(?=.)[\dYMWDTHS.,]+$/);
    const lasts = codes(() => duration(text, '--overlap'), 'invalid_argument');
    if (lasts !== undefined) assert.match(lasts, /^P(?=.)[\dYMWDTHS.,]+$/);
  }, ['30d', '12h', '3 months', '1 year 6 months', '2027-01-31', '2027-01-31T18:00', 'P3M', 'never', 'PT1.5S']);
});

it('a list ends whatever cursors a service gives', async () => {
  await each('cursors', async (bytes) => {
    const cursors = bytes.toString().split('\n');
    let asked = 0;
    const fetch = async () => {
      const body = JSON.stringify({ items: [{ id: `k${asked}` }], next_cursor: cursors[asked % cursors.length] });
      asked += 1;
      return new Response(body);
    };
    const client = new KeyClient({ provider: 'keylatch', baseUrl: 'https://h.example', credential: 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms', fetch });
    try {
      for await (const { id } of client.list()) assert.match(id, /^k\d+$/);
    } catch (error) {
      if (!['bad_response', 'invalid_argument'].includes(error.code)) throw error;
    }
    assert.ok(asked <= cursors.length + 2, `${asked} pages of ${cursors.length} cursors`);
  });
});
