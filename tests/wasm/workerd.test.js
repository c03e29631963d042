// The package in workerd, the runtime of Cloudflare's workers, which compiles no
// bytes: pkg/entries/edge.js imports its modules of wasm compiled. Bundled as such
// workers are, by the condition `workerd` of the exports.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as esbuild from 'esbuild';
import workerd from 'workerd';

import { DEMO, startServer } from '../browser/support/server.js';
import { compiledWasm } from './support/compiled-wasm.js';

const PKG = fileURLToPath(new URL('../../pkg', import.meta.url));
const WORKER = fileURLToPath(new URL('support/edge-worker.js', import.meta.url));

let directory;
let modules;
let server;
/** The processes of workerd. */
const running = new Set();

/** The worker with the package in one file, and beside it the modules of wasm. */
async function bundle(directory) {
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(PKG, join(directory, 'node_modules/keylatch'));
  const { plugin, modules } = compiledWasm(directory);
  cpSync(WORKER, join(directory, 'source.js'));
  await esbuild.build({
    entryPoints: [join(directory, 'source.js')], outfile: join(directory, 'worker.js'), bundle: true, format: 'esm',
    conditions: ['workerd', 'worker', 'browser'], plugins: [plugin], logLevel: 'error',
  });
  return [...modules];
}

/** The worker in a workerd of its own, as of a date: its address. */
async function serve(date) {
  const config = join(directory, `${date}.capnp`);
  const wasm = modules.map((name) => `(name = "${name}", wasm = embed "${name}")`).join(', ');
  writeFileSync(config, `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js"), ${wasm}],
  bindings = [(name = "SERVER", text = "${server.url}")],
  compatibilityDate = "${date}",
);
`);
  const child = spawn(workerd.default, ['serve', config, '--control-fd=3'], { stdio: ['ignore', 'inherit', 'pipe', 'pipe'] });
  running.add(child);
  let log = '';
  child.stderr.on('data', (data) => { log += data; });
  child.on('error', (error) => { log += error.message; });
  for await (const line of createInterface({ input: child.stdio[3] })) {
    const { event, port } = JSON.parse(line);
    if (event === 'listen') return { url: `http://127.0.0.1:${port}`, log: () => log };
  }
  throw new Error(`workerd did not start:\n${log}`);
}

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'keylatch-workerd-'));
  modules = await bundle(directory);
  server = await startServer();
});
after(async () => {
  for (const child of running) child.kill('SIGKILL');
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

// What an old worker still has, and the newest.
for (const date of ['2023-01-01', workerd.compatibilityDate]) {
  describe(`in workerd as of ${date}`, () => {
    let worker;
    /** What the worker answers to a question. */
    const ask = async (question) => {
      const response = await fetch(`${worker.url}/${question}`, { method: 'POST', body: JSON.stringify(DEMO) });
      const text = await response.text();
      assert.equal(response.status, 200, `${text}\n${worker.log()}`);
      return JSON.parse(text);
    };

    before(async () => { worker = await serve(date); });

    test('keys are checked, made and hashed', async () => {
      const { good, bad, made, hash, isRight } = await ask('offline');
      assert.deepEqual(good, { ok: true, provider: 'keylatch', certainty: 'documented', prefix: 'kl_test_' });
      assert.deepEqual(bad.problems.map(({ code, index }) => [code, index]), [['scheme_prefix', 0], ['wrong_checksum', 45]]);
      assert.match(made, /^kl_live_\w{36}$/);
      assert.match(hash, /^[0-9a-f]{64}$/);
      assert.equal(isRight, true);
    });

    test('headers are made, and refused', async () => {
      assert.deepEqual(await ask('headers'), { headers: { Authorization: 'Basic dGVzdDo=' }, refused: 'invalid_header' });
    });

    test('a key is created, used, rotated and deleted on the real server', async () => {
      assert.deepEqual(await ask('lifecycle'), {
        user: DEMO.user, status: 200, names: ['worker'], old: 'revoked', refused: 'unauthorized', deleted: 'not_found', elsewhere: 'origin_mismatch',
      });
    });
  });
}
