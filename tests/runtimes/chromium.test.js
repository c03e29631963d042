// The conformance script in Chromium, each time under a policy that allows scripts of the
// page's own origin, WebAssembly, and nothing else: bundled, by an import map without a
// bundler, and in the three kinds of workers.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import * as esbuild from 'esbuild';

import { blankPage, useBrowser } from '../browser/support/scenario.js';
import { DEMO, startServer } from '../browser/support/server.js';
import { ALL } from './support/all.js';
import { project } from './support/project.js';

useBrowser();

/** What a page and a worker run; the server is where they come from. */
const RUN = `conformance({ url: location.origin, ...${JSON.stringify(DEMO)} }).catch((error) => String(error?.stack ?? error))`;
const IN_A_PAGE = `
  import { conformance } from './conformance.js';
  document.querySelector('output').textContent = JSON.stringify(await ${RUN});
`;
// A shared worker gets its messages by a port.
const IN_A_WORKER = `
  import { conformance } from './conformance.js';
  const answer = (event) => {
    const done = ${RUN}.then((done) => event.ports[0].postMessage(done));
    event.waitUntil?.(done);
  };
  self.onmessage = answer;
  self.onconnect = ({ ports: [port] }) => { port.onmessage = answer; };
`;
const MAP = JSON.stringify({
  imports: { keylatch: '/keylatch/dist/index.js', 'keylatch/guard': '/keylatch/dist/guard.js', 'keylatch/redact': '/keylatch/dist/redact.js' },
});
const POLICY = `default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${createHash('sha256').update(MAP).digest('base64')}'`;

let outdir;
let server;
before(async () => {
  outdir = realpathSync(mkdtempSync(join(tmpdir(), 'keylatch-page-')));
  const options = { outdir, bundle: true, format: 'esm', target: 'es2022', logLevel: 'error' };
  await esbuild.build({ ...options, entryPoints: [project.write('page.js', IN_A_PAGE)], splitting: true });
  // In one file: a service worker imports nothing later.
  await esbuild.build({ ...options, entryPoints: [project.write('worker.js', IN_A_WORKER)] });
  cpSync(join(project.dir, 'conformance.js'), join(outdir, 'conformance.js'));
  writeFileSync(join(outdir, 'unbundled.js'), IN_A_PAGE);
  const page = (head, script) => `<!doctype html><title>page</title>${head}<output></output><script type="module" src="${script}"></script>`;
  writeFileSync(join(outdir, 'index.html'), page('', 'page.js'));
  writeFileSync(join(outdir, 'map.html'), page(`<script type="importmap">${MAP}</script>`, 'unbundled.js'));
  writeFileSync(join(outdir, 'empty.html'), '<!doctype html><title>page</title>');
  server = await startServer('--www', outdir);
});
after(async () => {
  await server?.stop();
  rmSync(outdir, { recursive: true, force: true });
});

/** A page of the server; with a policy of its own, where one is given. */
async function opened(t, path, policy) {
  const page = await blankPage();
  t.after(() => page.context().close());
  if (policy) {
    await page.route(`**/${path}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
    });
  }
  await page.goto(`${server.url}/${path}`);
  return page;
}

async function showsAll(page) {
  await page.locator('output:not(:empty)').waitFor();
  assert.deepEqual(JSON.parse(await page.getByRole('status').textContent()), ALL);
}

test('Chromium, bundled', async (t) => showsAll(await opened(t, 'index.html')));

test('Chromium, by an import map', async (t) => showsAll(await opened(t, 'map.html', POLICY)));

const WORKERS = {
  'a worker': () => new Worker('/worker.js', { type: 'module' }),
  'a shared worker': () => {
    const { port } = new SharedWorker('/worker.js', { type: 'module' });
    port.start();
    return port;
  },
  'a service worker': async () => {
    await navigator.serviceWorker.register('/worker.js', { type: 'module' });
    return (await navigator.serviceWorker.ready).active;
  },
};

for (const [kind, start] of Object.entries(WORKERS)) {
  test(`Chromium, in ${kind}`, async (t) => {
    const page = await opened(t, 'empty.html', POLICY);
    const done = await page.evaluate(`(async () => {
      const { port1, port2 } = new MessageChannel();
      const worker = await (${start})();
      worker.postMessage(null, [port2]);
      return new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
    })()`);
    assert.deepEqual(done, ALL);
  });
}
