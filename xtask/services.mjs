// Writes a page for each service of the catalogue, docs/services/: the facts of
// format/services.txt in words, and how well each kind of key is found, which is measured on
// the corpus of tests/unit/quality.js by the package that was built. A test holds the pages to
// the file and to the figures.
//
//   cargo xtask build && node xtask/services.mjs

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @typedef {ReturnType<typeof import('../tests/unit/quality.js').quality>} Quality */

/** The pages, by name. @param {Quality} quality @returns {Map<string, string>} */
export function pages(quality) {
  const lines = readFileSync(join(root, 'format/services.txt'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
  /** @type {Map<string, string[][]>} */
  const services = new Map();
  for (const line of lines) {
    const [id, ...rest] = line.split(' | ');
    services.set(id, [...(services.get(id) ?? []), rest]);
  }
  // Those that are built in with all that they can do have their page in the documents of the package.
  const listed = [...services].filter(([, kinds]) => kinds[0][4]);
  const all = new Map(listed.map(([id, kinds]) => [`${id}.md`, page(id, kinds, quality)]));
  const rows = listed.map(([id, kinds]) => `| [${factsOf(kinds).title}](${id}.md) | \`${id}\` | ${kinds.length} |`);
  all.set('README.md', `# Services whose keys are known

Written by \`node xtask/services.mjs\` from \`format/services.txt\`.

${figures(quality)}

| service | id | kinds of keys |
|---|---|---|
${rows.join('\n')}
`);
  return all;
}

/** How well keys are found, all rules together. @param {Quality} quality */
function figures({ texts, fakes, rules, alarms }) {
  const sum = (/** @type {'planted' | 'found'} */ what) => [...rules.values()].reduce((sum, rule) => sum + rule[what], 0);
  const number = (/** @type {number} */ number) => number.toLocaleString('en');
  return `In ${number(texts)} texts (logs, JSON, diffs, Markdown, minified code, images, lock files, shell scripts, YAML, addresses, pages, mails) with
${number(sum('planted'))} generated keys of ${rules.size} kinds and ${number(fakes)} decoys (UUIDs, hashes, base64, examples of documents, keys whose checksum
fails) ${number(sum('found'))} keys are found, and ${number(alarms.length)} decoys are taken for one. Where such a text
escapes signs of a key, as an address does by \`%2B\`, it is found too. The page of a service has the figures of each kind.`;
}

/** @param {string[][]} kinds */
const factsOf = (kinds) => Object.fromEntries(kinds[0][4].split('; ').map((fact) => fact.split(/: (.*)/)));

/** @param {string} id @param {string[][]} kinds @param {Quality} quality */
function page(id, kinds, { rules }) {
  const { title, send, env, page, from } = factsOf(kinds);
  const code = (/** @type {string} */ text) => `\`${text.replaceAll('|', '\\|')}\``;
  const rows = kinds.map(([name, use, certainty, shapes]) => {
    const [purpose, ...flags] = use.split(' ');
    const checksum = /<~?(crc32|sha256|xor)-/.exec(shapes);
    const notes = [
      ...(flags.includes('test') ? ['test mode'] : []),
      ...(flags.includes('context') ? ['begins like anything: checked, never looked for'] : []),
      ...(checksum ? [`${{ crc32: 'CRC-32', sha256: 'SHA-256', xor: 'XOR' }[checksum[1]]}, ${shapes.includes('<~') ? 'observed: warns' : 'documented: decides'}`] : []),
    ];
    const rule = rules.get(`${id}/${name}`);
    const recall = rule?.planted > 0 ? `${Math.floor((1000 * rule.found) / rule.planted) / 10} %` : '–';
    return `| ${name} | ${purpose} | ${certainty} | ${shapes.split(' ').map(code).join('<br>')} | ${recall} | ${rule?.alarms ?? '–'} | ${notes.join('; ')} |`;
  });
  const sent = (send ?? '').split(', ').filter(Boolean).map((scheme) => ({ bearer: '`Authorization: Bearer KEY`', basic: '`Authorization: Basic`, the key as user name' })[scheme] ?? scheme.replace(/^header (.*)$/, '`$1: KEY`').replace(/^basic (.*)$/, '`Authorization: Basic`, the key as password of `$1`'));
  return `# ${title}

\`import 'keylatch/catalogue'\`, then \`checkKey('${id}', text)\`${send ? `, \`authHeaders('${id}', key)\`` : ''}. An example: \`exampleKey('${id}')\`.

| kind | for | certainty | look | found | false alarms | notes |
|---|---|---|---|---|---|---|
${rows.join('\n')}

- Sent as: ${sent.length > 0 ? sent.join(', or ') : 'not looked up'}
- Environment: ${env ? env.split(', ').map(code).join(', ') : 'not looked up'}
- Managed at: ${page ? `<${page}>` : 'not looked up'}
- From: ${from}

*Found* is the share of planted keys that were found in [the corpus](README.md), *false alarms* how many of its decoys were taken
for a key of this kind.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = join(root, 'docs/services');
  mkdirSync(directory, { recursive: true });
  await import('../tests/sources.js');
  const { quality } = await import('../tests/unit/quality.js');
  const all = pages(quality());
  for (const name of readdirSync(directory)) if (!all.has(name)) rmSync(join(directory, name));
  for (const [name, text] of all) writeFileSync(join(directory, name), text);
}
