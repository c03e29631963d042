// The conformance script in a page of Chromium, under the policy of the server that
// serves it: scripts of its own origin, and WebAssembly.

import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import * as esbuild from 'esbuild';

import { blankPage, useBrowser } from '../browser/support/scenario.js';
import { DEMO, startServer } from '../browser/support/server.js';
import { ALL } from './support/all.js';
import { project } from './support/project.js';

useBrowser();

test('Chromium', async (t) => {
  const outdir = realpathSync(mkdtempSync(join(tmpdir(), 'keylatch-page-')));
  t.after(() => rmSync(outdir, { recursive: true, force: true }));
  const entry = project.write('page.js', `
    import { conformance } from './conformance.js';
    const done = await conformance({ url: location.origin, ...${JSON.stringify(DEMO)} }).catch((error) => String(error?.stack ?? error));
    document.querySelector('output').textContent = JSON.stringify(done);
  `);
  await esbuild.build({ entryPoints: [entry], outdir, bundle: true, splitting: true, format: 'esm', target: 'es2022', logLevel: 'error' });
  writeFileSync(join(outdir, 'index.html'), '<!doctype html><title>page</title><output></output><script type="module" src="page.js"></script>');
  const server = await startServer('--www', outdir);
  t.after(() => server.stop());

  const page = await blankPage();
  t.after(() => page.context().close());
  await page.goto(server.url);
  await page.locator('output:not(:empty)').waitFor();
  assert.deepEqual(JSON.parse(await page.getByRole('status').textContent()), ALL);
});
