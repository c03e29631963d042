// The APIs of examples/ with a guard before them, started as a reader would start
// them, and called with good, bad, revoked and narrow keys.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { request as undici } from 'undici';

import { generateKey } from '../../pkg/dist/node/index.js';
import { issueKey } from '../../pkg/dist/node/guard.js';
import { APPLICATION, CREDENTIAL, prefixed, standIn } from '../guard/support/stand-in.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['@hono/node-server', 'express', 'hono', 'next', 'react', 'react-dom'];
let directory;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keylatch-apis-'));
  await cp(join(ROOT, 'examples'), directory, { recursive: true });
  await cp(join(ROOT, 'tests/examples/support/worker.mjs'), join(directory, 'worker.mjs'));
  await mkdir(join(directory, 'node_modules/@hono'), { recursive: true });
  await symlink(join(ROOT, 'pkg'), join(directory, 'node_modules/keylatch'), 'dir');
  for (const name of PACKAGES) await symlink(join(ROOT, 'tests/node_modules', name), join(directory, 'node_modules', name), 'dir');
});

after(() => rm(directory, { recursive: true, force: true }));

/** The processes that run: none outlives the tests. */
const running = new Set();
process.on('exit', () => { for (const child of running) process.kill(-child.pid, 'SIGKILL'); });
process.once('SIGTERM', () => process.exit(143));

/** Starts a program and gives its output, by line. */
function start(t, args, { cwd = directory, env = {} } = {}) {
  const child = spawn(process.execPath, args, { cwd, detached: true, env: { PATH: process.env.PATH, HOME: directory, ...env } });
  running.add(child);
  const closed = once(child, 'close').then(() => running.delete(child));
  t.after(() => {
    process.kill(-child.pid, 'SIGTERM');
    return closed;
  });
  let text = '';
  let wake = () => {};
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => { text += more; wake(); });
  closed.then(() => wake('closed'));
  return async function says(pattern) {
    for (let ended; ;) {
      const found = pattern.exec(text);
      if (found) return found;
      assert.ok(!ended, `it has ended: ${text}`);
      ended = await new Promise((resolve) => (wake = resolve));
    }
  };
}

const bearer = (key) => ({ Authorization: `Bearer ${key}` });
const refused = async (url, init, status, code) => {
  const answer = await fetch(url, init);
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  assert.equal(JSON.parse(text).code, code);
};

/** What every API refuses. */
async function refusesBadKeys(url) {
  await refused(url, {}, 401, 'no_credential');
  await refused(url, { headers: bearer('hunter2') }, 401, 'invalid_token');
  await refused(url, { headers: bearer(generateKey('test').expose()) }, 401, 'invalid_token');
  await refused(url, { headers: bearer(generateKey('live').expose()) }, 401, 'invalid_token');
  await refused(url, { headers: { Authorization: 'Bearer' } }, 400, 'invalid_request');
}

/** Unknown keys until there are no more to be had. */
async function refusesGuessing(url, headers = {}) {
  const statuses = new Set();
  for (let times = 0; times < 70; times++) statuses.add((await fetch(url, { headers: { ...headers, ...bearer(generateKey('test').expose()) } })).status);
  assert.deepEqual([...statuses], [401, 429]);
}

test('every example has a test here, in examples.test.js or among those of the browser', async () => {
  const tests = await Promise.all(['apis.test.js', 'examples.test.js', '../browser/element.test.js'].map((name) => readFile(new URL(name, import.meta.url), 'utf8')));
  const names = (await readdir(join(ROOT, 'examples')));
  assert.deepEqual(names.filter((name) => !tests.some((text) => text.includes(`'${name}'`) || text.includes(`/${name}'`))), []);
});

