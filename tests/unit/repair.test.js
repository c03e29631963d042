// What is offered in the place of a text that is no key, and the places of its problems.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { exampleKey, keyKinds } = await import('../../pkg/entries/catalogue.js');
const { checkKey } = await import('../../pkg/entries/offline.js');

const KEY = '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';

test('each problem says what it is about', () => {
  const cases = [
    [` ${KEY}\r\n`, { surrounding_space: [' ', '\r\n'] }],
    [`"${KEY}"`, { quotes: ['"'] }],
    [`\`\`\`${KEY}\`\`\``, { quotes: ['```'] }],
    [`Bearer ${KEY}`, { scheme_prefix: ['Bearer '] }],
    [`Authorization: token ${KEY}`, { scheme_prefix: ['Authorization: ', 'token '] }],
    [`GITHUB_TOKEN=${KEY}`, { assignment_prefix: ['GITHUB_TOKEN='] }],
    [`export GITHUB_TOKEN = '${KEY}'`, { assignment_prefix: ['export GITHUB_TOKEN = '], quotes: ["'"] }],
    [`$env:GITHUB_TOKEN="${KEY}"`, { assignment_prefix: ['$env:GITHUB_TOKEN='], quotes: ['"'] }],
    [`set GITHUB_TOKEN=${KEY}`, { assignment_prefix: ['set GITHUB_TOKEN='] }],
    [`"GITHUB_TOKEN": "${KEY}",`, { quotes: ['"'], assignment_prefix: ['GITHUB_TOKEN": '] }],
    [`setx GITHUB_TOKEN ${KEY}`, { inner_space: [' '] }],
    [`-H "Authorization: Bearer ${KEY}"`, { inner_space: [' '], quotes: ['"'] }],
    [`${KEY.slice(0, 20)}\r\n  ${KEY.slice(20)}`, { line_break: ['\r\n  '] }],
    [`${KEY.slice(0, 20)}\u200b${KEY.slice(20)}`, { invisible: ['\u200b'] }],
    [KEY.replace('A', '\u0410'), { lookalike: ['\u0410'] }],
    ['ghp\uff3f' + KEY.slice(4), { lookalike: ['\uff3f'] }],
    ['GHP_' + KEY.slice(4), { wrong_prefix: ['G'] }],
    [KEY.replace('0', '%30'), { wrong_length: ['17'] }],
  ];
  for (const [text, expected] of cases) {
    const found = checkKey('github', text);
    assert.equal(found.fixed, KEY, text);
    const about = {};
    for (const { code, index, length } of found.problems) (about[code] ??= []).push(text.slice(index, index + length));
    assert.deepEqual(about, expected, text);
  }
});

test('a text in which a key stands among other things is told as such, and never ends the call', () => {
  for (const text of [`${KEY}"${KEY.slice(4)}`, `a ${KEY} 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`]) {
    const { ok, problems } = checkKey('github', text);
    assert.ok(!ok && problems.length > 0, text);
  }
  const open = exampleKey('pypi', 'api-token');
  assert.deepEqual(checkKey('pypi', `${open}"${open.slice(-9)}`).problems.map(({ code }) => code).includes('surrounding_text'), true);
});

test('what is offered is never a piece of the key', () => {
  let count = 0;
  for (const { provider, name, needsContext } of keyKinds()) {
    if (needsContext) continue;
    const key = exampleKey(provider, name);
    // Of a kind whose length is open, a longer one.
    for (const long of [key, key + [...key.slice(-17)].reverse().join('').replace(/[^A-Za-z0-9]/g, key.at(-1))]) {
      if (!checkKey(provider, long).ok) continue;
      for (const part of [0.3, 0.5, 0.8, 0.95]) {
        const at = Math.floor(long.length * part);
        for (const sign of ['*', '$', ',', '!', '#', '~', '?', '&', '/', '=', ':', ';', '|', '@', '"', '…', '...', '\u2025', '\n', ' ', ' x ']) {
          const { ok, fixed } = checkKey(provider, long.slice(0, at) + sign + long.slice(at));
          count += 1;
          if (!ok) assert.ok(fixed === undefined || fixed === long, `${provider}/${name} ${long} ${at} ${sign}: ${fixed}`);
        }
      }
    }
  }
  assert.ok(count > 5000, `${count}`);
});

test('a key of open length is offered where its end is certain', () => {
  const key = exampleKey('anthropic', 'oauth-access');
  for (const text of [
    `"${key}"`, `'${key}',`, `(${key})`, `[a](https://e.com/${key})`, `Bearer ${key}`, `KEY=${key}`, `KEY="${key}" node app.js`, `KEY=${key} node app.js`, `{"key":"${key}","a":1}`,
    `https://example.com/?key=${key}&a=1`, `https://user:${key}@example.com/a`, `curl -H "x-api-key: ${key}" https://example.com/v1`, `key: ${key} # comment`, `${key}.`, `${key}\\nnext`,
    `| a | ${key} |`, `setx KEY ${key}`, `name,${key},2026`, `The key is ${key}. Use it.`, `Bearer ${key}\nAccept: text/html`,
  ]) assert.equal(checkKey('anthropic', text).fixed, key, text);
});
