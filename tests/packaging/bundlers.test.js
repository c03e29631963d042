// Each bundler makes one file of a small app, and the file runs in Node by
// itself, away from the package.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';

import { installed, node } from './project.js';

const APP = `import { checkKey, generateKey } from 'keylatch';
console.log(checkKey('keylatch', generateKey().expose()).ok, checkKey('keylatch', 'no key').ok);
`;

const BUNDLERS = {
  esbuild: (entry, outfile) =>
    esbuild.build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', logLevel: 'error' }),

  'esbuild, minified': (entry, outfile) =>
    esbuild.build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', minify: true, logLevel: 'error' }),

  async rollup(entry, file) {
    const onwarn = (warning) => assert.fail(`rollup warns: ${warning.message}`);
    const bundle = await rollup({ input: entry, plugins: [nodeResolve()], onwarn });
    await bundle.write({ file, format: 'es' });
    await bundle.close();
  },

  async vite(entry, file) {
    const lib = { entry, formats: ['es'], fileName: () => 'app.mjs' };
    const build = { lib, outDir: join(file, '..'), emptyOutDir: false };
    await vite.build({ root: join(entry, '..'), configFile: false, logLevel: 'error', build });
  },
};

test('bundled', async (t) => {
  const project = installed(t);
  const entry = project.write('app.js', APP);
  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    await t.test(`by ${name}, the app runs alone`, async (t) => {
      const built = join(project.dir, 'built', name);
      await bundle(entry, join(built, 'app.mjs'));
      const elsewhere = mkdtempSync(join(tmpdir(), 'keylatch-bundle-'));
      t.after(() => rmSync(elsewhere, { recursive: true, force: true }));
      cpSync(join(built, 'app.mjs'), join(elsewhere, 'app.mjs'));
      assert.equal(node(['app.mjs'], elsewhere), 'true false\n');
    });
  }

  await t.test('a program that only checks keys takes along neither the client nor its wasm', async () => {
    const check = project.write('check.js', `import { checkKey } from 'keylatch';\nconsole.log(checkKey('keylatch', 'x').ok);\n`);
    const { outputFiles } = await esbuild.build({ entryPoints: [check], bundle: true, format: 'esm', write: false, logLevel: 'error' });
    assert.doesNotMatch(outputFiles[0].text, /KeyClient|redirect/);
  });

  await t.test('an import of keylatch/slim that nobody uses leaves nothing behind', async () => {
    const unused = project.write('unused.js', `import { checkKey } from 'keylatch/slim';\nconsole.log('app');\n`);
    const { outputFiles } = await esbuild.build({
      entryPoints: [unused], bundle: true, format: 'esm', write: false, logLevel: 'error',
    });
    assert.doesNotMatch(outputFiles[0].text, /wasm/i, outputFiles[0].text.slice(0, 300));
  });

  await t.test('keylatch/slim carries no bytes and starts with the exported wasm', async () => {
    const slim = project.write('slim.js', `
      import { readFile } from 'node:fs/promises';
      import { checkKey, generateKey, init } from 'keylatch/slim';
      await init(await readFile(process.argv[2]));
      console.log(checkKey('keylatch', generateKey().expose()).ok);
    `);
    const outfile = join(project.dir, 'built/slim.mjs');
    await esbuild.build({
      entryPoints: [slim], outfile, bundle: true, format: 'esm', external: ['node:*'], logLevel: 'error',
    });
    const wasm = join(project.dir, 'node_modules/keylatch/dist/keylatch.wasm');
    assert.ok(statSync(outfile).size < statSync(wasm).size * 3, 'the bundle has no bytes of the wasm');
    assert.equal(node([outfile, wasm], project.dir), 'true\n');
  });

  await t.test('keylatch/slim that does not get its wasm says so as an error of ours, and can be started again', async () => {
    const slim = project.write('slim-fails.js', `
      import { readFile } from 'node:fs/promises';
      import { checkKey, init, KeyClient, KeylatchError } from 'keylatch/slim';
      const told = async (call) => { try { await call(); console.log('nothing'); } catch (error) { console.log(error instanceof KeylatchError, error.code, error.message.slice(0, 60)); } };
      globalThis.fetch = async () => new Response('', { status: 404 });
      await told(() => checkKey('keylatch', 'x'));
      for (const source of [undefined, null, 7, {}, 'https://x.example/k.wasm', new Uint8Array(4), new Response('', { status: 500 })]) await told(() => init(source));
      // Made when it is passed: a rejection that nobody waits for ends the process.
      await told(() => init(Promise.reject(new Error('mine'))));
      await init(await readFile(process.argv[2]), () => { throw new Error('mine'); });
      console.log(checkKey('keylatch', 'x').ok);
      await told(() => new KeyClient({ provider: 'luminary', credential: 'key-1' }).validate('key-2'));
    `);
    const outfile = join(project.dir, 'built/slim-fails.mjs');
    await esbuild.build({ entryPoints: [slim], outfile, bundle: true, format: 'esm', external: ['node:*'], logLevel: 'error' });
    const lines = node([outfile, join(project.dir, 'node_modules/keylatch/dist/keylatch.wasm')], project.dir).trim().split('\n');
    assert.equal(lines.length, 11);
    assert.equal(lines[9], 'false');
    for (const line of lines.filter((_, at) => at !== 9)) assert.match(line, /^true not_started keylatch could not start: /);
  });
});
