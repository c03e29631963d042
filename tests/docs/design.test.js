// DESIGN.md, CONTRIBUTING.md and the documents name files that are there.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { read } from './support/run.js';

const root = new URL('../../', import.meta.url);
const design = await read('DESIGN.md');
const ofTheServer = await read('docs/server.md');
const contributing = await read('CONTRIBUTING.md');
const guides = (await Promise.all(readdirSync(new URL('docs/guides/', root)).map((name) => read(`docs/guides/${name}`)))).join('\n');

/** What begins like an entry of the tree, or ends like a file, is a path. */
function paths(text) {
  const entries = readdirSync(root);
  return [...text.matchAll(/`([^`\n]+)`/g)]
    .map(([, code]) => code)
    .filter((code) => /^[\w./-]+$/.test(code))
    .filter((code) => entries.includes(code.split('/')[0]) || /\.(rs|js|ts|toml|md|json|html|css|sql|lock)$/.test(code));
}

test('every path that they name is there', () => {
  for (const [text, least] of [[design, 60], [ofTheServer, 20], [contributing, 15]]) {
    const named = paths(text);
    assert.ok(named.length > least, `only ${named.length} paths were recognised`);
    assert.deepEqual(named.filter((path) => !existsSync(new URL(path, root))), []);
  }
});

test('every file of the tree that the guides name is there', () => {
  // They name files of the reader's as well.
  const named = paths(guides).filter((path) => path.includes('/', 1) && existsSync(new URL(path.split('/')[0], root)));
  assert.ok(named.length > 5, `only ${named.length} paths were recognised`);
  assert.deepEqual(named.filter((path) => !existsSync(new URL(path, root))), []);
});

test('what looks like a path is taken for one', () => {
  assert.deepEqual(paths('`src/lib.rs` `gone.rs` `server/` `/v1` `keylatch/slim` `Value` `cargo xtask demo`'), ['src/lib.rs', 'gone.rs', 'server/']);
});

test('every directory of the tree and of the core has its place on the map', () => {
  const named = new Set(paths(design).map((path) => path.replace(/\/$/, '')));
  const below = (path) => readdirSync(new URL(path, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(target|node_modules)$/.test(entry.name))
    .map((entry) => path + entry.name);
  const there = [...below('./').map((path) => path.slice(2)), ...below('src/')];
  assert.deepEqual(there.filter((path) => !named.has(path)), []);
});

test('it is not longer than what is read', () => {
  assert.ok(design.split('\n').length <= 390);
});
