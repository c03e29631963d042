// The conformance script in Next: in a route of its Node runtime, and in a page that
// Chromium makes alive. Its edge runtime is given up in Next 16, whose own build of an
// edge route fails, and it refuses any code that could compile WebAssembly.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { blankPage, useBrowser } from '../../browser/support/scenario.js';
import { root } from '../../packaging/project.js';
import { ALL, OFFLINE } from '../support/all.js';
import { project, SERVER } from '../support/project.js';

const ROUTE = `
  import { conformance } from '../../conformance.js';
  export const POST = async (request) => Response.json(await conformance(await request.json()).catch((error) => String(error?.stack ?? error)));
`;

/** The address of Next's server, and how it is ended. */
let url;
let end = () => {};
after(() => end());

before(async () => {
  for (const name of ['next', 'react', 'react-dom']) symlinkSync(join(root, 'tests/node_modules', name), join(project.dir, 'node_modules', name), 'dir');
  project.write('app/layout.js', 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;');
  project.write('app/route/route.js', ROUTE);
  project.write('app/client/alive.js', `
    'use client';
    import { useEffect, useState } from 'react';
    import { conformance } from '../../conformance.js';
    export function Alive() {
      const [done, setDone] = useState();
      // What needs no server: it is of another origin here.
      useEffect(() => void conformance().then(setDone, (error) => setDone(String(error))), []);
      return <output>{JSON.stringify(done)}</output>;
    }
  `.trim());
  project.write('app/client/page.js', "import { Alive } from './alive.js';\nexport default () => <Alive />;");

  const port = await freePort();
  // Turbopack follows no link out of the project, as that to Next is here.
  const args = [join(project.dir, 'node_modules/next/dist/bin/next'), 'dev', '--webpack', '--hostname', '127.0.0.1', '--port', String(port)];
  const child = spawn(process.execPath, args, { cwd: project.dir, detached: true, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } });
  const closed = once(child, 'close');
  // It has children of its own.
  end = () => { process.kill(-child.pid, 'SIGKILL'); return closed; };
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
  while (!/Ready in/.test(said)) {
    const [event] = await Promise.race([once(child.stdout, 'data'), closed]);
    assert.equal(typeof event, 'string', said);
  }
  url = `http://127.0.0.1:${port}`;
});

test('Next, a route', async () => {
  const answer = await fetch(`${url}/route`, { method: 'POST', body: JSON.stringify(SERVER) });
  const text = await answer.text();
  assert.equal(answer.status, 200, text.slice(0, 1000));
  assert.deepEqual(JSON.parse(text), ALL);
});

useBrowser();

test('Next, a page in Chromium', async (t) => {
  const page = await blankPage();
  t.after(() => page.context().close());
  await page.goto(`${url}/client`);
  await page.locator('output:not(:empty)').waitFor();
  assert.deepEqual(JSON.parse(await page.getByRole('status').textContent()), OFFLINE);
});

/** A port that nobody has: Next takes none of the system's choice. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
