// `cargo xtask demo`, as a person at a terminal meets it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts the command; `output` and `errors` fill up as it speaks. */
function demo(t, ...options) {
  const child = spawn('cargo', ['xtask', 'demo', '--no-open', ...options], { cwd: root });
  const said = { child, output: '', errors: '', ended: once(child, 'close') };
  child.stdout.setEncoding('utf8').on('data', (text) => (said.output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (said.errors += text));
  t.after(() => child.kill('SIGTERM'));
  return said;
}

/** The address in the one line that says it. */
async function ready(said) {
  while (!said.output.includes('\n')) {
    const [event] = await Promise.race([once(said.child.stdout, 'data'), said.ended]);
    assert.equal(typeof event, 'string', `demo ended before it was ready:\n${said.errors}`);
  }
  const [address] = said.output.match(/http:\/\/127\.0\.0\.1:\d+/) ?? [];
  assert.ok(address, said.output);
  return address;
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`serves the page until ${signal}, then ends well and leaves no server behind`, async (t) => {
    const said = demo(t, '--port', '0');
    const address = await ready(said);

    const page = await fetch(address);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<title>/);
    assert.equal((await fetch(`${address}/health`)).status, 200);

    said.child.kill(signal);
    assert.deepEqual(await said.ended, [0, null], said.errors);
    assert.equal(said.output.split('\n').length, 2, `one line:\n${said.output}`);
    await assert.rejects(fetch(address), 'nobody listens any more');
  });
}

test('a port in use is an error that names it, before anything is built', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address();

  const said = demo(t, '--port', String(port));
  assert.deepEqual(await said.ended, [1, null]);
  assert.match(said.errors, new RegExp(`port ${port} is in use.*--port 0`));
  assert.doesNotMatch(said.errors, /building|up to date/);
});