test('an Express API: it issues keys, takes them, and ends them', async (t) => {
  const says = start(t, ['express-api.mjs'], { env: { PORT: '0' } });
  const [, url, admin] = await says(/^(http:\S+)\n(kl_test_\w+)\n/m);
  const call = (path, key, init = {}) => fetch(url + path, { ...init, headers: { ...bearer(key), 'Content-Type': 'application/json' } });
  const issue = async (body) => (await call('/keys', admin, { method: 'POST', body: JSON.stringify(body) })).json();

  const [good, narrow] = [await issue({ owner: 'cust_7', scopes: ['mesh:read'] }), await issue({ owner: 'cust_8', scopes: [] })];
  assert.deepEqual(await (await call('/meshes', good.key)).json(), { owner: 'cust_7', meshes: ['wing', 'hull'] });
  await refusesBadKeys(`${url}/meshes`);
  await refused(`${url}/meshes`, { headers: bearer(narrow.key) }, 403, 'insufficient_scope');
  await refused(`${url}/keys`, { method: 'POST', headers: bearer(good.key) }, 403, 'insufficient_scope');
  const faulty = await call('/keys', admin, { method: 'POST', body: '{"owner":"cust_7","expiresIn":"soon"}' });
  assert.deepEqual([faulty.status, (await faulty.json()).detail.slice(0, 10)], [422, 'expiresIn:']);

  assert.equal((await call(`/keys/${good.id}`, admin, { method: 'DELETE' })).status, 204);
  await refused(`${url}/meshes`, { headers: bearer(good.key) }, 401, 'invalid_token');
  assert.equal((await call('/keys/key_unknown', admin, { method: 'DELETE' })).status, 404);
  await refusesGuessing(`${url}/meshes`);
  assert.equal((await call('/meshes', admin)).status, 200, 'a key that is known still works');
});

/** The same request by three clients: status and body. */
const CLIENTS = {
  fetch: async (url, key) => {
    const answer = await fetch(url, { headers: bearer(key) });
    return [answer.status, await answer.json(), answer.headers.get('retry-after')];
  },
  undici: async (url, key) => {
    const { statusCode, headers, body } = await undici(url, { headers: bearer(key) });
    return [statusCode, await body.json(), headers['retry-after'] ?? null];
  },
  curl: async (url, key) => {
    const { stdout } = await promisify(execFile)('curl', ['-s', '-H', `Authorization: Bearer ${key}`, '-w', '\n%{http_code} %header{retry-after}', url]);
    const [, body, status, retryAfter] = /^(.*)\n(\d+) (.*)$/s.exec(stdout);
    return [Number(status), JSON.parse(body), retryAfter === '' ? null : retryAfter];
  },
};

test('an Express API whose keys stand at keylatch-server: good, bad, revoked, narrow and exhausted ones', async (t) => {
  const server = await standIn(t);
  const scopes = ['mesh:read', 'mesh:write'];
  const [good, revoked, narrow, exhausted, slow] = [
    server.issue({ scopes, ownerLimits: [{ name: 'calls', kind: 'quota', limit: 100 }] }), server.issue({ scopes, code: 'revoked' }), server.issue({ owner: 'cust_8' }),
    server.issue({ owner: 'cust_9', scopes, limits: [{ name: 'trial', kind: 'quota', limit: 7 }] }),
    server.issue({ owner: 'cust_10', scopes, limits: [{ name: 'requests', kind: 'rate', limit: 3, window_seconds: 3600 }] }),
  ];
  const says = start(t, ['served-api.mjs'], { env: { PORT: '0', KEYLATCH_URL: server.url, KEYLATCH_APPLICATION: APPLICATION, KEYLATCH_MANAGEMENT_KEY: CREDENTIAL } });
  const [url] = await says(/^http:\S+/m);
  const meshes = `${url}/meshes`;

  let left = 100;
  for (const [client, call] of Object.entries(CLIENTS)) {
    left -= 1;
    assert.deepEqual(await call(meshes, good.text), [200, { owner: 'cust_7', plan: 'pro', left: [`calls: ${left}`] }, null], client);
    for (const [{ text }, status, code, retryAfter] of [
      [revoked, 401, 'invalid_token', null], [{ text: 'hunter2' }, 401, 'invalid_token', null], [{ text: generateKey(prefixed('acme_live_')).expose() }, 401, 'invalid_token', null],
      [narrow, 403, 'insufficient_scope', null],
    ]) {
      const [found, problem, wait] = await call(meshes, text);
      assert.deepEqual([found, problem.code, wait], [status, code, retryAfter], client);
    }
  }
  await refused(meshes, {}, 401, 'no_credential');

  const post = { method: 'POST', headers: bearer(exhausted.text) };
  assert.equal((await fetch(meshes, post)).status, 201);
  await refused(meshes, post, 403, 'quota_exceeded');
  const [status, body] = await CLIENTS.fetch(meshes, exhausted.text);
  assert.deepEqual([status, body.left], [200, ['trial: 1']], 'what is left is enough for less');
  for (const [client, call] of Object.entries(CLIENTS)) assert.equal((await call(meshes, slow.text))[0], 200, client);
  for (const [client, call] of Object.entries(CLIENTS)) {
    const [status, { code, 'violated-policies': policies }, retryAfter] = await call(meshes, slow.text);
    assert.deepEqual([status, code, policies], [429, 'rate_limited', ['requests']], client);
    assert.ok(Number(retryAfter) > 0, `${client}: ${retryAfter}`);
  }
});

