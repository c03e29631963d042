// Vector instructions or not, whole or in pieces: the same keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';
import { DECOYS, KINDS, random } from './corpus.js';

const { load } = await import('../../pkg/platform/node/find.js');
const { everything } = await import('../../pkg/find/search.js');
const { createRedactor, redact } = await import('../../pkg/entries/redact.js');
const { Secret } = await import('../../pkg/entries/offline.js');

/** An instance of one of the modules, with the catalogue. */
function instance(hasSimd) {
  const module = load(hasSimd);
  const imports = WebAssembly.Module.imports(module).map((one) => [one.module, { [one.name]: () => {} }]);
  const wasm = new WebAssembly.Instance(module, Object.fromEntries(imports)).exports;
  const bytes = () => new Uint8Array(wasm.memory.buffer, wasm.scratch(), 262_144);
  const engine = wasm.engine();
  for (const { shape, isSearched } of everything().shapes) assert.equal(wasm.add(engine, new TextEncoder().encodeInto(shape, bytes()).written, isSearched), 0);
  assert.equal(wasm.compile(engine), 0);
  return {
    example: (kind, seed) => new TextDecoder().decode(bytes().slice(0, wasm.example(engine, kind, seed))),
    scan(text, from, isWhole) {
      const length = new TextEncoder().encodeInto(text, bytes()).written;
      const held = wasm.scan(engine, from, length, isWhole);
      return { held, found: [...new Uint32Array(wasm.memory.buffer, wasm.list(), wasm.listLength())] };
    },
  };
}

const simd = instance(true);
const plain = instance(false);
const dice = random(7);
const { shapes } = everything();

/** A text of keys, pieces of keys and other things. */
function text() {
  const keys = Array.from({ length: 1 + dice.below(6) }, () => {
    const key = simd.example(dice.below(shapes.length), 1 + dice.below(1e9));
    return dice.one([key, key, key.slice(dice.below(key.length)), key.slice(0, dice.below(key.length)), DECOYS[dice.one(Object.keys(DECOYS))](dice)]);
  });
  return KINDS[dice.one(Object.keys(KINDS))](dice, keys) + dice.one(['', '\n', 'é', ' ', keys[0]]);
}

test('wherever a key stands in what is looked at together, it is found', () => {
  for (const number of shapes.keys()) {
    const key = simd.example(number, 11);
    for (let before = 0; before < 80; before++) {
      for (const after of ['', ' and so on, for longer than any place that is looked at with others of the text']) {
        for (const isWhole of [true, false]) {
          const text = `${' '.repeat(before)}${key}${after}`;
          assert.deepEqual(simd.scan(text, 0, isWhole), plain.scan(text, 0, isWhole), text);
        }
      }
    }
  }
});

test('the module with vector instructions finds what the other one finds', async () => {
  assert.notEqual((await import('#find-simd-bytes')).text, (await import('#find-bytes')).text);
  let count = 0;
  for (let i = 0; i < 3000; i++) {
    const one = text();
    const isWhole = dice.below(2) === 0;
    const from = dice.below(3) === 0 ? dice.below(one.length) : 0;
    const [a, b] = [simd.scan(one, from, isWhole), plain.scan(one, from, isWhole)];
    assert.deepEqual(a, b, one);
    count += a.found.length / 4;
  }
  assert.ok(count > 2000, `${count}`);
});

test('texts of every length around what is looked at in one step', () => {
  const key = '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';
  for (const other of ['x', ' ', 'é', '=']) {
    for (let before = 0; before < 150; before++) {
      for (const after of [0, 1, 15, 16, 17, 63, 64, 65]) {
        const one = `${other.repeat(before)}\n${key}\n${other.repeat(after)}`;
        const [a, b] = [simd.scan(one, 0, true), plain.scan(one, 0, true)];
        assert.deepEqual(a, b, JSON.stringify(one));
        assert.equal(a.found.length, 4);
      }
    }
  }
});

test('a stream gives what the whole text gives, wherever it is cut', async () => {
  const { redact, transformStream, nodeTransform } = createRedactor();
  for (let i = 0; i < 300; i++) {
    const one = Array.from({ length: 4 }, text).join(dice.one(['\n', ' ', '']));
    const expected = redact(one);
    for (const isText of [true, false]) {
      const all = isText ? one : Buffer.from(one);
      const pieces = [];
      for (let at = 0; at < all.length; ) {
        const end = at + 1 + dice.below(dice.one([3, 40, 400]));
        pieces.push(all.slice(at, end));
        at = end;
      }
      const web = ReadableStream.from(pieces).pipeThrough(transformStream());
      const out = [];
      for await (const part of web) out.push(part);
      const whole = isText ? out.join('') : Buffer.concat(out).toString();
      assert.equal(whole, expected);
      const stream = nodeTransform();
      const read = (async () => {
        const parts = [];
        for await (const part of stream) parts.push(Buffer.from(part));
        return Buffer.concat(parts).toString();
      })();
      for (const piece of pieces) stream.write(piece);
      stream.end();
      assert.equal(await read, expected);
    }
  }
});

