// The conformance script where it takes a moment: this Node, Bun, workerd, and the
// bundlers that the tests have anyway. The others are in `long/`.

import { test } from 'node:test';

import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';
import workerd from 'workerd';

import { binary as bun } from '../wasm/support/bun.js';
import { bundleConforms, entry } from './support/bundle.js';
import { conforms, project } from './support/project.js';
import { workerConforms } from './support/workerd.js';

test('this Node, by import', () => conforms(process.execPath, ['main.js']));

test('this Node, by require', () => conforms(process.execPath, ['--no-warnings', '--input-type=commonjs', '-e',
  "require('./conformance.js').conformance(JSON.parse(process.argv.at(-1))).then((done) => console.log(JSON.stringify(done)))"]));

test('Bun', () => conforms(bun(), ['run', 'main.js']));

for (const date of ['2023-01-01', workerd.compatibilityDate]) {
  test(`workerd as of ${date === '2023-01-01' ? date : 'today'}`, (t) => workerConforms(t, date));
}

test('esbuild', (t) => bundleConforms(t, (outdir) =>
  esbuild.build({ entryPoints: [entry], outdir, bundle: true, splitting: true, minify: true, format: 'esm', logLevel: 'error' })));

test('Rollup', (t) => bundleConforms(t, async (dir) => {
  const onwarn = (warning) => { throw new Error(`rollup warns: ${warning.message}`); };
  const bundle = await rollup({ input: entry, plugins: [nodeResolve({ browser: true })], onwarn });
  await bundle.write({ dir, format: 'es' });
  await bundle.close();
}));

test('Vite', (t) => bundleConforms(t, async (outDir) => {
  const lib = { entry, formats: ['es'], fileName: 'bundled' };
  await vite.build({ root: project.dir, configFile: false, logLevel: 'error', build: { lib, outDir, emptyOutDir: false } });
}));
