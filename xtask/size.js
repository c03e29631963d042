// What the package weighs: `cargo xtask size`. Exact bytes, gzip -9, against the
// budget of xtask/budget.json, whose change is deliberate.
//
//   node xtask/size.js STAGING [--check]

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from './npm/node_modules/esbuild/lib/main.js';

const [staging, option] = process.argv.slice(2);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const budget = JSON.parse(readFileSync(join(root, 'xtask/budget.json'), 'utf8'));

const wasm = (name) => readFileSync(join(staging, name, 'keylatch_bg.wasm'));
const part = (name) => readFileSync(join(staging, 'offline/parts', `${name}.wasm`));
const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** What esbuild makes of a program that imports the package: the entry, and what is loaded later. */
async function bundle(program) {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: '/',
    entryNames: 'entry',
    write: false,
    logLevel: 'error',
    plugins: [{
      name: 'package',
      setup(build) {
        const files = { keylatch: 'index.js', 'keylatch/applications': 'applications.js', 'keylatch/element': 'element/element.js', 'keylatch/guard': 'guard.js', 'keylatch/redact': 'redact.js' };
        build.onResolve({ filter: /^keylatch(\/applications|\/element|\/guard|\/redact)?$/ }, ({ path }) => ({ path: join(root, 'pkg/dist', files[path]), sideEffects: path === 'keylatch/element' }));
      },
    }],
  });
  // What the entry imports comes with it; what it imports later does not.
  const byName = new Map(outputFiles.map(({ path, contents, text }) => [path.slice(1), { contents, text }]));
  const first = new Set();
  const visit = (name) => {
    if (first.has(name)) return;
    first.add(name);
    for (const [, path] of byName.get(name).text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) visit(path);
  };
  visit('entry.js');
  const size = (names) => [...names].reduce((sum, name) => sum + gzip(byName.get(name).contents), 0);
  const later = [...byName.keys()].filter((name) => !first.has(name));
  return { first: size(first), later: size(later) };
}

const check = await bundle("import { checkKey } from 'keylatch'; console.log(checkKey('keylatch', ''));");
const guard = await bundle("import { createGuard, issueKey } from 'keylatch/guard'; console.log(createGuard, issueKey);");
const applications = await bundle("import { Applications } from 'keylatch/applications'; console.log(Applications);");
const all = await bundle("import * as keylatch from 'keylatch'; console.log(keylatch);");
const element = await bundle("import 'keylatch/element';");
const redacts = await bundle("import { redact } from 'keylatch/redact'; console.log(redact(''));");
const measured = {
  'bundle of checkKey, gzip': check.first,
  'bundle of keylatch/guard, gzip': guard.first,
  'lazy part of keylatch/guard, gzip': guard.later,
  'bundle of keylatch/applications, gzip': applications.first,
  'bundle of everything without its lazy part, gzip': all.first,
  'lazy client part, gzip': all.later,
  // With resolveKey and KeyClient; the diagnosis waits for a key that is wrong.
  'wasm that a Node program compiles, raw': part('check').length + part('secrets').length + wasm('node').length,
  'wasm that a first check compiles, raw': part('check').length,
  'bundle of keylatch/element without its lazy part, gzip': element.first,
  'keylatch/element beside keylatch, gzip': ['element', 'shared'].reduce((sum, file) => sum + gzip(readFileSync(join(root, `pkg/dist/element/${file}.js`))), 0),
  'bundle of redact, gzip': redacts.first,
  'offline module, gzip': gzip(part('keylatch')),
  'find module, gzip': gzip(wasm('find-simd')),
  'client module, gzip': gzip(wasm('client')),
  'node module, raw': wasm('node').length,
};

const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ' ');
console.log(`${''.padEnd(56)}${'bytes'.padStart(10)}${'budget'.padStart(10)}${'aim'.padStart(10)}`);
let over = 0;
for (const [name, bytes] of Object.entries(measured)) {
  const { most, aim } = budget[name];
  const mark = bytes > most ? '  over its budget' : '';
  over += bytes > most ? 1 : 0;
  console.log(`${name.padEnd(56)}${grouped(bytes).padStart(10)}${grouped(most).padStart(10)}${(aim ? grouped(aim) : '').padStart(10)}${mark}`);
}
if (option === '--check' && over > 0) {
  console.error('What is over its budget grew. Make it smaller, or raise the budget in xtask/budget.json and say why.');
  process.exit(1);
}
