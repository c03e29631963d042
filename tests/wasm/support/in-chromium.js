// The specs in headless Chromium. The real server serves them, with its
// Content-Security-Policy.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { chromium } from 'playwright-core';

import { DEMO, startServer } from '../../browser/support/server.js';
import { CASE } from '../../limits.js';
import { readVectors } from './vectors.js';

/** Fewer would mean that specs were lost on the way. */
const LEAST = 450;

// How cases are listed and run, by functions for the page. What these share
// stands on its window.
const PLATFORMS = {
  page: {
    list: (page, given) => page.evaluate(async (given) => {
      window.specs = await import('/support/browser-kit.js');
      window.kit = await window.specs.makeKit('page', given);
      return window.specs.list(window.kit);
    }, given),
    run: (page, spec, name) => page.evaluate(([spec, name]) => window.specs.run(window.kit, spec, name), [spec, name]),
  },
  worker: {
    // With Trusted Types, which the server asks of its own page, no text is the address of a worker.
    prepare: (page) => page.route('**/page.html', async (route) => {
      const response = await route.fetch();
      const policy = response.headers()['content-security-policy'].replace(/; require-trusted-types-for.*/, '');
      await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
    }),
    list: (page, given) => page.evaluate((given) => {
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
        worker.postMessage({ id, given, ...question });
      });
      return window.ask({});
    }, given),
    run: (page, spec, name) => page.evaluate(([spec, name]) => window.ask({ spec, name }), [spec, name]),
  },
};

/** Declares a test for each case, in a `page` or in a module `worker`. */
export async function testInChromium(platform) {
  const { prepare, list, run } = PLATFORMS[platform];
  // Before the tests are declared: their names come out of the browser.
  const server = await startServer('--www', 'tests/wasm');
  const ends = [() => server.stop()];
  const end = async () => { for (const one of ends.splice(0).reverse()) await one(); };
  try {
    const executablePath = process.env.KEYLATCH_CHROMIUM ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'], handleSIGTERM: false });
    ends.push(() => browser.close());
    const page = await browser.newPage();
    page.setDefaultTimeout(CASE);
    const faults = [];
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
    await prepare?.(page);
    await page.goto(`${server.url}/page.html`);
    const cases = await list(page, { server: { ...DEMO, url: server.url }, vectors: await readVectors() });

    describe(`in a ${platform}`, () => {
      after(end);
      test('no spec was lost on the way', () => assert.ok(cases.length >= LEAST, `only ${cases.length} cases`));
      for (const [spec, name] of cases) {
        test(`${spec}: ${name}`, async () => {
          const failure = await run(page, spec, name);
          assert.equal(failure, undefined, failure);
        });
      }
      test('nothing went wrong where nobody looked', () => assert.deepEqual(faults, []));
    });
  } catch (error) {
    await end();
    throw error;
  }
}
