// What is offered in the place of a text that is no key, and the places of its problems.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { exampleKey, keyKinds } = await import('../../pkg/entries/catalogue.js');
const { checkKey, generateKey, identifyKey, provider } = await import('../../pkg/entries/offline.js');

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
    [KEY.replace('k', '\u043a'), { lookalike: ['\u043a'] }],
    [KEY.replace('n', '\u0578'), { lookalike: ['\u0578'] }],
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

/** What people paste, as a function of the key: what is certain. */
const PASTED = {
  'curl, single quotes': (key) => `curl -H 'Authorization: Bearer ${key}' https://api.example.com`,
  'curl, several lines': (key) => `curl https://api.example.com/v1 \\\n  -H "Authorization: Bearer ${key}" \\\n  -d '{}'`,
  'curl, no quotes': (key) => `curl --oauth2-bearer ${key}`,
  'curl, a header with =': (key) => `curl --header="X-Api-Key:${key}"`,
  'curl, $ quotes': (key) => `curl -H $'Authorization: Bearer ${key}'`,
  PowerShell: (key) => `$env:API_KEY = "${key}"`,
  'PowerShell, long': (key) => `[Environment]::SetEnvironmentVariable("API_KEY","${key}","User")`,
  docker: (key) => `docker run -e API_KEY=${key} image:latest`,
  'docker, quotes': (key) => `docker run --env="API_KEY=${key}" image`,
  YAML: (key) => `  api_key: '${key}' # secret`,
  'YAML, list': (key) => `- name: KEY\n  value: "${key}"`,
  TOML: (key) => `api_key = "${key}"`,
  INI: (key) => `[default]\napi_key=${key}\n`,
  'Markdown, table': (key) => `| key | ${key} |`,
  'Markdown, code': (key) => `Use \`${key}\` here`,
  'Markdown, escaped': (key) => key.replace(/[_.-]/g, '\\$&'),
  'Markdown, bold': (key) => `**${key}**`,
  'smart quotes': (key) => `“${key}”`,
  'low quotes': (key) => `„${key}“`,
  'zero-width space': (key) => `${key.slice(0, 9)}\u200b${key.slice(9)}`,
  'word joiner': (key) => `${key.slice(0, 9)}\u2060${key.slice(9)}`,
  'full width': (key) => [...key].map((letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)).join(''),
  wrapped: (key) => `${key.slice(0, 20)}\r\n    ${key.slice(20)}`,
  'wrapped by a shell': (key) => `${key.slice(0, 20)}\\\n${key.slice(20)}`,
  'wrapped by a mail': (key) => `${key.slice(0, 20)}=\r\n${key.slice(20)}`,
  'wrapped in a quotation': (key) => `> ${key.slice(0, 20)}\n> ${key.slice(20)}`,
  'wrapped in a comment': (key) => `// ${key.slice(0, 20)}\n// ${key.slice(20)}`,
  'two pieces of a source': (key) => `"${key.slice(0, 20)}" + "${key.slice(20)}"`,
  address: (key) => `https://example.com/v1?api_key=${encodeURIComponent(key)}&x=1`,
  'address, escaped': (key) => `next=%2F%3Fkey%3D${key.replace(/[^A-Za-z0-9]/g, (sign) => `%25${sign.charCodeAt(0).toString(16)}`)}%26a`,
  'address, user': (key) => `https://x-access-token:${key}@github.com/a/b.git`,
  'header, Basic': (key) => `Authorization: Basic ${btoa(`${key}:`)}`,
  'header, Basic with a user': (key) => `-H "authorization: basic ${btoa(`api:${key}`)}" https://example.com`,
  'header, token': (key) => `Authorization: token ${key}`,
  'header, parameter': (key) => `Authorization: Token token="${key}"`,
  comma: (key) => `${key},`,
  semicolon: (key) => `${key};`,
  period: (key) => `${key}.`,
  page: (key) => `<input value="${key.replace(/[^A-Za-z0-9]/g, (sign) => `&#${sign.charCodeAt(0)};`)}">`,
  XML: (key) => `<apiKey>${key}</apiKey>`,
  'row of a table': (key) => `API key\t${key}\tactive`,
  'link of a chat': (key) => `<https://example.com?key=${key}|link>`,
  'list of values': (key) => `helm install --set key=${key},a=b`,
  Python: (key) => `os.environ["API_KEY"] = "${key}"`,
  PHP: (key) => `define('API_KEY', '${key}');`,
  fish: (key) => `set -gx API_KEY ${key}`,
  'colours of a terminal': (key) => `\x1b[1;32m${key}\x1b[0m`,
  'colours of three numbers': (key) => `\x1b[38:2::255:100:0m${key}\x1b[m`,
  'colours whose escape was lost': (key) => `[32m${key}[0m`,
  'what grep has found': (key) => `KEY=\x1b[01;31m\x1b[K${key}\x1b[m\x1b[K`,
  'link of a terminal': (key) => `\x1b]8;;https://example.com\x07${key}\x1b]8;;\x07`,
  'bracketed paste': (key) => `\x1b[200~${key}\x1b[201~`,
  'bracketed paste, shown': (key) => `^[[200~${key}^[[201~`,
  'end of transmission': (key) => `${key}\x04`,
  'next line': (key) => `${key.slice(0, 20)}\x85${key.slice(20)}`,
  'place of a picture': (key) => `${key}\ufffc`,
  'blank of Braille': (key) => `\u2800${key}`,
  'page, soft hyphen': (key) => `${key.slice(0, 9)}&shy;${key.slice(9)}`,
  'page, zero-width space': (key) => `${key.slice(0, 9)}&#8203;${key.slice(9)}`,
  'page, break': (key) => `${key.slice(0, 9)}<wbr>${key.slice(9)}`,
  'page, quotes by number': (key) => `key=&#34;${key}&#34; id=5`,
  'address, quotes escaped again': (key) => `%2522${key}%2522`,
  form: (key) => `authorization=Bearer+${key}`,
  'corner brackets': (key) => `「${key}」`,
  'ideographic full stop': (key) => `${key}。`,
  primes: (key) => `″${key}″`,
  'Markdown, italic': (key) => `_${key}_`,
  'line of a diff': (key) => `+${key}`,
  'UTF-16 read as bytes': (key) => `${[...key].join('\0')}\0`,
  picture: (key) => `🔑${key}`,
  arrow: (key) => `API_KEY→${key}`,
  'secret of Kubernetes': (key) => `data:\n  key: ${btoa(key)}\n`,
  'secret of Kubernetes, with the end of its line': (key) => `  key: ${btoa(`${key}\n`)}`,
  'header of a mail': (key) => `Subject: =?utf-8?B?${btoa(key)}?=`,
  'default of a shell': (key) => `export KEY="\${KEY:-${key}}"`,
  'mark of zsh for no end of line': (key) => `${key}%`,
  'byte order mark read as Latin-1': (key) => `ï»¿${key}`,
  'what could not be decoded': (key) => `\ufffd${key}`,
  'Markdown, bold by _': (key) => `__${key}__`,
  'page, lines': (key) => `${key.slice(0, 20)}<br>${key.slice(20)}`,
  'colours in a source, octal': (key) => `\\033[32m${key}\\033[0m`,
  'colours in a source, by a letter': (key) => `\\e[1m${key}\\e[0m`,
  'colours in JSON': (key) => `\\u001b[32m${key}\\u001b[39m`,
  'end of colours by tput': (key) => `\x1b(B\x1b[m${key}\x1b(B\x1b[m`,
  'cursor of a terminal': (key) => `\x1b7${key}\x1b8`,
};

