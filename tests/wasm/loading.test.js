// How the WebAssembly comes into a page: what a policy forbids is told, and a part
// that could not be loaded is loaded again by the next call.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

import { startServer } from '../browser/support/server.js';
import { CASE } from '../limits.js';

let server;
let browser;
before(async () => {
  server = await startServer('--www', 'tests/wasm');
  const executablePath = process.env.KEYLATCH_CHROMIUM ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'], handleSIGTERM: false });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page of the server's, with the package as `window.keylatch`. */
async function open(t, policy) {
  const page = await browser.newPage();
  t.after(() => page.close());
  page.setDefaultTimeout(CASE);
  if (policy) {
    const headers = { 'content-security-policy': policy };
    await page.route('**/page.html', (route) => route.fulfill({ contentType: 'text/html', headers, body: '<!doctype html>' }));
  }
  await page.goto(`${server.url}/page.html`);
  await page.evaluate(async () => { window.keylatch = await import('/keylatch/dist/index.js'); });
  return page;
}

/** How a call of the page's ends: `answer`, or what is known of the error. */
const outcome = (page, call) => page.evaluate(async (call) => {
  const { KeyClient, KeylatchError, Secret, checkKey } = window.keylatch;
  const fetch = async () => new Response(JSON.stringify({ id: 'usr_1', user: 'kim@example.com' }), { headers: { 'content-type': 'application/json' } });
  const client = () => new KeyClient({ provider: 'keylatch', baseUrl: location.origin, credential: 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms', fetch });
  const calls = {
    checkKey: () => checkKey('keylatch', 'x').ok,
    Secret: () => new Secret('x').expose(),
    KeyClient: () => client().baseUrl,
    whoami: async () => (await client().whoami()).user,
  };
  try {
    return { answer: await calls[call]() };
  } catch (error) {
    return { isOurs: error instanceof KeylatchError, code: error.code, message: error.message };
  }
}, call);

for (const call of ['checkKey', 'Secret', 'KeyClient']) {
  test(`${call}, in a page whose policy forbids WebAssembly, says what the policy lacks`, async (t) => {
    const page = await open(t, "default-src 'none'; script-src 'self'");
    const { isOurs, code, message } = await outcome(page, call);
    assert.ok(isOurs, 'it is a KeylatchError');
    assert.equal(code, 'not_started');
    assert.match(message, /Content-Security-Policy forbids it\. Add 'wasm-unsafe-eval' to its script-src\./);
  });
}

test('in a page whose policy allows WebAssembly and no other code, everything works', async (t) => {
  const page = await open(t, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
  assert.deepEqual(await outcome(page, 'checkKey'), { answer: false });
  assert.deepEqual(await outcome(page, 'whoami'), { answer: 'kim@example.com' });
});

for (const [what, respond] of [
  ['is refused', (route) => route.abort('connectionrefused')],
  ['is missing', (route) => route.fulfill({ status: 404, body: 'not found' })],
  ['is a page of a captive portal', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><p>Log in' })],
]) {
  test(`when the client's part ${what}, a call says so and the next one loads it again`, async (t) => {
    const page = await open(t);
    // Whatever is loaded from now on is the client's.
    await page.route('**/dist/**', respond);
    for (const time of ['first', 'second']) {
      const { isOurs, code, message } = await outcome(page, 'whoami');
      assert.ok(isOurs, `the ${time} call rejects with a KeylatchError`);
      assert.equal(code, 'not_started');
      assert.match(message, /could not be loaded/);
    }
    assert.deepEqual(await outcome(page, 'checkKey'), { answer: false }, 'what needs no service works meanwhile');
    await page.unroute('**/dist/**', respond);
    assert.deepEqual(await outcome(page, 'whoami'), { answer: 'kim@example.com' });
  });
}
