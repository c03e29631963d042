// The conformance script in the other versions of Node, in Deno, and in the bundles
// of the other bundlers.

import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { rspack } from '@rspack/core';
import webpack from 'webpack';

import { bundleConforms, entry } from '../support/bundle.js';
import { conforms, output, project } from '../support/project.js';

const modules = fileURLToPath(new URL('node_modules', import.meta.url));
const node = (version) => join(modules, `node-${version}`, 'bin/node');
const deno = { env: { DENO_DIR: join(project.dir, '.deno'), DENO_NO_UPDATE_CHECK: '1' } };

const byRequire = "require('./conformance.js').conformance(JSON.parse(process.argv.at(-1))).then((done) => console.log(JSON.stringify(done)))";

for (const version of ['20.19', '22.12', '24', '26']) {
  test(`Node ${version}, by import and require`, async () => {
    await conforms(node(version), ['main.js']);
    await conforms(node(version), ['--no-warnings', '--input-type=commonjs', '-e', byRequire]);
  });
}

test('Deno', () => conforms(join(modules, '.bin/deno'), ['run', '--allow-all', '--node-modules-dir=manual', 'main.js'], deno));

/** A bundle of modules for browsers, as webpack is told to make one; Rspack takes the same. */
const configuration = (path) => ({
  mode: 'production', target: ['web', 'es2022'], context: project.dir, entry,
  output: { path, filename: 'bundled.js', chunkFilename: '[name].chunk.js', library: { type: 'module' }, module: true, chunkFormat: 'module', chunkLoading: 'import' },
  experiments: { outputModule: true },
});

/** Runs the compiler and refuses what it complains of, but for the size. */
const compiled = (compiler) => new Promise((resolve, reject) => {
  compiler.run((error, stats) => {
    const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
    const complaints = [...errors, ...warnings].map(({ message }) => message).filter((message) => !/size limit|performance/.test(message));
    compiler.close(() => (error || complaints.length > 0 ? reject(error ?? new Error(complaints.join('\n'))) : resolve()));
  });
});

test('webpack', (t) => bundleConforms(t, (path) => compiled(webpack(configuration(path)))));

test('Rspack', (t) => bundleConforms(t, (path) => compiled(rspack(configuration(path)))));

test('Parcel', (t) => bundleConforms(t, async (directory) => {
  project.write('package.json', JSON.stringify({
    name: 'somebody-elses', private: true, type: 'module', '@parcel/resolver-default': { packageExports: true },
    targets: { default: { context: 'browser', outputFormat: 'esmodule', isLibrary: true, includeNodeModules: true, engines: { browsers: 'last 1 Chrome version' } } },
  }));
  await output(process.execPath, [join(modules, 'parcel/lib/bin.js'), 'build', entry, '--dist-dir', directory, '--no-cache', '--no-source-maps']);
}));
