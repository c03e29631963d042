// What a module of wasm is made of, by source file and by function, after the passes of
// wasm-opt that the package gets: `cargo xtask size --details`. Usage: node functions.js FILE.wasm

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHOWN = 60;

const xtask = dirname(fileURLToPath(import.meta.url));
const [, passes] = /wasm-opt = \[([^\]]*)\]/.exec(readFileSync(join(xtask, '../wasm/Cargo.toml'), 'utf8'));
// The names are what this is for.
const options = [...passes.matchAll(/"([^"]+)"/g)].map(([, option]) => option).filter((option) => option !== '--strip-debug');
const bytes = execFileSync(join(xtask, 'npm/node_modules/.bin/wasm-opt'), [process.argv[2], ...options, '--debuginfo', '-o', '-'], { maxBuffer: 1 << 28 });
let at = 8;

/** An unsigned LEB128 number of the WebAssembly binary format. */
function number() {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
}

function text() {
  const length = number();
  return bytes.toString('utf8', at, (at += length));
}

const sizes = [];
const names = new Map();
const sections = new Map();
let imported = 0;

while (at < bytes.length) {
  const id = bytes[at++];
  const size = number();
  const end = at + size;
  const name = id === 0 ? text() : { 2: 'import', 10: 'code', 11: 'data' }[id];
  sections.set(name, size);
  if (name === 'import') imported = importedFunctions();
  if (name === 'code') bodies();
  if (name === 'name') functionNames(end);
  at = end;
}

function importedFunctions() {
  let functions = 0;
  for (let left = number(); left > 0; left--) {
    text();
    text();
    const kind = bytes[at++];
    if (kind === 0) functions++;
    if (kind === 1 || kind === 3) at++;
    if (kind === 1 || kind === 2) {
      const bounded = bytes[at++] & 1;
      number();
      if (bounded) number();
    } else if (kind === 3) at++;
    else number();
  }
  return functions;
}

function bodies() {
  for (let left = number(); left > 0; left--) {
    const size = number();
    sizes.push(size);
    at += size;
  }
}

function functionNames(end) {
  while (at < end) {
    const kind = bytes[at++];
    const next = number() + at;
    if (kind === 1) for (let left = number(); left > 0; left--) names.set(number(), text());
    at = next;
  }
}

/** The older of rustc's two manglings as a path; what else there is, as it is. */
function readable(name) {
  if (!name.startsWith('_ZN')) return name;
  const parts = [];
  for (let rest = name.slice(3), length; (length = parseInt(rest, 10)) > 0; rest = rest.slice(String(length).length + length)) {
    parts.push(rest.slice(String(length).length).slice(0, length));
  }
  const words = { LT: '<', GT: '>', RF: '&', BP: '*', C: ',', SP: '@', LP: '(', RP: ')' };
  const path = parts.filter((part) => !/^h[0-9a-f]{16}$/.test(part)).join('::');
  return path
    .replace(/\$u([0-9a-f]+)\$/g, (_, code) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/\$(\w+)\$/g, (all, word) => words[word] ?? all)
    .replace(/\.\./g, '::');
}

const functions = sizes
  .map((size, i) => [names.get(i + imported) ?? `function ${i + imported}`, size])
  // Descriptions of types for wasm-bindgen, which reads and removes them.
  .filter(([name]) => !/describe/i.test(name))
  .sort(([, a], [, b]) => b - a);
const total = functions.reduce((sum, [, size]) => sum + size, 0);
const list = (rows) => rows.slice(0, SHOWN).forEach(([name, size]) => console.log(`${String(size).padStart(8)}  ${name}`));

/** The file that a function is from: two names of a path, of our own crates three. */
function sourceOf(name) {
  // The newer mangling, which only the standard library has.
  if (name.startsWith('_R')) return 'std';
  const path = readable(name).match(/\w+(?:\[\w+\])?(?:::\w+)+/)?.[0].replace(/\[\w+\]/, '').split('::') ?? ['exports'];
  return path.slice(0, path[0] === 'keylatch' ? 3 : 2).join('::');
}

const sources = new Map();
for (const [name, size] of functions) sources.set(sourceOf(name), (sources.get(sourceOf(name)) ?? 0) + size);
console.log(`\n${functions.length} functions have ${total} bytes, the static data has ${sections.get('data') ?? 0}. By source:`);
list([...sources].sort(([, a], [, b]) => b - a));
console.log('\nThe heaviest functions:');
list(functions.map(([name, size]) => [readable(name), size]));
