// The conformance script in Next, built and started as for production: in a route of
// its Node runtime, in a route and a middleware of its edge runtime, and in a page that
// Chromium makes alive. Turbopack, the default, builds these. Webpack refuses code for the
// edge runtime that could compile WebAssembly, so it builds an edge route too: one of
// `pages/`, because webpack in Next 16.4 fails at any edge route of `app/`, also an empty one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { blankPage, useBrowser } from '../../browser/support/scenario.js';
import { FILE } from '../../limits.js';
import { root } from '../../packaging/project.js';
import { ALL, OFFLINE } from '../support/all.js';
import { output, project, SERVER } from '../support/project.js';

for (const name of ['next', 'react', 'react-dom']) symlinkSync(join(root, 'tests/node_modules', name), join(project.dir, 'node_modules', name), 'dir');
const program = join(project.dir, 'node_modules/next/dist/bin/next');

/** Ends the servers of Next. @type {(() => Promise<unknown>)[]} */
const ends = [];
after(() => Promise.all(ends.map((end) => end())));

const KEY = 'kl_live_OVw9TISrlSz8leNDNVRQGvZp8Lmh6f4WTo8F';
const ANSWER = 'async (request) => Response.json(await conformance(await request.json()).catch((error) => String(error?.stack ?? error)))';

const APP = {
  // Turbopack follows links, as that to Next is here, within its root only.
  'next.config.mjs': "export default { turbopack: { root: '/' } };",
  'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
  'app/route/route.js': `
    import { conformance } from '../../conformance.js';
    export const POST = ${ANSWER};
  `,
  'app/edge/route.js': `
    import { conformance } from '../../conformance.js';
    export const runtime = 'edge';
    export const POST = ${ANSWER};
  `,
  'app/guarded/route.js': `
    import { hashKey } from 'keylatch';
    import { createGuard } from 'keylatch/guard';
    import { protect } from 'keylatch/guard/next';
    export const runtime = 'edge';
    const row = { hash: hashKey('${KEY}'), id: 'key_1', owner: 'cust_7', scopes: [], createdAt: new Date(), expiresAt: null, revokedAt: null, disabled: false };
    const guard = createGuard({ lookup: (hash) => (hash === row.hash ? row : undefined) });
    export const GET = protect(guard, (request, caller) => Response.json(caller.owner));
  `,
  // Its newer name, proxy, is for Node.
  'middleware.js': `
    import { NextResponse } from 'next/server';
    import { conformance } from './conformance.js';
    export const config = { matcher: '/client' };
    export async function middleware() {
      const done = await conformance().catch((error) => String(error));
      return NextResponse.next({ headers: { 'x-done': JSON.stringify(done) } });
    }
  `,
  'app/client/alive.js': `
    'use client';
    import { useEffect, useState } from 'react';
    import { conformance } from '../../conformance.js';
    export function Alive() {
      const [done, setDone] = useState();
      // What needs no server: it is of another origin here.
      useEffect(() => void conformance().then(setDone, (error) => setDone(String(error))), []);
      return <output>{JSON.stringify(done)}</output>;
    }
  `,
  'app/client/page.js': "import { Alive } from './alive.js';\nexport default () => <Alive />;",
};

describe('Next', () => {
  let url;
  before(async () => { url = await built('app', APP); });

  test('Next, a route', () => answersAll(`${url}/route`));

  test('Next, an edge route', () => answersAll(`${url}/edge`));

  test('Next, a guarded edge route', async () => {
    const headers = { Authorization: `Bearer ${KEY}` };
    assert.equal(await (await fetch(`${url}/guarded`, { headers })).json(), 'cust_7');
    assert.equal((await fetch(`${url}/guarded`)).status, 401);
  });

  test('Next, a middleware', async () => {
    const { headers } = await fetch(`${url}/client`);
    assert.deepEqual(JSON.parse(headers.get('x-done')), OFFLINE);
  });

  useBrowser();

  test('Next, a page in Chromium', async (t) => {
    const page = await blankPage();
    t.after(() => page.context().close());
    await page.goto(`${url}/client`);
    await page.locator('output:not(:empty)').waitFor();
    assert.deepEqual(JSON.parse(await page.getByRole('status').textContent()), OFFLINE);
  });
});

test('Next, an edge route by webpack', async () => {
  const url = await built('pages', {
    'pages/api/edge.js': `
      import { conformance } from '../../conformance.js';
      export const config = { runtime: 'edge' };
      export default ${ANSWER};
    `,
  }, '--webpack');
  await answersAll(`${url}/api/edge`);
});

/** Posts where the server is to a route, which must do everything with it. */
async function answersAll(url) {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(SERVER) });
  const text = await answer.text();
  assert.equal(answer.status, 200, text.slice(0, 1000));
  assert.deepEqual(JSON.parse(text), ALL);
}

/** Builds an application of Next in a directory of the project and starts it: its address. */
async function built(directory, files, ...flags) {
  const cwd = join(project.dir, directory);
  for (const [name, text] of Object.entries(files)) project.write(join(directory, name), text.trim());
  cpSync(join(project.dir, 'conformance.js'), join(cwd, 'conformance.js'));
  const env = { NEXT_TELEMETRY_DISABLED: '1' };
  await output(process.execPath, [program, 'build', ...flags], { cwd, env, timeout: FILE });

  const port = await freePort();
  const child = spawn(process.execPath, [program, 'start', '--hostname', '127.0.0.1', '--port', String(port)], { cwd, detached: true, env: { ...process.env, ...env } });
  const closed = once(child, 'close');
  // It may have children of its own.
  ends.push(() => { process.kill(-child.pid, 'SIGKILL'); return closed; });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
  while (!/Ready in/.test(said)) {
    const [event] = await Promise.race([once(child.stdout, 'data'), closed]);
    assert.equal(typeof event, 'string', said);
  }
  return `http://127.0.0.1:${port}`;
}

/** A port that nobody has: Next takes none of the system's choice. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
