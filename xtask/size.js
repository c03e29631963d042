// What the package weighs, as a table on standard output: `cargo xtask size`.

import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** What a JavaScript client of one key service weighs: the aim for wasm and glue, in bytes of gzip. */
const AIM = 28_400;

const pkg = join(dirname(dirname(fileURLToPath(import.meta.url))), 'pkg');

/**
 * The files that an ES module loads, itself first: the static imports of
 * relative paths, and theirs. (Checked against esbuild in tests/packaging/.)
 */
export function loadedFiles(entry) {
  const files = new Set();
  const visit = (file) => {
    if (files.has(file)) return;
    files.add(file);
    const statements = /^\s*(?:import|export)\b[^;'"]*?(?:\bfrom\s*)?(['"])(\.[^'"]*)\1/gm;
    for (const [, , path] of readFileSync(file, 'utf8').matchAll(statements)) {
      visit(resolve(dirname(file), path));
    }
  };
  visit(resolve(entry));
  return [...files];
}

/** Raw, gzip -9 and brotli 11 of each file by itself, added up: so they travel. */
export function weigh(files) {
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const file of files) {
    const bytes = readFileSync(file);
    total.raw += bytes.length;
    total.gzip += gzipSync(bytes, { level: 9 }).length;
    total.brotli += brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length;
  }
  return total;
}

function print() {
  const wasm = join(pkg, 'wasm/keylatch_bg.wasm');
  const glue = join(pkg, 'wasm/keylatch.js');
  const bytes = join(pkg, 'wasm/bytes.js');
  const entry = loadedFiles(join(pkg, 'index.js'));
  const facade = entry.filter((file) => file !== glue && file !== bytes);
  const both = weigh([wasm, glue]);

  console.log(row('bytes', 'raw', 'gzip -9', 'brotli 11'));
  for (const [name, size] of [
    ['wasm', weigh([wasm])],
    ['glue', weigh([glue])],
    ['wasm + glue', both],
    ['facade', weigh(facade)],
    ['default entry', weigh(entry)],
  ]) {
    console.log(row(name, grouped(size.raw), grouped(size.gzip), grouped(size.brotli)));
  }
  const names = facade.map((file) => relative(pkg, file).split(sep).join('/'));
  console.log(`\nfacade: ${names.join(', ')}`);
  console.log('default entry: the facade, the glue and wasm/bytes.js, which is the wasm as text');
  const rest = AIM - both.gzip;
  const verdict = rest >= 0 ? `met, ${grouped(rest)} to spare` : `missed by ${grouped(-rest)}`;
  console.log(`aim for wasm + glue: ${grouped(AIM)} gzip: ${verdict}`);
}

const row = (name, ...cells) => name.padEnd(16) + cells.map((cell) => cell.padStart(11)).join('');
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ' ');

if (process.argv[1] === fileURLToPath(import.meta.url)) print();
