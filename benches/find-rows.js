// Keys in texts: keylatch beside one RegExp of all prefixes, and beside the packages that
// look into texts. Each job looks at its result.

import { redact as arcjet } from '@arcjet/redact';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import fastRedact from 'fast-redact';

import { exampleKey, keyKinds } from '../pkg/dist/node/catalogue.js';
import { createRedactor } from '../pkg/dist/node/redact.js';

const WORDS = 'request user token session cache open close retry the of and in error warning service key with value build index'.split(' ');
const PIECE = 65_536;
/** A hostile line is compared with so many that are as much shorter. */
const PARTS = 10;

/**
 * How many bytes there are of each: a log, a part of it as a text, a hostile line.
 * @typedef {{ log: number, text: number, hostile: number }} Sizes
 */

/** Services with secrets that can be looked for. */
const SERVICES = [...new Set(keyKinds().filter(({ purpose, needsContext }) => purpose === 'secret' && !needsContext).map(({ provider }) => provider))];
const [FEW, MANY] = [SERVICES.slice(0, 5), SERVICES.slice(0, 40)];

/** A log, with a key of the first services now and then. @param {number} size */
function log(size) {
  const lines = [];
  const keys = FEW.map((id) => exampleKey(id));
  for (let i = 0, length = 0; length < size; i++) {
    const what = i % 500 === 7 ? keys[i % keys.length] : (Math.imul(i, 2_654_435_761) >>> 0).toString(16);
    const line = `2026-11-${10 + (i % 20)}T12:0${i % 9}:41.${i % 999}Z ${['INFO', 'WARN'][i % 2]} [worker-${i % 9}] ${WORDS[i % 20]} ${WORDS[(i * 7) % 20]}=${what} took ${i % 900} ms\n`;
    lines.push(line);
    length += line.length;
  }
  return lines.join('');
}

/** What people write instead: one RegExp of all that keys begin with. @param {string[]} ids */
function union(ids) {
  const prefixes = keyKinds().filter(({ provider, purpose, needsContext }) => ids.includes(provider) && purpose === 'secret' && !needsContext)
    .flatMap(({ shapes }) => shapes.map((shape) => shape.split('<')[0])).flatMap((start) => (start.startsWith('(') ? start.slice(1).split(')')[0].split('|') : [start]));
  const words = [...new Set(prefixes.filter((prefix) => prefix.length > 1))].map((prefix) => prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![A-Za-z0-9])(?:${words.join('|')})[A-Za-z0-9_.=+/-]{16,}`, 'g');
}

/** What the keys of each rule begin with, which is looked for again and again. */
function beginnings() {
  const kinds = keyKinds().filter(({ needsContext }) => !needsContext);
  return kinds.map(({ provider, name }) => exampleKey(provider, name)).map((key) => /^[A-Za-z]*[^A-Za-z0-9]?/.exec(key)?.[0] || key.slice(0, 4));
}

/** Nanoseconds for a hostile line of each rule, in so many parts. @param {(bytes: Uint8Array) => Uint8Array} redact @param {number} size @param {number} parts */
function hostile(redact, size, parts) {
  const line = Buffer.alloc(size / parts);
  return async () => {
    let time = 0n;
    for (const beginning of beginnings()) {
      line.fill(beginning);
      const start = process.hrtime.bigint();
      for (let part = 0; part < parts; part++) redact(line);
      time += process.hrtime.bigint() - start;
    }
    return Number(time);
  };
}

/** @param {Sizes} sizes @returns {Promise<import('./rows.js').Row[]>} */
export async function findRows(sizes) {
  const text = log(sizes.log);
  const bytes = Buffer.from(text);
  const part = text.slice(0, sizes.text);
  const line = text.slice(0, text.indexOf('\n')).padEnd(120, ' x').slice(0, 120);
  const few = createRedactor({ formats: FEW });
  const many = createRedactor({ formats: MANY });
  const all = createRedactor();
  const expression = union(MANY);
  const has = (/** @type {string | Uint8Array} */ out) => (out.includes('redacted') ? 1 : 0);
  const byPath = fastRedact({ paths: ['token', 'a.token'], serialize: false });
  const secretlint = (/** @type {string} */ content) => lintSource({
    source: { filePath: '/log.txt', content, contentType: 'text' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] } },
  });
  return [
    row('redact a log as Buffer, 40 services', {
      keylatch: () => has(many.redact(bytes)),
      // From bytes to bytes, as well.
      'one RegExp': () => has(Buffer.from(bytes.toString('latin1').replace(expression, '[redacted]'), 'latin1')),
      secretlint: async () => ((await secretlint(bytes.toString('latin1'))).messages.length > 0 ? 1 : 0),
      // secretlint gives no text without keys: this alone is what giving one takes.
      'a copy': () => is(new Uint8Array(bytes).length),
    }),
    row('redact a log as Buffer, every service', { keylatch: () => has(all.redact(bytes)), 'the same, 40 services': () => has(many.redact(bytes)) }),
    row('redact a log as Buffer, 40 services against 5', { keylatch: () => has(many.redact(bytes)), 'the same, 5 services': () => has(few.redact(bytes)) }),
    row('redact a log as text, 40 services', {
      keylatch: () => has(many.redact(part)),
      'one RegExp': () => has(part.replace(expression, '[redacted]')),
      secretlint: async () => ((await secretlint(part)).messages.length > 0 ? 1 : 0),
      'a copy': () => has(`${part}[redacted]`),
    }),
    row('redact a stream of 64 KB pieces', {
      keylatch: async () => {
        const stream = many.transformStream();
        const writer = stream.writable.getWriter();
        const written = (async () => {
          for (let at = 0; at < bytes.length; at += PIECE) await writer.write(bytes.subarray(at, at + PIECE));
          await writer.close();
        })();
        let length = 0;
        for await (const piece of stream.readable) length += piece.length;
        await written;
        return length > sizes.log / 2 ? 1 : 0;
      },
      'the whole': () => has(many.redact(bytes)),
    }),
    row('redact one log line of 120 characters', {
      keylatch: () => is(many.redact(line)),
      'one RegExp': () => is(line.replace(expression, '[redacted]')),
      'fast-redact, by path': () => is(byPath({ token: line, a: { token: line } }).token),
      '@arcjet/redact, its email rule': async () => is((await arcjet(line, { entities: ['email'] }))[0]),
      secretlint: async () => is((await secretlint(line)).filePath),
    }),
    {
      name: 'redact a hostile line for each rule',
      peers: [{ name: 'keylatch', time: hostile(all.redact, sizes.hostile, 1) }, { name: 'the same, in parts', time: hostile(all.redact, sizes.hostile, PARTS) }],
    },
  ];
}

/** @param {string} name @param {Record<string, (i: number) => number | Promise<number>>} jobs */
function row(name, jobs) {
  return { name, peers: Object.entries(jobs).map(([name, run]) => ({ name, run })) };
}

/** @param {unknown} right */
function is(right) {
  return right ? 1 : 0;
}
