// Texts of the kinds that programs write and people share, made from a seed: with keys in
// them, made by their formats, and with what looks like keys and is none.

import { createHash } from 'node:crypto';

/** Numbers that are the same each time. */
export function random(seed) {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const below = (most) => Math.floor(next() * most);
  const one = (of) => of[below(of.length)];
  const run = (alphabet, length) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
  return { below, one, run };
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const BASE62 = `0123456789${LOWER}${LOWER.toUpperCase()}`;
const BASE64 = `${BASE62}+/`;
const WORDS = 'request user token session cache open close retry the of and in error warning service key with value build index'.split(' ');

/** What looks like a key and is none. */
export const DECOYS = {
  uuid: ({ run }) => [8, 4, 4, 4, 12].map((length) => run(HEX, length)).join('-'),
  sha1: ({ run }) => run(HEX, 40),
  sha256: ({ run }) => run(HEX, 64),
  md5: ({ run }) => run(HEX, 32),
  integrity: ({ run }) => `sha512-${createHash('sha512').update(run(BASE62, 20)).digest('base64')}`,
  base64: ({ run, below }) => run(BASE64, 40 + below(120)),
  // Of a format with a checksum that its service documents: the checksum fails.
  failing: ({ one, run }) => one([`ghp_${run(BASE62, 36)}`, `gho_${run(BASE62, 36)}`, `glsa_${run(BASE62, 32)}_${run(HEX, 8)}`, `cio_tp_${run(BASE62, 31)}_`, `kl_live_${run(BASE62, 36)}`]),
  // From documents of services.
  example: ({ one }) => one([
    'AKIAIOSFODNN7EXAMPLE', 'ghu_16C7e42F292c6912E7710c838347Ae178B4a', 'AIzaSyabcdefghijklmnopqrstuvwxyz1234567', 'dckr_pat_124509ugsdjga93',
    'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx', 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'xoxb-your-token-here', 'sk-...', 'YOUR_API_KEY', '${GITHUB_TOKEN}',
    'ghr_1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498', '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
  ]),
  word: ({ one }) => one(['sk_limit', 'key-value', 'pattern.matches', 'secret_key', 'cioran', 'https://hooks.example.com/services/T1/B2', 'SG.1.2', 'hf_token', 'npm_config_cache']),
};

/** Kinds of texts: each puts items into what stands around such. */
export const KINDS = {
  log: ({ one, below }, items) => items.map((item) => `2026-11-${10 + below(20)}T12:0${below(9)}:41.${below(999)}Z ${one(['INFO', 'WARN', 'ERROR'])} [worker-${below(9)}] ${one(WORDS)} ${one(WORDS)}=${item} took ${below(900)} ms`).join('\n'),
  coloured: ({ one }, items) => items.map((item) => `\x1b[32minfo\x1b[39m: ${one(WORDS)} \x1b[33m${item}\x1b[39m`).join('\n'),
  json: ({ one }, items) => JSON.stringify(items.map((item, id) => ({ id, [one(WORDS)]: item, note: `${one(WORDS)}\n${item}` === '' ? '' : one(WORDS) })), null, 2),
  nested: (_, items) => JSON.stringify({ message: JSON.stringify({ items, text: `line\n${one62(items)}` }) }),
  diff: ({ one }, items) => ['diff --git a/.env b/.env', '--- a/.env', '+++ b/.env', '@@ -1,4 +1,4 @@', ...items.map((item) => `${one(['+', '-', ' '])}${one(WORDS).toUpperCase()}=${item}`)].join('\n'),
  markdown: ({ one }, items) => items.map((item) => one([`Set \`${item}\` as the ${one(WORDS)}.`, `| ${one(WORDS)} | ${item} |`, `[${one(WORDS)}](https://example.com/?t=${item})`, `    curl -H "Authorization: Bearer ${item}" https://api.example.com`])).join('\n\n'),
  minified: ({ one, run }, items) => items.map((item) => `var ${run(LOWER, 2)}="${item}",${run(LOWER, 1)}=function(){return ${one(WORDS)}}`).join(';'),
  image: ({ run }, items) => items.map((item) => `<img src="data:image/png;base64,${run(BASE64, 400)}"> ${item} `).join('\n'),
  lock: ({ one, run }, items) => items.map((item) => `    "node_modules/${run(LOWER, 6)}": {\n      "integrity": "sha512-${run(BASE64, 86)}==",\n      "${one(WORDS)}": "${item}"`).join('\n    },\n'),
  shell: ({ one }, items) => items.map((item) => one([`export ${one(WORDS).toUpperCase()}_KEY='${item}'`, `setx TOKEN "${item}"`, `curl -u ${item}: https://example.com`, `echo ${item} | docker login`])).join('\n'),
  yaml: ({ one }, items) => items.map((item) => `${one(WORDS)}:\n  - name: ${one(WORDS)}\n    value: ${item}`).join('\n'),
  address: ({ one }, items) => items.map((item) => `GET /v1/${one(WORDS)}?key=${written('address', item)}&page=2 HTTP/1.1`).join('\n'),
  login: ({ one }, items) => items.map((item) => `Location: https://example.com/login?next=https%3A%2F%2Fexample.com%2F${one(WORDS)}%3Fkey%3D${written('login', item)}%26page%3D2`).join('\n'),
  page: ({ one }, items) => items.map((item) => `<input name="${one(WORDS)}" value="${written('page', item)}">&nbsp;${one(WORDS)}`).join('\n'),
  answer: ({ one }, items) => `{${items.map((item) => `"${one(WORDS)}":"${written('answer', item)}","url":"https:\\/\\/example.com\\/${one(WORDS)}"`).join(',')}}`,
  mail: ({ one }, items) => ['Content-Transfer-Encoding: quoted-printable', '', ...items.map((item) => `<a href=3D"https://example.com/?${one(WORDS)}=3D${written('mail', item)}">`)].join('\r\n'),
  editor: ({ one }, items) => items.map((item) => `The ${one(WORDS)}\\_${one(WORDS)} is **${written('editor', item)}**\\.`).join('\n\n'),
};

/** How kinds of texts write a character that is no letter and no digit. */
const WRITTEN = {
  address: encodeURIComponent,
  // An address within an address.
  login: (sign) => encodeURIComponent(encodeURIComponent(sign)),
  // As template engines do.
  page: (sign) => ('+/=:@&'.includes(sign) ? `&#x${sign.charCodeAt(0).toString(16).toUpperCase()};` : sign),
  // As serializers of JSON do that care for pages.
  answer: (sign) => ('+=&<>'.includes(sign) ? `\\u00${sign.charCodeAt(0).toString(16)}` : sign === '/' ? '\\/' : sign),
  mail: (sign) => (sign === '=' ? '=3D' : sign),
  // As editors of Markdown do.
  editor: (sign) => ('_*.+-'.includes(sign) ? `\\${sign}` : sign),
};

const one62 = (items) => items[0] ?? '';

/** An item as it is written in a kind of text. */
export const written = (kind, item) => (WRITTEN[kind] ? item.replace(/[^A-Za-z0-9]/g, WRITTEN[kind]) : item);
