// Keys in texts: keylatch beside one RegExp of all prefixes, and beside the packages that
// look into texts. Each job looks at its result.

import { redact as arcjet } from '@arcjet/redact';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import fastRedact from 'fast-redact';

import { exampleKey, keyKinds } from '../pkg/dist/node/catalogue.js';
import { createRedactor } from '../pkg/dist/node/redact.js';

const WORDS = 'request user token session cache open close retry the of and in error warning service key with value build index'.split(' ');
const SIZE = 8_000_000;
const PIECE = 65_536;

/** Services with secrets that can be looked for. */
const SERVICES = [...new Set(keyKinds().filter(({ purpose, needsContext }) => purpose === 'secret' && !needsContext).map(({ provider }) => provider))];
const [FEW, MANY] = [SERVICES.slice(0, 5), SERVICES.slice(0, 40)];

/** A log, with a key of the first services now and then. */
function log() {
  const lines = [];
  const keys = FEW.map((id) => exampleKey(id));
  for (let i = 0, length = 0; length < SIZE; i++) {
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

/** @returns {Promise<import('./rows.js').Row[]>} */
export async function findRows() {
  const text = log();
  const bytes = Buffer.from(text);
  const part = text.slice(0, 500_000);
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
  const hostile = 'ghp_'.repeat(2_500_000);
  return [
    row('redact 8 MB of log as Buffer, 40 services', {
      keylatch: () => has(many.redact(bytes)),
      // From bytes to bytes, as well.
      'one RegExp': () => has(Buffer.from(bytes.toString('latin1').replace(expression, '[redacted]'), 'latin1')),
    }),
    row('redact 8 MB of log as Buffer, every service', { keylatch: () => has(all.redact(bytes)), 'the same, 40 services': () => has(many.redact(bytes)) }),
    row('redact 8 MB of log as Buffer, 40 services against 5', { keylatch: () => has(many.redact(bytes)), 'the same, 5 services': () => has(few.redact(bytes)) }),
    row('redact 500 KB of log as text, 40 services', {
      keylatch: () => has(many.redact(part)),
      'one RegExp': () => has(part.replace(expression, '[redacted]')),
      secretlint: async () => ((await secretlint(part)).messages.length > 0 ? 1 : 0),
    }),
    row('redact a stream of 64 KB pieces, 8 MB', {
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
        return length > SIZE / 2 ? 1 : 0;
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
    row('redact 10 MB of one hostile line', { keylatch: () => is(many.redact(hostile)) }),
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
