// Puts the JavaScript of the package together: `cargo xtask build` runs it.
//
//   node xtask/bundle.mjs STAGING OUT
//
// STAGING holds what Rust made: offline/, client/, node/ (wasm-pack), offline/parts/
// (split.mjs), data.js, data-client.js and
// data-node.js (the sentences and services) and *.printable.js. OUT gets the files
// of pkg/dist/. Sources are one file per question; what is shipped is few files
// without comments, and in each group the parts that a platform has of its own.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { joined } from './join.mjs';
import { build, transform } from './npm/node_modules/esbuild/lib/main.js';

const [staging, out] = process.argv.slice(2);
const pkg = join(dirname(dirname(fileURLToPath(import.meta.url))), 'pkg');
const staged = (...path) => join(staging, ...path);

/**
 * A platform: its entries, and what stands for the names that begin with `#`.
 * @type {Record<string, { from?: string, entries: string[], questions?: string[], parts: Record<string, string>, face?: string, platform?: 'node', together?: Record<string, string>, shared?: string }>}
 */
const GROUPS = {
  '.': {
    entries: ['index', 'client', 'catalogue', 'applications', 'guard', 'redact'],
    // Files of their own, so that a bundler leaves out those that a program does not use.
    questions: ['keys/check', 'keys/issue', 'keys/headers', 'core/secret', 'core/providers', 'client/client'],
    parts: {
      '#offline': 'web/offline', '#parts': 'web/parts', '#client': 'web/client', '#bytes': 'offline.printable', '#client-bytes': 'client.printable', '#glue': 'client',
      '#find': 'web/find', '#find-bytes': 'find.printable', '#find-simd-bytes': 'find-simd.printable',
    },
  },
  slim: { entries: ['slim'], parts: { '#offline': 'slim/offline', '#parts': 'slim/parts', '#client': 'slim/client', '#glue': 'client' } },
  edge: { entries: ['edge', 'catalogue', 'applications', 'guard', 'redact'], parts: { '#offline': 'edge/offline', '#parts': 'slim/parts', '#client': 'edge/client', '#glue': 'client', '#find': 'edge/find' } },
  node: {
    entries: ['index', 'client', 'node', 'cli', 'catalogue', 'applications', 'guard', 'redact'],
    parts: {
      '#offline': 'node/offline', '#parts': 'node/parts', '#client': 'node/client', '#bytes': 'offline.base64', '#client-bytes': 'node.base64', '#glue': 'node',
      '#find': 'node/find', '#find-bytes': 'find.base64', '#find-simd-bytes': 'find-simd.base64',
    },
    platform: 'node',
    // What a guard shares with others, and what else the face does.
    together: { 'core.js': 'guard.js', 'client-face.js': 'index.js' },
  },
  // They are given a guard and import none, so one file of each works on every platform.
  guard: { from: 'guard', entries: ['express', 'fastify', 'fetch', 'hono', 'next'], parts: {} },
  // It imports the public entry, which a page loads once. What the demo page takes of it besides is the other entry; what both
  // share has a name that a page can preload.
  element: { entries: ['element', 'element-parts'], parts: {}, face: '../index.js', shared: 'shared' },
};

/**
 * The glue of wasm-bindgen keeps its instance in variables of its module, so a
 * second instance, after a trap, needs a second module. As a function it is one
 * at each call. Its default export, which downloads a module, is left out, and so
 * is what compiles: it is given a module, which may be of another realm, as in
 * Next's edge runtime, and would be taken for bytes.
 */
