// The streams of a redactor, as programs use them: of the web and of Node, of texts, of bytes and of
// objects; what they hold, and how they end.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGunzip, createGzip } from 'node:zlib';

import '../sources.js';

const { createRedactor, extractKeys, redact } = await import('../../pkg/entries/redact.js');
const { Bytes } = await import('../../pkg/redact/bytes.js');
const { secrets } = await import('../../pkg/find/search.js');
const { core } = await import('../../pkg/find/engine.js');

const KEY = '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';
const OUT = 'ghp_[redacted]';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** All memory that is in use: objects, bytes, and that of the search. */
function memory() {
  collect();
  // What the first one found dead is freed beside the program, and surely before the second ends.
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers + core().wasm.memory.buffer.byteLength;
}

/** All that a stream of Node gives. */
async function all(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

test('a key in a header of Basic authentication is found, and told as it is meant', async () => {
  const base64 = btoa(`api:${KEY}`);
  const text = `{"headers":{"authorization":"Basic ${base64}","host":"example.com"}}\n`;
  assert.equal(redact(text), text.replace(base64, OUT));
  assert.equal(createRedactor({ keep: 'mask' }).redact(text), text.replace(base64, 'ghp_…Lq17'));
  assert.equal(createRedactor({ allow: [KEY] }).redact(text), text);
  const [found] = extractKeys(text);
  assert.deepEqual([found.key.expose(), found.provider, found.index, found.length], [KEY, 'github', text.indexOf(base64), base64.length]);
  const inPieces = () => {
    const whole = Buffer.from(text);
    for (let cut = 0; cut <= whole.length; cut++) {
      const bytes = new Bytes(secrets(), () => OUT);
      const parts = [whole.subarray(0, cut), whole.subarray(cut)].flatMap((piece) => bytes.next(piece));
      assert.equal(Buffer.concat([...parts, ...bytes.end()]).toString(), text.replace(base64, OUT), `${cut}`);
    }
  };
  // While a secret is alive, it is looked for by its value as well.
  inPieces();
  found.key[Symbol.dispose]();
  inPieces();
  // Through the border of the buffer, and with what is no base64 behind it.
  for (const fill of [262_144 - 40, 262_144 - 20, 262_144 - 6]) {
    const long = `${' '.repeat(fill)}Basic ${base64}-and-more`;
    assert.ok(!redact(long).includes(base64.slice(0, 40)), `${fill}`);
    assert.ok(!Buffer.from(redact(Buffer.from(long))).toString().includes(base64.slice(0, 40)), `${fill}`);
  }
});

test('a stream holds a part of its input that does not grow with it', () => {
  const units = {
    lines: `2026-11-10T12:00:00Z INFO token=${KEY} took 3 ms\n`,
    'one word': 'aB3dE9fG',
    'one key that never ends': 'aB3_dE9-',
    'what is escaped': 'aB3%2FdE9%2B',
    'a beginning of what is escaped': '%25',
    backslashes: '\\\\',
    'almost keys': 'ghp_zQWBuTSO ',
    headers: `Basic ${btoa('user:pass word and more')} `,
    'beginnings of headers': 'Basic QWxh',
  };
  for (const [name, unit] of Object.entries(units)) {
    const chunk = Buffer.from(unit.repeat(65_536 / unit.length));
    // As long as what it stands for, so that what is held can be counted.
    const bytes = new Bytes(secrets(), (text) => text);
    let [taken, given, most] = [0, 0, 0];
    const take = (piece) => {
      taken += piece.length;
      for (const part of bytes.next(piece)) given += part.length;
      if (!name.endsWith('never ends')) most = Math.max(most, taken - given);
    };
    take(Buffer.from(name.endsWith('never ends') ? ' sk-ant-oat01-' : ' '));
    for (let i = 0; i < 8; i++) take(chunk);
    const before = memory();
    // 32 MB.
    for (let i = 0; i < 512; i++) take(chunk);
    const grown = memory() - before;
    // Compiled code and the like come and go.
    assert.ok(grown < 8_000_000, `${name}: ${grown}`);
    // What the buffer of the search has room for.
    assert.ok(most <= 262_144, `${name}: ${most}`);
    for (const part of bytes.end()) given += part.length;
    if (!name.endsWith('never ends')) assert.equal(given, taken, name);
  }
});

test('a line is given as soon as it is whole', async () => {
  const stream = createRedactor().nodeTransform();
  stream.setEncoding('utf8');
  for (const line of ['one\n', `two ${KEY}\n`, `{"a":"${KEY}"}\r\n`, 'a%20b %2\n']) {
    stream.write(line);
    const [part] = await once(stream, 'data');
    assert.equal(part, redact(line));
  }
  stream.destroy();
});

test('it stands in a pipeline, with compression, and with each error where it belongs', async () => {
  const lines = `a ${KEY} b\n`.repeat(20_000);
  const out = [];
  const sink = () => new Writable({ write: (part, _, done) => (out.push(part), done()) });
  await pipeline(Readable.from([Buffer.from(lines)]), createGzip(), createGunzip(), createRedactor().nodeTransform(), sink());
  assert.equal(Buffer.concat(out).toString(), redact(lines));
  await assert.rejects(
    pipeline(Readable.from((function* () { yield 'a'; throw new Error('of the source'); })()), createRedactor().nodeTransform(), sink()),
    /of the source/,
  );
  await assert.rejects(
    pipeline(Readable.from([lines]), createRedactor().nodeTransform(), new Writable({ write: (_, __, done) => done(new Error('of the sink')) })),
    /of the sink/,
  );
});

test('a destroyed stream gives nothing more, and another one of the same redactor goes on', async () => {
  const redactor = createRedactor();
  const stream = redactor.nodeTransform();
  stream.write(`a ghp_zQWBuTSO`);
  stream.destroy();
  await once(stream, 'close');
  const failed = redactor.nodeTransform();
  const error = once(failed, 'error');
  failed.destroy(new Error('no more'));
  assert.match((await error)[0].message, /no more/);
  const other = redactor.nodeTransform();
  other.end(`iRi4 ${KEY}`);
  assert.equal(Buffer.concat((await all(other)).map((part) => Buffer.from(part))).toString(), `iRi4 ${OUT}`);
});

test('who writes is told to wait for who reads', async () => {
  const stream = createRedactor().nodeTransform();
  const chunk = Buffer.from('a line of a log\n'.repeat(4_096));
  let written = 0;
  // Nobody reads: at last it takes no more.
  while (stream.write(chunk)) assert.ok(++written < 100);
  const held = stream.readableLength + stream.writableLength;
  assert.ok(held < 8 * chunk.length, `${held}`);
  stream.resume();
  await once(stream, 'drain');
  stream.end();
  await once(stream, 'end');
});

test('texts in other encodings stand for bytes, and characters that are cut are whole again', async () => {
  const stream = createRedactor().nodeTransform();
  stream.write(Buffer.from(`x ${KEY.slice(0, 9)}`).toString('hex'), 'hex');
  stream.write(Buffer.from(KEY.slice(9)).toString('base64'), 'base64');
  stream.end(Buffer.from(' é').toString('latin1'), 'latin1');
  assert.equal(Buffer.concat(await all(stream)).toString(), `x ${OUT} é`);
  const emoji = createRedactor().nodeTransform();
  const bytes = Buffer.from(`😀 ${KEY} 😀`);
  for (const byte of bytes) emoji.write(Buffer.from([byte]));
  emoji.end();
  assert.equal(Buffer.concat(await all(emoji)).toString(), `😀 ${OUT} 😀`);
  const halves = createRedactor().transformStream();
  const written = ReadableStream.from(['\ud83d', '\ude00 ', KEY, '\ud83d']).pipeThrough(halves);
  assert.equal((await all(written)).join(''), `😀 ${OUT}\ufffd`);
});

test('it stands between streams of objects, whose texts and bytes it takes', async () => {
  const seen = [];
  const sink = new Writable({ objectMode: true, write: (part, _, done) => (seen.push(part), done()) });
  await pipeline(Readable.from([`a ${KEY.slice(0, 9)}`, `${KEY.slice(9)} b\n`, Buffer.from('c\n')]), createRedactor().nodeTransform(), sink);
  assert.equal(Buffer.concat(seen).toString(), `a ${OUT} b\nc\n`);
  const other = new Writable({ objectMode: true, write: (_, __, done) => done() });
  await assert.rejects(pipeline(Readable.from([{ a: KEY }]), createRedactor().nodeTransform(), other), { code: 'invalid_argument', message: /string or bytes/ });
});

test('what is neither a text nor bytes is refused', async () => {
  const web = ReadableStream.from([{ a: KEY }]).pipeThrough(createRedactor().transformStream());
  await assert.rejects(all(web), { code: 'invalid_argument' });
  const stream = createRedactor().nodeTransform();
  stream.write({ a: KEY });
  assert.equal((await once(stream, 'error'))[0].code, 'invalid_argument');
});

test('UTF-16 with its mark is looked into, whole and in pieces, and stays UTF-16', async () => {
  const text = `\ufefflog ${KEY} ü 🔑\r\nmore ${KEY}`;
  const expected = text.replaceAll(KEY, OUT);
  const little = Buffer.from(text, 'utf16le');
  for (const [bytes, read] of [[little, (out) => out.toString('utf16le')], [Buffer.from(little).swap16(), (out) => Buffer.from(out).swap16().toString('utf16le')]]) {
    assert.equal(read(Buffer.from(redact(bytes))), expected);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const parts = await all(Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0)).pipe(createRedactor().nodeTransform()));
      assert.equal(read(Buffer.concat(parts)), expected, `${cut}`);
    }
    const clean = bytes.subarray(0, 8);
    assert.equal(redact(clean), clean);
  }
  // One byte of the mark, and a text behind a beginning of bytes.
  for (const [pieces, whole] of [[[Buffer.from([0xff])], [0xff]], [[Buffer.from('a'), Buffer.from([0xff, 0xfe])], [97, 0xff, 0xfe]]]) {
    assert.deepEqual([...Buffer.concat(await all(Readable.from(pieces).pipe(createRedactor().nodeTransform())))], whole);
  }
});
