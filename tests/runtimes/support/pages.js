// The conformance script in each place of a browser that runs scripts: a page that finds
// the package by an import map, and workers of three kinds. Each place tells this server
// what it did. The policy allows scripts of the origin and WebAssembly, and nothing else.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after } from 'node:test';

import * as esbuild from 'esbuild';

import { DEMO, startServer } from '../../browser/support/server.js';
import { ALL } from './all.js';
import { project } from './project.js';

export const PLACES = ['page with an import map', 'dedicated worker', 'shared worker', 'service worker'];

/** Each entry of the package that browsers have, as its package.json says. */
const { exports } = JSON.parse(readFileSync(join(project.dir, 'node_modules/keylatch/package.json'), 'utf8'));
const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(
    Object.entries(exports)
      .filter(([, entry]) => entry.default?.endsWith('.js'))
      .map(([name, entry]) => [`keylatch${name.slice(1)}`, entry.default.replace('./dist/', '/keylatch/')]),
  ),
});

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/**
 * Serves the pages for the tests of one file, and has a browser open the first.
 * @param {(url: string) => Promise<unknown>} open
 */
export function usePages(open) {
  /** @type {ReturnType<typeof startSite> | undefined} */
  let site;
  after(async () => (await site)?.stop());
  return {
    /** Everything was done in a place. @param {string} place */
    async conforms(place) {
      const isFirst = site === undefined;
      const { url, reports } = await (site ??= startSite());
      if (isFirst) await open(url);
      assert.deepEqual(await reports.get(place), ALL);
    },
  };
}

async function startSite() {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'keylatch-pages-')));
  const reports = new Map();
  const settle = new Map();
  for (const place of PLACES) reports.set(place, new Promise((resolve) => settle.set(place, resolve)));

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://site');
    if (request.method === 'POST') {
      const { place, done } = JSON.parse(Buffer.concat(await request.toArray()).toString());
      settle.get(place)(done);
      return response.writeHead(204).end();
    }
    if (pathname === '/report') {
      await reports.get(searchParams.get('place'));
      return response.writeHead(204).end();
    }
    try {
      const name = pathname === '/' ? 'index.html' : pathname;
      const file = readFileSync(join(directory, name));
      response.setHeader('content-security-policy', policy).setHeader('content-type', TYPES[extname(name)]).end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const api = await startServer('--allow-origin', url);
  const digest = createHash('sha256').update(IMPORT_MAP).digest('base64');
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${digest}'; connect-src 'self' ${api.url}; worker-src 'self'`;
  await write(directory, { ...DEMO, url: api.url });

  return {
    url,
    reports,
    async stop() {
      server.close();
      server.closeAllConnections();
      await api.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What is served. @param {string} directory @param {object} account where the server is, and who signs in there */
async function write(directory, account) {
  const script = (/** @type {string} */ place) => `
    import { conformance } from './conformance.js';
    export const report = (place, done) => fetch('/report', { method: 'POST', body: JSON.stringify({ place, done }) });
    conformance(${JSON.stringify(account)}).catch((error) => String(error?.stack ?? error)).then((done) => report(${place}, done));
  `;
  // A worker's scope has the name of its kind: DedicatedWorkerGlobalScope.
  const kind = "self.constructor.name.replace('WorkerGlobalScope', ' worker').toLowerCase()";
  // One after the other: they have one cookie, so the end of a session is the end of all.
  writeFileSync(join(directory, 'page.js'), `${script(`'${PLACES[0]}'`)}
    const reported = (place) => fetch('/report?place=' + place);
    const failed = (place) => ({ message, type }) => report(place, 'the worker failed: ' + (message ?? type));
    await reported('${PLACES[0]}');
    new Worker('worker.js', { type: 'module' }).onerror = failed('dedicated worker');
    await reported('dedicated worker');
    new SharedWorker('worker.js', { type: 'module' }).onerror = failed('shared worker');
    await reported('shared worker');
    navigator.serviceWorker.register('service-worker.js').catch(failed('service worker'));
  `);
  const index = `<!doctype html><title>page</title><script type="importmap">${IMPORT_MAP}</script><script type="module" src="page.js"></script>`;
  writeFileSync(join(directory, 'index.html'), index);
  cpSync(join(project.dir, 'conformance.js'), join(directory, 'conformance.js'));
  cpSync(join(project.dir, 'node_modules/keylatch/dist'), join(directory, 'keylatch'), { recursive: true });

  // Workers know no import map. In a service worker `import()` is refused, so it is one file.
  const common = { bundle: true, target: 'es2022', logLevel: 'error', outdir: directory };
  const worker = project.write('worker.js', script(kind));
  await esbuild.build({ ...common, entryPoints: [worker], format: 'esm', splitting: true });
  const serviceWorker = project.write('service-worker.js', `import 'keylatch/client'; ${script(kind)}`);
  await esbuild.build({ ...common, entryPoints: [serviceWorker], format: 'iife' });
}
