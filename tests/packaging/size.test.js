// `cargo xtask size` must weigh what is really loaded.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import * as esbuild from 'esbuild';

import { loadedFiles, weigh } from '../../xtask/size.js';
import { pkg } from './project.js';

test('the default entry loads the files that esbuild finds', async () => {
  const entry = join(pkg, 'index.js');
  const { metafile } = await esbuild.build({
    entryPoints: [entry], bundle: true, format: 'esm', write: false, metafile: true, treeShaking: false, logLevel: 'error',
  });
  const expected = Object.keys(metafile.inputs).map((file) => relative(pkg, resolve(file)));
  assert.deepEqual(loadedFiles(entry).map((file) => relative(pkg, file)).sort(), expected.sort());
});

test('files are compressed one by one and added up', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'keylatch-size-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const texts = ['a'.repeat(1000), 'b'.repeat(1000)];
  const files = texts.map((text, i) => {
    writeFileSync(join(dir, String(i)), text);
    return join(dir, String(i));
  });
  const { raw, gzip } = weigh(files);
  assert.equal(raw, 2000);
  assert.equal(gzip, texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0));
});