test('each cut of a line with a key finds it', async () => {
  const line = 'é {"token":"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"} 😀 sk_live_4eC39HqLyjWDarjtT1zdp7dc';
  const { redact, transformStream } = createRedactor();
  for (let at = 0; at <= line.length; at++) {
    const out = [];
    for await (const part of ReadableStream.from([line.slice(0, at), line.slice(at)]).pipeThrough(transformStream())) out.push(part);
    assert.equal(out.join(''), redact(line), `${at}`);
  }
});

test('a long text is searched in pieces, a short one at once, with the same answer', () => {
  const key = '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';
  for (const filler of ['x ', 'é ', '😀', 'a']) {
    for (const before of [0, 79_960, 79_999, 262_100, 262_143, 262_144, 400_001]) {
      const start = filler.repeat(before / filler.length + 1).slice(0, before);
      const one = `${start}\n${key}\n${start}`;
      assert.equal(redact(one), `${start}\nghp_[redacted]\n${start}`, `${JSON.stringify(filler)} ${before}`);
      assert.equal(redact(Buffer.from(one)).toString(), Buffer.from(`${start}\nghp_[redacted]\n${start}`).toString());
    }
  }
});

test('a key that never ends is redacted to its end', () => {
  const one = `x sk-ant-oat01-${'aB3_dE9-'.repeat(100_000)} y`;
  assert.equal(redact(one), 'x sk-ant-oat01-[redacted] y');
  for (const before of ['', 'x', 'xy', 'xyz']) {
    for (const sign of ['%2D', '%252D', '\\u002d', '\\-']) {
      const escaped = `${before} sk-ant-oat01-${`aB3_dE9${sign}`.repeat(50_000)} y`;
      assert.equal(redact(escaped), `${before} sk-ant-oat01-[redacted] y`, sign);
      assert.equal(redact(Buffer.from(escaped)).toString(), `${before} sk-ant-oat01-[redacted] y`, sign);
    }
  }
});

test('every living secret is redacted by value, in all forms, and is free when it is wiped', () => {
  const text = 'p/ss "w0rd" & more';
  const forms = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), Buffer.from(text).toString('hex'), 'p/ss &quot;w0rd&quot; &amp; more'];
  const line = (form) => `<${form}>`;
  for (const form of forms) assert.equal(redact(line(form)), line(form));
  const secret = new Secret(text);
  for (const form of forms) assert.equal(redact(line(form)), '<[redacted]>', form);
  for (const before of ['', 'a', 'ab', 'abc']) {
    const encoded = Buffer.from(`${before}${text}:x`).toString('base64');
    const out = redact(`Basic ${encoded}`);
    assert.ok(out.includes('[redacted]') && out.length < encoded.length, out);
  }
  secret[Symbol.dispose]();
  for (const form of forms) assert.equal(redact(line(form)), line(form));
});

test('for each rule the time for a hostile line grows as its length', () => {
  const rules = [...new Set(shapes.filter(({ isSearched }) => isSearched).map(({ kind }) => `${kind.provider}/${kind.name}`))];
  const all = createRedactor({ formats: rules });
  // By the work of the processor, not by the clock: ten times the text, at most twenty times the time of the best of three.
  const time = (one) => Math.min(...[0, 0, 0].map(() => {
    const before = process.cpuUsage();
    all.redact(one);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  }));
  let count = 0;
  shapes.forEach(({ isSearched }, number) => {
    if (!isSearched) return;
    const key = simd.example(number, 7);
    const start = /^[A-Za-z]*[^A-Za-z0-9]?/.exec(key)[0] || key.slice(0, 4);
    const units = [
      // What it begins with, again and again; with what could follow; almost a key; a key that goes on.
      start, `${start}a_`, key.slice(0, -1), `${key.slice(0, -1)} `, `${key}${key.slice(-1)}`, key.slice(key.length >> 1),
    ];
    for (const unit of units) {
      const short = unit.repeat(10_000 / unit.length);
      const long = unit.repeat(100_000 / unit.length);
      assert.ok(time(long) < 20 * time(short) + 200_000, `${number} ${unit}`);
      count += 1;
    }
    // One run, as long as the text.
    const run = (length) => key.slice(0, key.length >> 1) + key.slice(-1).repeat(length);
    assert.ok(time(run(100_000)) < 20 * time(run(10_000)) + 200_000, key);
  });
  assert.ok(count > 1000, `${count}`);
});

test('a long text with much to find takes time as its length', () => {
  const line = 'a 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\n';
  const time = (one) => {
    const before = process.cpuUsage();
    assert.ok(!redact(one).includes('zQWB'));
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  assert.ok(time(line.repeat(50_000)) < 20 * time(line.repeat(5_000)) + 200_000);
});
