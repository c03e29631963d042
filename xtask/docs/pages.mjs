// Which pages the site has, where each stands, and in what part of the menu.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { command, serverCommand } from './commands.mjs';
import { declarations } from './declarations.mjs';
import { rest } from './rest.mjs';

/**
 * `source` is where links from and to it count, from the root of the tree; `path` is its place in the site; `menu` is
 * the part of the menu, if it has a place there.
 * @typedef {{ source: string, path: string, markdown: string, menu?: string, title?: string }} Page
 */

/** Documents of the root that have a place in the site. */
const PROJECT = ['DESIGN.md', 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];

/** @param {string} root @param {{ cli: string, server: string }} programs @returns {Promise<Page[]>} */
export async function pages(root, { cli, server }) {
  const read = (/** @type {string} */ source) => readFileSync(join(root, source), 'utf8');
  const page = (/** @type {string} */ source, /** @type {string} */ path, /** @type {string | undefined} */ menu, title = undefined) =>
    ({ source, path, markdown: read(source), menu, title });
  /** The documents of a directory, in the order of `docs/README.md`, which is the start page. */
  const start = read('docs/README.md');
  const below = (/** @type {string} */ directory) => readdirSync(join(root, 'docs', directory)).filter((name) => name.endsWith('.md'))
    .sort((one, other) => start.indexOf(`${directory}/${one}`) - start.indexOf(`${directory}/${other}`));
  const html = (/** @type {string} */ name) => name.replace(/\.md$/, '.html');

  return [
    page('docs/README.md', 'index.html', 'Start', 'Overview'),
    page('README.md', 'readme.html', 'Start', 'In a few lines'),
    ...below('guides').map((name) => page(`docs/guides/${name}`, `guides/${html(name)}`, 'Guides')),
    ...below('explanation').map((name) => page(`docs/explanation/${name}`, `explanation/${html(name)}`, 'Explanation')),
    page('docs/server.md', 'server.html', 'Explanation'),
    page('docs/size-and-speed.md', 'size-and-speed.html', 'Explanation'),
    page('docs/wire.md', 'wire.html', 'Explanation'),
    ...(await declarations(join(root, 'pkg'))).map(({ name, file, markdown }) =>
      ({ source: `reference/${file}`, path: `reference/${html(file === 'index.md' ? 'keylatch.md' : file)}`, markdown: `# ${name}\n\n${markdown}`, menu: 'Reference' })),
    { source: 'reference/command.md', path: 'reference/command.html', markdown: command(cli), menu: 'Reference' },
    { source: 'reference/rest.md', path: 'reference/rest.html', markdown: rest(JSON.parse(read('server/openapi.json'))), menu: 'Reference' },
    { source: 'reference/server.md', path: 'reference/server.html', markdown: serverCommand(server), menu: 'Reference' },
    page('docs/operations.md', 'operations.html', 'Reference'),
    page('docs/services/README.md', 'services/index.html', 'Reference'),
    ...below('services').filter((name) => name !== 'README.md').map((name) => page(`docs/services/${name}`, `services/${html(name)}`, undefined)),
    ...PROJECT.filter((name) => existsSync(join(root, name))).map((name) => page(name, `project/${html(name.toLowerCase())}`, 'Project')),
  ];
}
