// Keys as other texts write them: in an address, in JSON, on a page, in a mail, in Markdown.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { createRedactor, extractKeys, redact } = await import('../../pkg/entries/redact.js');
const { exampleKey } = await import('../../pkg/entries/catalogue.js');

const KEY = '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';
// Of the signs that texts escape it has `_`, `.`, `-`; this one `+`, `/` and `=`.
const SIGNED = exampleKey('aws', 'bedrock-long-term').replace(/.{40}$/, 'a+b/c+d/e+f/g+h/i+j/k+l/m+n/o+p/q+r/s+t/==');

const FORMS = {
  address: (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  'address, in small letters': (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  'address within an address': (sign) => `%25${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  JSON: (sign) => (sign === '/' ? '\\/' : `\\u00${sign.charCodeAt(0).toString(16)}`),
  'JSON within JSON': (sign) => (sign === '/' ? '\\\\/' : `\\\\u00${sign.charCodeAt(0).toString(16)}`),
  script: (sign) => `\\x${sign.charCodeAt(0).toString(16)}`,
  page: (sign) => `&#${sign.charCodeAt(0)};`,
  'page, hexadecimal': (sign) => `&#x${sign.charCodeAt(0).toString(16).toUpperCase()};`,
  'page within a page': (sign) => `&amp;#${sign.charCodeAt(0)};`,
  Markdown: (sign) => `\\${sign}`,
  mail: (sign) => (sign === '=' ? '=3D' : sign),
};
/** Each sign of a key, or every character. */
const written = (key, form, isAll = false) => key.replace(isAll ? /[^]/g : /[^A-Za-z0-9]/g, FORMS[form]);

/** All that is told of the keys of a text. */
const told = (text) => extractKeys(text).map(({ key, ...about }) => {
  const exposed = key.expose();
  key[Symbol.dispose]();
  return { ...about, text: exposed };
});

test('a key is told with its place in the text and as it is meant', () => {
  for (const form of Object.keys(FORMS)) {
    for (const key of [KEY, SIGNED]) {
      for (const isAll of form.startsWith('Markdown') || form === 'mail' || form.startsWith('JSON') ? [false] : [false, true]) {
        const escaped = written(key, form, isAll);
        const text = `é GET /a?k=${escaped}&b "${escaped}"`;
        const places = [text.indexOf(escaped), text.lastIndexOf(escaped)];
        assert.deepEqual(told(text).map(({ text, index, length }) => ({ text, index, length })), places.map((index) => ({ text: key, index, length: escaped.length })), `${form} ${escaped}`);
      }
    }
  }
});

test('it is redacted as a whole, in texts and in bytes, with what stays of it', () => {
  for (const form of Object.keys(FORMS)) {
    const text = `k=${written(SIGNED, form)}&b ${written(KEY, form)}\n`;
    assert.equal(redact(text), 'k=ABSK[redacted]&b ghp_[redacted]\n', form);
    assert.equal(redact(Buffer.from(text)).toString(), 'k=ABSK[redacted]&b ghp_[redacted]\n', form);
    assert.equal(createRedactor({ keep: 'mask' }).redact(text), `k=…${SIGNED.slice(-4)}&b ghp_…Lq17\n`, form);
    // What is allowed stays as it is written.
    assert.equal(createRedactor({ allow: [SIGNED, KEY] }).redact(text), text, form);
  }
});

test('a key behind what a terminal obeys is found, also where a source or a log writes that', () => {
  const behind = [
    '\x1b[38;2;255;100;100m', '\x1b[1;38;2;255;255;255m', '\x1b[38:2::1:2:3m', '\x1b[01;31m\x1b[K', '\x1b[2K\x1b[1G', '\x1b[?25h', '\x1b(B', '\x1b[m\x1b(B', '\x1b7',
    '\\u001b[38;2;255;100;100m', '\\x1b[48;2;255;100;100m', '\\033[31m', '\\e[1;31m', '^[[31m', '%u003d',
  ];
  for (const sequence of behind) {
    const text = `a ${sequence}${KEY} b`;
    assert.equal(redact(text), `a ${sequence}ghp_[redacted] b`, JSON.stringify(sequence));
    assert.equal(Buffer.from(redact(Buffer.from(text))).toString(), `a ${sequence}ghp_[redacted] b`);
  }
  assert.equal(redact(`100m${KEY}`), `100m${KEY}`);
});

test('each cut of a stream finds it', async () => {
  for (const form of Object.keys(FORMS)) {
    const text = `é ${written(KEY, form)} k=${written(SIGNED, form)}. ${written(KEY, form, form !== 'Markdown' && form !== 'JSON')}`;
    const expected = redact(text);
    assert.equal(expected.split('[redacted]').length, 4, form);
    for (let at = 0; at <= text.length; at++) {
      const out = [];
      const pieces = [text.slice(0, at), text.slice(at, at + 3), text.slice(at + 3)];
      for await (const part of ReadableStream.from(pieces).pipeThrough(createRedactor().transformStream())) out.push(part);
      assert.equal(out.join(''), expected, `${form} ${at}`);
    }
  }
});

test('a long text with escaped keys is searched in pieces', () => {
  for (const form of ['address', 'page', 'Markdown']) {
    for (const before of [87_300, 87_381, 262_100, 262_144]) {
      for (const filler of ['x ', 'a', '%2B']) {
        const start = filler.repeat(before / filler.length + 1).slice(0, before);
        assert.equal(redact(`${start}\n${written(KEY, form)}\n`), `${start}\nghp_[redacted]\n`, `${form} ${before} ${filler}`);
      }
    }
  }
});

test('what is escaped and no key stays', () => {
  for (const text of [
    'a%20ghp_zQWB%20b', 'https%3A%2F%2Fexample.com%2F%3Fa%3Db', '"C:\\users\\_new\\/x"', '&lt;b&gt;&#8217;&#43;', 'a=3D1 b=3D2', '%', '\\', '&', '=', '%2', '&#', '=3', '\\u00',
    written(KEY.replace('z', 'y'), 'address'), written('ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'page'),
  ]) {
    assert.deepEqual(told(text), [], text);
    assert.equal(redact(text), text);
  }
});

test('the time for what is escaped grows as its length', () => {
  const all = createRedactor();
  const time = (text) => Math.min(...[0, 0, 0].map(() => {
    const before = process.cpuUsage();
    all.redact(text);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  }));
  const units = [...Object.keys(FORMS).flatMap((form) => [written(KEY, form), written(SIGNED, form), `${written(SIGNED, form).slice(0, -1)} `]), '%', '%2', '%25', '%2B', '\\', '\\u00', '\\_', '&', '&amp;', '&#43;', '&#4', '=', '=3', '=3D', 'ghp%5F', 'a%20'];
  for (const unit of units) {
    const [short, long] = [10_000, 100_000].map((length) => unit.repeat(length / unit.length + 1));
    assert.ok(time(long) < 20 * time(short) + 200_000, unit);
  }
});
