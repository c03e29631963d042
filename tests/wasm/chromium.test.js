// The same specs in headless Chromium: in a page, and in a module worker. The
// real server serves them, with its Content-Security-Policy.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';

import { DEMO, startServer } from '../browser/support/server.js';

/** Fewer would mean that specs were lost on the way. */
const LEAST = 150;

// Before the tests are declared: their names come out of the browser.
const server = await startServer('--www', 'tests/wasm');
const executablePath = process.env.KEYLATCH_CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
  .catch(async (error) => {
    await server.stop();
    throw error;
  });
const page = await browser.newPage();
const faults = [];
page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
await page.goto(`${server.url}/page.html`);

// Functions for the page; what they share stands on its window.
const platforms = {
  page: {
    list: (kit) => page.evaluate(async ({ kit }) => {
      window.specs = await import('/support/browser-kit.js');
      window.kit = await window.specs.makeKit('page', kit);
      return window.specs.list(window.kit);
    }, { kit }),
    run: (spec, name) => page.evaluate(([spec, name]) => window.specs.run(window.kit, spec, name), [spec, name]),
  },
  worker: {
    list: (kit) => page.evaluate(({ kit }) => {
      const worker = new Worker('/worker.js', { type: 'module' });
      let count = 0;
      window.ask = (question) => new Promise((resolve, reject) => {
        const id = (count += 1);
        worker.addEventListener('message', function answered({ data }) {
          if (data.id !== id) return;
          worker.removeEventListener('message', answered);
          resolve(data.answer);
        });
        worker.addEventListener('error', (event) => reject(new Error(event.message || 'the worker does not start')), { once: true });
        worker.postMessage({ id, server: kit, ...question });
      });
      return window.ask({});
    }, { kit }),
    run: (spec, name) => page.evaluate(([spec, name]) => window.ask({ spec, name }), [spec, name]),
  },
};

const kit = { ...DEMO, url: server.url };
const found = {};
for (const [platform, { list }] of Object.entries(platforms)) found[platform] = await list(kit);

after(async () => {
  await browser.close();
  await server.stop();
});

for (const [platform, { run }] of Object.entries(platforms)) {
  describe(`in a ${platform}`, () => {
    before(() => assert.ok(found[platform].length >= LEAST, `only ${found[platform].length} cases`));
    for (const [spec, name] of found[platform]) {
      test(`${spec}: ${name}`, async () => {
        const failure = await run(spec, name);
        assert.equal(failure, undefined, failure);
      });
    }
    test('nothing went wrong where nobody looked', () => assert.deepEqual(faults, []));
  });
}