async function factory(name) {
  const compiles = /if \(!\(module instanceof WebAssembly\.Module\)\) \{\s+module = new WebAssembly\.Module\(module\);\s+\}/;
  const glue = readFileSync(staged(name, 'keylatch.js'), 'utf8');
  if (!compiles.test(glue)) throw new Error(`The glue of ${name} does not compile as expected. Look at its initSync().`);
  const exported = [...glue.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  const { outputFiles } = await build({
    // Into a variable of the function below: an object that esbuild makes of exports has a getter
    // for each. `module` is no name here: esbuild takes what uses it for CommonJS.
    stdin: { contents: `import { ${exported}, initSync } from './keylatch.js'; glue = { ${exported} }; initSync({ module: compiled });`, resolveDir: staged(name) },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
    plugins: [{ name: 'compiled', setup: (build) => build.onLoad({ filter: /keylatch\.js$/ }, () => ({ contents: glue.replace(compiles, '') })) }],
  });
  return `// @ts-nocheck\nexport function start(compiled) {\nlet glue;\n${outputFiles[0].text}\nreturn glue;\n}\n`;
}

const generated = {};
for (const name of ['client', 'node']) generated[`glue:${name}`] = await factory(name);
const base64 = (name, ...path) => `export const ${name} = ${JSON.stringify(readFileSync(staged(...path)).toString('base64'))};\n`;
const ENCODED = {
  offline: ['check', 'diagnosis', 'secrets'].map((part) => base64(part, 'offline/parts', `${part}.wasm`)).join(''),
  ...Object.fromEntries(['find', 'find-simd', 'node'].map((name) => [name, base64('text', name, 'keylatch_bg.wasm')])),
};
for (const [name, text] of Object.entries(ENCODED)) {
  generated[`${name}.base64`] = text;
  // For tests of the sources: tests/sources.js.
  writeFileSync(staged(`${name}.base64.js`), generated[`${name}.base64`]);
}
writeFileSync(staged('glue-node.js'), generated['glue:node']);
writeFileSync(staged('package.json'), '{ "type": "module" }');
for (const name of ['offline', 'find', 'find-simd', 'client']) generated[`${name}.printable`] = readFileSync(staged(`${name}.printable.js`), 'utf8');
for (const name of ['data', 'data-client', 'data-node', 'catalogue']) generated[name] = readFileSync(staged(`${name}.js`), 'utf8');

/** Resolves the names that begin with `#`. */
function parts(group) {
  const inPkg = (path) => ({ path: join(pkg, 'platform', `${path}.js`) });
  const made = (path) => ({ path, namespace: 'generated', sideEffects: false });
  return {
    name: 'parts',
    setup(build) {
      build.onResolve({ filter: /^#/ }, ({ path }) => {
        if (['#data', '#data-client', '#data-node', '#catalogue'].includes(path)) return made(path.slice(1));
        const part = group.parts[path];
        if (path === '#glue') return made(`glue:${part}`);
        return generated[part] ? made(part) : inPkg(part);
      });
      if (group.face) build.onResolve({ filter: /entries\/index\.js$/ }, () => ({ path: group.face, external: true, sideEffects: false }));
      // A style sheet as a text.
      build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true, target: 'chrome123' });
        return { contents: code, loader: 'text' };
      });
      build.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /.*/, namespace: 'generated' }, ({ path }) => ({ contents: generated[path], loader: 'js' }));
    },
  };
}

for (const [name, group] of Object.entries(GROUPS)) {
  const bundle = await build({
    entryPoints: Object.fromEntries([
      ...group.entries.map((entry) => [entry, join(pkg, group.from ?? 'entries', `${entry}.js`)]),
      ...(group.questions ?? []).map((file) => [`parts/${basename(file)}`, join(pkg, `${file}.js`)]),
    ]),
    outdir: join(out, name),
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: group.platform ?? 'neutral',
    charset: 'utf8',
    legalComments: 'none',
    chunkNames: group.shared ?? 'chunk-[hash]',
    logLevel: 'warning',
    write: false,
    metafile: true,
    plugins: [parts(group)],
  });
  // What entries share besides code is an empty file, which everybody would load.
  const files = group.together ? await joined(bundle, group.together) : bundle.outputFiles.map(({ path, text }) => ({ name: relative(join(out, name), path), text }));
  const empty = files.filter(({ text }) => text === '').map((file) => basename(file.name));
  for (const { name: file, text } of files.filter(({ text }) => text !== '')) {
    const path = join(out, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, empty.reduce((code, file) => code.replace(new RegExp(`import"[./]+/${file}";`), ''), text));
  }
}

mkdirSync(out, { recursive: true });
for (const [file, path] of [['keylatch.wasm', 'offline/parts/keylatch.wasm'], ['client.wasm', 'client/keylatch_bg.wasm'], ['find.wasm', 'find-simd/keylatch_bg.wasm']]) {
  cpSync(staged(path), join(out, file));
}
