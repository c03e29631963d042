// A guard of keylatch-server in workerd, the runtime of Cloudflare's workers, where no
// request may wait for what another one has begun, and nothing runs between requests.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as esbuild from 'esbuild';
import workerd from 'workerd';

import { compiledWasm } from '../wasm/support/compiled-wasm.js';
import { APPLICATION, CREDENTIAL, standIn } from './support/stand-in.js';

const PKG = fileURLToPath(new URL('../../pkg', import.meta.url));
const WORKER = fileURLToPath(new URL('support/worker.js', import.meta.url));

/** The processes of workerd: none outlives the tests. */
const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });
process.once('SIGTERM', () => process.exit(143));

/** The worker in a workerd of its own, as of a date: its address, and what it has logged. */
async function serve(t, date, bindings) {
  const directory = mkdtempSync(join(tmpdir(), 'keylatch-guard-worker-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(PKG, join(directory, 'node_modules/keylatch'));
  cpSync(WORKER, join(directory, 'source.js'));
  const { plugin, modules } = compiledWasm(directory);
  await esbuild.build({
    entryPoints: [join(directory, 'source.js')], outfile: join(directory, 'worker.js'), bundle: true, format: 'esm',
    conditions: ['workerd', 'worker', 'browser'], plugins: [plugin], logLevel: 'error',
  });
  const wasm = [...modules].map((name) => `(name = "${name}", wasm = embed "${name}")`).join(', ');
  const texts = Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = "${text}")`).join(', ');
  writeFileSync(join(directory, 'config.capnp'), `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js"), ${wasm}],
  bindings = [${texts}],
  compatibilityDate = "${date}",
);
`);
  const child = spawn(workerd.default, ['serve', join(directory, 'config.capnp'), '--control-fd=3'], { stdio: ['ignore', 'inherit', 'pipe', 'pipe'] });
  running.add(child);
  t.after(() => child.kill('SIGKILL'));
  child.once('exit', () => running.delete(child));
  let log = '';
  child.stderr.on('data', (data) => { log += data; });
  for await (const line of createInterface({ input: child.stdio[3] })) {
    const { event, port } = JSON.parse(line);
    if (event === 'listen') return { url: `http://127.0.0.1:${port}`, log: () => log };
  }
  throw new Error(`workerd did not start:\n${log}`);
}

for (const date of ['2023-01-01', workerd.compatibilityDate]) {
  test(`in workerd as of ${date}: keys, limits, and reports that go with requests`, async (t) => {
    const server = await standIn(t, { block: 8 });
    const worker = await serve(t, date, { APPLICATION, CREDENTIAL, SERVER: server.url });
    const ask = async ({ text }) => {
      const answer = await fetch(worker.url, { headers: { Authorization: `Bearer ${text}` } });
      const body = await answer.json();
      return [answer.status, body.code ?? body.owner];
    };
    const scopes = ['mesh:read'];
    const good = server.issue({ scopes, ownerLimits: [{ name: 'calls', kind: 'quota', limit: 60 }] });
    assert.deepEqual(await ask(good), [200, 'cust_7'], worker.log());
    assert.deepEqual(await ask(server.issue({ scopes, owner: 'b', code: 'revoked' })), [401, 'invalid_token']);
    assert.deepEqual(await ask(server.issue({ owner: 'c' })), [403, 'insufficient_scope']);
    assert.deepEqual(await ask({ text: 'hunter2' }), [401, 'invalid_token']);

    // Many at the same time, who need more than there is on lease, and each of whom asks for himself.
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(good)));
    assert.deepEqual(answers.map(([status]) => status), Array(40).fill(200), worker.log());
    while ((await ask(good))[0] === 200);
    assert.deepEqual(await ask(good), [403, 'quota_exceeded']);
    // A request carries the report of those before it.
    const narrow = server.issue({ scopes, owner: 'd', limits: [{ name: 'requests', kind: 'rate', limit: 1000, window_seconds: 60 }] });
    while (server.used('calls').spent < 60) assert.deepEqual(await ask(narrow), [200, 'd'], worker.log());
    assert.deepEqual(server.used('calls'), { spent: 60, leased: 0 });
    assert.doesNotMatch(worker.log(), /different request|never settle|hang/i);
  });
}
