// The conformance script in a worker: bundled by the condition `workerd` of the
// exports, with the modules of wasm beside it, as Cloudflare's tools do.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import * as esbuild from 'esbuild';
import workerd from 'workerd';

import { compiledWasm } from '../../wasm/support/compiled-wasm.js';
import { ALL } from './all.js';
import { project, SERVER } from './project.js';

const WORKER = `
  import { conformance } from './conformance.js';
  export default {
    async fetch(request) {
      try {
        return Response.json(await conformance(await request.json()));
      } catch (error) {
        return new Response(String(error?.stack ?? error), { status: 500 });
      }
    },
  };
`;

/** @param {import('node:test').TestContext} t @param {string} date the compatibility date */
export async function workerConforms(t, date) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'keylatch-worker-')));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const modules = await bundle(directory);
  const config = join(directory, 'worker.capnp');
  const wasm = modules.map((name) => `(name = "${name}", wasm = embed "${name}")`).join(', ');
  writeFileSync(config, `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js"), ${wasm}],
  compatibilityDate = "${date}",
);
`);
  const child = spawn(workerd.default, ['serve', config, '--control-fd=3'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const response = await fetch(await address(child), { method: 'POST', body: JSON.stringify(SERVER) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.deepEqual(JSON.parse(text), ALL);
}

/** Writes `worker.js` and the modules that it imports; their names. */
async function bundle(directory) {
  const { plugin, modules } = compiledWasm(directory);
  await esbuild.build({
    entryPoints: [project.write('worker.js', WORKER)], outfile: join(directory, 'worker.js'), bundle: true, format: 'esm',
    conditions: ['workerd', 'worker', 'browser'], plugins: [plugin], logLevel: 'error',
  });
  return [...modules];
}

/** Where the worker listens. */
async function address(child) {
  for await (const line of createInterface({ input: child.stdio[3] })) {
    const { event, port } = JSON.parse(line);
    if (event === 'listen') return `http://127.0.0.1:${port}`;
  }
  throw new Error('workerd did not start; its words are above');
}
