// Writes a page for each service of the catalogue, docs/services/: the facts of
// format/services.txt in words. A test holds the pages to the file.
//
//   node xtask/services.mjs

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The pages, by name. @returns {Map<string, string>} */
export function pages() {
  const lines = readFileSync(join(root, 'format/services.txt'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
  /** @type {Map<string, string[][]>} */
  const services = new Map();
  for (const line of lines) {
    const [id, ...rest] = line.split(' | ');
    services.set(id, [...(services.get(id) ?? []), rest]);
  }
  // Those that are built in with all that they can do have their page in the documents of the package.
  const listed = [...services].filter(([, kinds]) => kinds[0][4]);
  const all = new Map(listed.map(([id, kinds]) => [`${id}.md`, page(id, kinds)]));
  const rows = listed.map(([id, kinds]) => `| [${factsOf(kinds).title}](${id}.md) | \`${id}\` | ${kinds.length} |`);
  all.set('README.md', `# Services whose keys are known\n\nWritten by \`node xtask/services.mjs\` from \`format/services.txt\`.\n\n| service | id | kinds of keys |\n|---|---|---|\n${rows.join('\n')}\n`);
  return all;
}

/** @param {string[][]} kinds */
const factsOf = (kinds) => Object.fromEntries(kinds[0][4].split('; ').map((fact) => fact.split(/: (.*)/)));

/** @param {string} id @param {string[][]} kinds */
function page(id, kinds) {
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
    return `| ${name} | ${purpose} | ${certainty} | ${shapes.split(' ').map(code).join('<br>')} | ${notes.join('; ')} |`;
  });
  const sent = (send ?? '').split(', ').filter(Boolean).map((scheme) => ({ bearer: '`Authorization: Bearer KEY`', basic: '`Authorization: Basic`, the key as user name' })[scheme] ?? scheme.replace(/^header (.*)$/, '`$1: KEY`').replace(/^basic (.*)$/, '`Authorization: Basic`, the key as password of `$1`'));
  return `# ${title}

\`import 'keylatch/catalogue'\`, then \`checkKey('${id}', text)\`${send ? `, \`authHeaders('${id}', key)\`` : ''}. An example: \`exampleKey('${id}')\`.

| kind | for | certainty | look | notes |
|---|---|---|---|---|
${rows.join('\n')}

- Sent as: ${sent.length > 0 ? sent.join(', or ') : 'not looked up'}
- Environment: ${env ? env.split(', ').map(code).join(', ') : 'not looked up'}
- Managed at: ${page ? `<${page}>` : 'not looked up'}
- From: ${from}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = join(root, 'docs/services');
  mkdirSync(directory, { recursive: true });
  const all = pages();
  for (const name of readdirSync(directory)) if (!all.has(name)) rmSync(join(directory, name));
  for (const [name, text] of all) writeFileSync(join(directory, name), text);
}
