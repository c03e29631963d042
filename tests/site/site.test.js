// The site of the documents: made anew, looked through, and opened in Chromium on
// the server that the demo starts.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { assertAccessible } from '../browser/support/axe.js';
import { blankPage, useBrowser } from '../browser/support/scenario.js';
import { startServer } from '../browser/support/server.js';
import { declarationsOf } from '../wasm/support/declarations.js';
import MiniSearch from '../../xtask/docs/node_modules/minisearch/dist/es/index.js';
import { OPTIONS } from '../../xtask/docs/search.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const site = mkdtempSync(join(tmpdir(), 'keylatch-site-'));
after(() => rmSync(site, { recursive: true, force: true }));
execFileSync(process.execPath, [join(root, 'xtask/docs/build.mjs'), site], { encoding: 'utf8' });

const files = readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => posix.relative(site, posix.join(entry.parentPath ?? entry.path, entry.name)));
const html = new Map(files.filter((name) => name.endsWith('.html')).map((name) => [name, readFileSync(join(site, name), 'utf8')]));
const ids = new Map([...html].map(([name, text]) => [name, [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)]));

test('every link, picture and script of every page is there, to the heading', () => {
  assert.ok(html.size > 90, `${html.size} pages`);
  const faults = [];
  const crates = new Set();
  for (const [name, text] of html) {
    for (const [, target] of text.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      if (/^(https:|data:)/.test(target)) continue;
      const [file, anchor] = target.split('#');
      const path = file === '' ? name : posix.normalize(posix.join(posix.dirname(name), file));
      if (path.startsWith('rust/')) crates.add(path);
      else if (!files.includes(path)) faults.push(`${name}: ${target}`);
      else if (anchor && !ids.get(path).includes(decodeURIComponent(anchor))) faults.push(`${name}: ${target}`);
    }
  }
  assert.deepEqual(faults, []);
  // The crates' pages are rustdoc's, which has a step of its own; here their names must be right.
  for (const path of crates) {
    const crate = path.split('/')[1].replace('_', '-');
    const manifest = { keylatch: 'Cargo.toml' }[crate] ?? `${crate.replace('keylatch-', '')}/Cargo.toml`;
    assert.match(readFileSync(join(root, manifest), 'utf8'), new RegExp(`^name = "${crate}"$`, 'm'));
  }
  assert.equal(crates.size, 4);
});

test('no page has the same place twice, and nothing that the policy of the server forbids', () => {
  for (const [name, all] of ids) assert.equal(new Set(all).size, all.length, name);
  for (const [name, text] of html) {
    const outside = text.replace(/<pre.*?<\/pre>/gs, '');
    assert.doesNotMatch(outside, / style="|<style|<script(?![^>]* src=)| on\w+="/, name);
  }
});

test('the reference has every export, every endpoint and every command', async () => {
  const has = (page, words) => assert.ok(html.get(page).includes(words), `${page} has no ${words}`);
  const declarations = await declarationsOf(async (name) => readFileSync(join(root, 'pkg', name), 'utf8'));
  const declared = declarations.matchAll(/^export (?:class|function|const|interface|type) (\w+)/gm);
  for (const [, name] of declared) assert.ok(ids.get('reference/keylatch.html').includes(name.toLowerCase()), name);
  const { paths } = JSON.parse(readFileSync(join(root, 'server/openapi.json'), 'utf8'));
  for (const [path, item] of Object.entries(paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) if (item[method]) has('reference/rest.html', `${method.toUpperCase()} ${path}<`);
  }
  for (const name of ['create', 'rotate', 'revoke', 'redact', 'run', 'login', 'completion']) has('reference/command.html', `>keylatch ${name}<`);
  has('reference/server.html', '--secure-cookies');
});

test('the search finds what is asked for', () => {
  const index = MiniSearch.loadJSON(readFileSync(join(site, 'assets/search-index.json'), 'utf8'), OPTIONS);
  for (const [words, place] of [
    ['express', 'guides/express.html'], ['prefixed-api-key', 'guides/from-prefixed-api-key.html'],
    ['RevealOnce', 'reference/keylatch.html'], ['overlap rotate', 'guides/rotate-in-ci.html'], ['secure-cookies', 'operations.html'],
  ]) {
    const found = index.search(words, { prefix: true, combineWith: 'AND', boost: { title: 4 } }).map(({ at }) => at.split('#')[0]);
    assert.ok(found.includes(place), `${words}: ${found}`);
  }
});

useBrowser();

test('on the server: read, searched by keyboard, accessible, and the browser complains of nothing', async (t) => {
  const server = await startServer('--docs', site);
  t.after(() => server.stop());
  const page = await blankPage();
  t.after(() => page.context().close());
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));

  await page.goto(`${server.url}/docs`);
  assert.equal(page.url(), `${server.url}/docs/`);
  await assertAccessible(page, 'the start page');

  await page.keyboard.press('/');
  await page.keyboard.type('revocation works');
  await page.getByRole('status').getByRole('link', { name: 'How soon a revocation works' }).first().waitFor();
  await assertAccessible(page, 'what was found');
  await page.keyboard.press('Enter');
  await page.waitForURL(/revocation\.html|operations\.html/);
  await page.getByRole('heading', { level: 1 }).waitFor();

  await page.emulateMedia({ colorScheme: 'dark' });
  for (const path of ['readme.html', 'reference/guard.html', 'reference/rest.html']) {
    await page.goto(`${server.url}/docs/${path}`);
    await assertAccessible(page, path);
  }
  assert.deepEqual(complaints, []);
});