test('a Hono worker: its keys stand in a KV namespace', async (t) => {
  const rows = join(directory, 'rows.json');
  const [good, revoked] = [issueKey({ format: 'test', owner: 'cust_7', scopes: ['mesh:read'] }), issueKey({ format: 'test', owner: 'cust_8', scopes: ['mesh:read'] })];
  revoked.row.revokedAt = new Date();
  await writeFile(rows, JSON.stringify([good.row, revoked.row]));
  const says = start(t, ['worker.mjs', 'hono-worker.mjs', rows]);
  const [url] = await says(/^http:\S+/m);

  const answer = await fetch(`${url}/meshes`, { headers: bearer(good.key.expose()) });
  assert.deepEqual(await answer.json(), { owner: 'cust_7', meshes: ['wing', 'hull'] });
  await refusesBadKeys(`${url}/meshes`);
  await refused(`${url}/meshes`, { headers: bearer(revoked.key.expose()) }, 401, 'invalid_token');
  await refused(`${url}/meshes`, { method: 'POST', headers: bearer(good.key.expose()) }, 403, 'insufficient_scope');
  await refusesGuessing(`${url}/meshes`, { 'cf-connecting-ip': '192.0.2.7' });
});

test('a Next route: its keys stand in a file', async (t) => {
  const cwd = join(directory, 'next-route');
  const issue = async (...words) => (await promisify(execFile)(process.execPath, ['issue.mjs', ...words], { cwd })).stdout.trim();
  const [good, revoked, narrow] = [await issue('cust_7', 'mesh:read'), await issue('cust_8', 'mesh:read'), await issue('cust_9')];
  const rows = JSON.parse(await readFile(join(cwd, 'keys.json'), 'utf8'));
  assert.deepEqual(rows.map(({ owner, scopes }) => [owner, scopes]), [['cust_7', ['mesh:read']], ['cust_8', ['mesh:read']], ['cust_9', []]]);
  rows[1].revokedAt = new Date();
  await writeFile(join(cwd, 'keys.json'), JSON.stringify(rows));

  const port = await freePort();
  // Turbopack follows no link out of the project, as those to the packages are here.
  const next = join(directory, 'node_modules/next/dist/bin/next');
  const says = start(t, [next, 'dev', '--webpack', '--hostname', '127.0.0.1', '--port', String(port)], { cwd, env: { NEXT_TELEMETRY_DISABLED: '1' } });
  await says(/Ready in/);
  const url = `http://127.0.0.1:${port}/meshes/wing`;
  const answer = await fetch(url, { headers: bearer(good) });
  assert.deepEqual(await answer.json(), { id: 'wing', owner: 'cust_7' });
  await refusesBadKeys(url);
  await refused(url, { headers: bearer(revoked) }, 401, 'invalid_token');
  await refused(url, { headers: bearer(narrow) }, 403, 'insufficient_scope');
});

/** A port that nobody has: Next takes none of the system's choice. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