test('what people paste around and into a key is taken off where that is certain', () => {
  const keys = { github: KEY, keylatch: 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms', openai: exampleKey('openai', 'project'), anthropic: exampleKey('anthropic', 'oauth-access'), stripe: exampleKey('stripe') };
  for (const [name, text] of Object.entries(PASTED)) {
    for (const [id, key] of Object.entries(keys)) {
      const found = checkKey(id, text(key));
      assert.ok(!found.ok && found.problems.length > 0, `${name}, ${id}`);
      assert.equal(found.fixed, key, `${name}, ${id}: ${text(key)}`);
    }
  }
});

test('a key at the end of a long text is found too', () => {
  const request = (key) => `curl 'https://app.example.com/api/items?limit=20&offset=40&sort=-created_at&fields=id,name,status' \\\n${[
    'accept: application/json, text/plain, */*', 'accept-language: en-US,en;q=0.9,de-DE;q=0.8,de;q=0.7', 'cookie: _ga=GA1.1.1822391849.1700000000; id=7a1c; theme=dark; locale=en',
    'sec-ch-ua: "Chromium";v="131", "Not_A Brand";v="24"', 'referer: https://app.example.com/projects/8f14e45f-ceea-467f-a9e5-2c9d1a5b0c11/items?tab=all',
    'user-agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36', `x-api-key: ${key}`, 'x-requested-with: XMLHttpRequest',
  ].map((header) => `  -H '${header}' \\\n`).join('')}  --data-raw '{"query":"hello world","page":1}'`;
  const settings = (key) => `${Array.from({ length: 60 }, (_, at) => `SETTING_${at}=value-${at}.example.com/path`).join('\n')}\nAPI_KEY=${key}\n`;
  const data = (key) => JSON.stringify({ items: Array.from({ length: 60 }, (_, id) => ({ id, name: `n ${id}`, url: `https://example.com/a/${id}` })), key }, null, 2);
  for (const text of [request, settings, data]) {
    for (const [id, key] of [['github', KEY], ['keylatch', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'], ['stripe', exampleKey('stripe')]]) {
      assert.equal(checkKey(id, text(key)).fixed, key, `${id}: ${text(key)}`);
    }
  }
});

test('what is tried of a text grows as its length, whatever stands in it', async () => {
  const { repair } = await import('../../pkg/keys/repair.js');
  for (const unit of ['=', '&', '?#', 'a=', 'a&b@c?d#', '+', '_', '\\', '"', 'a b ']) {
    const text = unit.repeat(16_000 / unit.length);
    let tried = 0;
    const isNone = (candidate) => {
      tried += candidate.length;
      return false;
    };
    assert.equal(repair(text, isNone, ['ghp_']), undefined);
    assert.ok(tried < 50 * text.length, `${unit}: ${tried}`);
  }
});

test('a key that was pasted twice is offered once', () => {
  for (const [id, key] of [['github', KEY], ['keylatch', 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms'], ['npm', exampleKey('npm')]]) {
    for (const between of ['', ' ', '\n', ', ']) assert.equal(checkKey(id, key + between + key).fixed, key, id);
    assert.equal(checkKey(id, key + key.slice(1)).fixed, undefined, id);
  }
});

test('a key that was broken by a hyphen is offered where only one reading is a key', () => {
  const open = exampleKey('anthropic', 'oauth-access');
  for (const hyphen of ['\u2010', '\u2010\n', '-\n', '-\r\n  ']) {
    for (const [id, key] of [['github', KEY], ['stripe', exampleKey('stripe')], ['slack', exampleKey('slack')]]) {
      assert.equal(checkKey(id, key.slice(0, 15) + hyphen + key.slice(15)).fixed, key, `${id} ${JSON.stringify(hyphen)}`);
    }
    // Of open length it is a key with the hyphen, too.
    assert.equal(checkKey('anthropic', open.slice(0, 20) + hyphen + open.slice(20)).fixed, undefined, JSON.stringify(hyphen));
  }
  // Where the hyphens are those of the key there is no other reading.
  assert.equal(checkKey('anthropic', open.replaceAll('-', '\u2010')).fixed, open);
});

test('a key that lost its case is not offered with that of its prefix alone', () => {
  const keys = [['anthropic', exampleKey('anthropic', 'oauth-access')], ['stripe', exampleKey('stripe')], ['slack', exampleKey('slack')], ['gitlab', exampleKey('gitlab')]];
  for (const [id, key] of keys) {
    for (const text of [key.toUpperCase(), `KEY="${key.toUpperCase()}"`]) assert.equal(checkKey(id, text).fixed, undefined, text);
    const length = key.search(/[-_]/) + 1;
    assert.equal(checkKey(id, key.slice(0, length).toUpperCase() + key.slice(length)).fixed, key, id);
  }
});

test('what is escaped before a key is seen, whatever signs its format has', () => {
  const lambda = generateKey({ ...provider('lambda').format }).expose();
  for (const before of ['Bearer%20', 'key%3D', '%22', 'Bearer', 'x%3Dy%26key%3D']) assert.equal(checkKey('lambda', before + lambda).fixed, lambda, before);
});

test('a placeholder behind a prefix is told as one, and is no key of anybody', () => {
  const texts = [['github', 'ghp_', 'x'.repeat(36)], ['github', 'ghp_', 'your_token_here'], ['gitlab', 'glpat-', 'x'.repeat(20)], ['stripe', 'sk_live_', 'X'.repeat(24)], ['npm', 'npm_', 'x'.repeat(36)], ['github', 'ghp_', '*'.repeat(36)]];
  for (const [id, prefix, rest] of texts) {
    const { ok, problems, fixed } = checkKey(id, prefix + rest);
    assert.deepEqual([ok, problems.map(({ code }) => code), fixed], [false, ['placeholder'], undefined], prefix + rest);
    assert.equal(checkKey(id, `KEY="${prefix}${rest}"`).fixed, undefined);
    assert.deepEqual(identifyKey(prefix + rest).filter(({ certainty }) => certainty !== 'unknown'), [], prefix + rest);
    assert.deepEqual(checkKey('keylatch', prefix + rest).looksLike, []);
  }
  const [problem] = checkKey('github', `ghp_${'x'.repeat(36)}`).problems;
  assert.deepEqual([problem.index, problem.length], [4, 36]);
});

test('and is left where it is not', () => {
  const open = exampleKey('anthropic', 'oauth-access');
  for (const [id, text] of [
    // An ellipsis stands for what was left out.
    ['github', `${KEY}…`], ['anthropic', `${open}...`],
    // A key of open length could go on.
    ['anthropic', `my key is ${open} pls help`], ['anthropic', `cat <<EOF\n${open}\nEOF`],
    // Two keys, or the pieces of two.
    // Another line may follow it, of which the signs may be its own.
    ['anthropic', `${open.slice(0, 30)}\n${open.slice(30)}\nThanks`], ['anthropic', `KEY=${open.slice(0, 30)}\n${open.slice(30)}\nOTHER=1`], ['anthropic', `${open.slice(0, 30)}-\n${open.slice(30)}`],
    ['anthropic', `-${open.slice(0, 30)}\n-${open.slice(30)}`],
    // A dash is one hyphen or two, or a pause.
    ['anthropic', `${open.slice(0, 30)}—${open.slice(30)}`], ['anthropic', `${open}–2026`],
    ['github', `"${KEY}" + "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"`], ['github', `${KEY.slice(0, 20)}\n> ${KEY.slice(21)}`], ['github', `${KEY}, 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`],
  ]) assert.equal(checkKey(id, text).fixed, undefined, text);
});

test('what has changed the case of a whole key is not offered with the case of its prefix alone', () => {
  for (const { provider, name, needsContext } of keyKinds()) {
    if (needsContext) continue;
    const key = exampleKey(provider, name);
    if (!checkKey(provider, key).ok) continue;
    for (const text of [key.toUpperCase(), key.toLowerCase()]) {
      const { ok, fixed } = checkKey(provider, text);
      if (!ok) assert.ok(fixed === undefined || fixed === key, `${provider}/${name} ${text}: ${fixed}`);
    }
  }
  const key = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
  for (const prefix of ['KL_TEST_', 'Kl_test_', 'kl_Test_']) assert.equal(checkKey('keylatch', prefix + key.slice(8)).fixed, key, prefix);
});

test('of a declared service, too, whose keys have no certain length', () => {
  const key = 'ak_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBmsT7mQ2vXbN9c';
  for (const alphabet of ['base62', 'base64url']) {
    const service = { id: 'acme', title: 'Acme', format: { parts: ['ak_', { alphabet, length: { min: 20, max: 80 } }] } };
    for (const text of [`"${key}"`, `'${key}',`, `Bearer ${key}`, `KEY=${key}`, `curl -H "x-api-key: ${key}" https://example.com`, `{"key":"${key}","a":1}`, `export KEY='${key}' # mine`, `${key.slice(0, 15)}\u200b${key.slice(15)}`]) {
      const { ok, fixed } = checkKey(service, text);
      assert.deepEqual({ ok, fixed: fixed ?? key }, { ok: false, fixed: key }, text);
    }
    for (const text of [`"${key}"`, `curl -H "x-api-key: ${key}" https://example.com`, `{"key":"${key}","a":1}`]) assert.equal(checkKey(service, text).fixed, key, text);
    for (const text of [`${key.slice(0, 30)}*${key.slice(30)}`, `${key.slice(0, 30)}\n${key.slice(30)}`, `${key.slice(0, 30)}, ${key.slice(30)}`, `${key.slice(0, 15)}\n${key.slice(15)}\nThanks`, `AK_${key.slice(3).toUpperCase()}`, `${key.slice(0, 30)}—${key.slice(30)}`]) {
      assert.equal(checkKey(service, text).fixed, undefined, text);
    }
  }
});

test('of a declared service with keys of any length a key is offered from where it certainly ends', () => {
  const service = { id: 'acme', title: 'Acme', format: { parts: ['ak_', { alphabet: 'base62', length: { min: 20, max: 80 } }] } };
  const key = 'ak_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
  for (const text of [`(${key})`, `<${key}>`, `[key](${key})`, `**${key}**`, `| ${key} |`, `${key},`, `${key}.`, `https://example.com/?key=${key}&b=1`, `https://user:${key}@example.com`, `<string>${key}</string>`, `A=1\nKEY=${key}\nB=2`, `key: ${key} # mine`, `“${key}”`, `Bearer%20${key}`, `\u200b${key}`, `${key.slice(0, 9)}\u200b${key.slice(9)}`, `curl -u ${key}: https://example.com`, `It is ${key}!`]) {
    assert.equal(checkKey(service, text).fixed, key, text);
  }
  for (const text of [`${key}...`, `${key}…`, `KEY=${key} more`, `${key}***`, `${key}-more`]) assert.equal(checkKey(service, text).fixed, undefined, text);
});

test('what stands behind a key of one length is cut off', () => {
  const { format } = provider('conduce');
  const conduce = generateKey({ ...format }).expose();
  for (const end of [',', '.', ';', ' ;', '"', ')', '\\', ' # mine', '\r\n', '&b=1']) assert.equal(checkKey('conduce', conduce + end).fixed, conduce, end);
  for (const end of ['0', 'a', '-', '0,']) assert.equal(checkKey('conduce', conduce + end).fixed, undefined, end);
});
