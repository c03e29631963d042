// Makes the site of the documents: one page of HTML for each document, and an index
// that the page searches.
//
//   KEYLATCH_SERVER_BIN=… node build.mjs OUT
//
// A generator of our own, of four small parts, and not VitePress or Starlight:
// their pages carry scripts and styles within, which the policy of the server that
// shows them forbids, and so does everything else here.

import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import { render } from './markdown.mjs';
import { pages } from './pages.mjs';
import { index } from './search.mjs';
import { whole } from './template.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const [out] = process.argv.slice(2);
const server = process.env.KEYLATCH_SERVER_BIN;
if (!out || !server) throw new Error('usage: KEYLATCH_SERVER_BIN=… node build.mjs OUT');

/** The crates, whose pages rustdoc makes beside these. */
const CRATES = ['keylatch', 'keylatch_format', 'keylatch_find', 'keylatch_server'].map((name) => ({
  path: `rust/${name}/index.html`, title: `Crate ${name}`, menu: 'Reference',
}));

const all = await pages(root, { cli: join(root, 'pkg/dist/node/cli.js'), server });
const places = new Map(all.map(({ source, path }) => [source, path]));
const rendered = all.map((page) => ({ ...page, ...render(page.markdown, (target) => resolve(page, target)) }));
const menu = [...rendered.map(({ path, title, menu }, at) => ({ path, title: all[at].title ?? title, menu })), ...CRATES].filter(({ menu }) => menu);

for (const page of rendered) {
  write(page.path, whole(page, menu, posix.relative(posix.dirname(page.path), '.') || '.'));
}
write('assets/search-index.json', index(rendered));
cpSync(join(here, 'assets'), join(out, 'assets'), { recursive: true });
copyFileSync(createRequire(import.meta.url).resolve('minisearch').replace(/dist.*$/, 'dist/es/index.js'), join(out, 'assets/minisearch.js'));
cpSync(join(root, 'www/screenshot.png'), join(out, 'www/screenshot.png'));
console.log(`${rendered.length} pages`);

/** Where a link of a page leads. @param {{ source: string, path: string }} page @param {string} target */
function resolve({ source, path }, target) {
  if (/^(https?:|#)/.test(target)) return target;
  const [file, anchor] = target.split('#');
  const place = places.get(posix.normalize(posix.join(posix.dirname(source), file)));
  return place && `${posix.relative(posix.dirname(path), place)}${anchor ? `#${anchor}` : ''}`;
}

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), text);
}
