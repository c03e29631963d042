// One test of the page: a server and a browser context of its own, and the
// promise that nothing went wrong where nobody looks.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

import { CASE, STEP } from '../../limits.js';
import { KeysPage } from './keys-page.js';
import { startServer } from './server.js';
import { exposeMemory } from './traces.js';

// The demo has no business outside this computer, nor has its browser.
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
// What the browser itself says of a refused or lost request.
const NETWORK = /^Failed to load resource: /;

let browser;

/** Launches the browser for the tests of one file. */
export function useBrowser() {
  before(async () => {
    const executablePath = process.env.KEYLATCH_CHROMIUM ?? '/usr/bin/chromium';
    browser = await chromium.launch({ executablePath, args: ARGUMENTS, handleSIGTERM: false });
  });
  after(() => browser?.close());
}

/** A page of its own, with nothing in it, for a test that is not about ours. */
export async function blankPage() {
  const context = await browser.newContext();
  context.setDefaultTimeout(STEP);
  return context.newPage();
}

/**
 * Declares a test. It is given the `server`, the playwright `page`, already at
 * the sign-in form, and `keys`, the page as a person sees it. It fails as well
 * when the page breaks its Content-Security-Policy, throws an error that nobody
 * catches, or writes to the console. `options` are those of a playwright
 * context; `flags` among them are the server's, and `plain` is for a page that is not
 * ours: it is not visited yet.
 */
export function scenario(name, options, steps = options) {
  const { flags = [], plain = false, ...contextOptions } = steps === options ? {} : options;
  test(name, { timeout: CASE }, async () => {
    const starting = startServer(...flags);
    const context = await browser.newContext({ reducedMotion: 'reduce', ...contextOptions });
    context.setDefaultTimeout(STEP);
    try {
      const page = await context.newPage();
      const faults = await watch(page);
      const server = await starting;
      const keys = new KeysPage(page);
      if (!plain) {
        await page.goto(server.url);
        await keys.signedOut();
      }
      await steps({ server, page, keys, context, console: faults.console });
      assert.deepEqual(faults.of(), [], 'faults of the page');
    } finally {
      await Promise.all([context.close(), starting.then((server) => server.stop())]);
    }
  });
}

async function watch(page) {
  const errors = [];
  const messages = [];
  await page.exposeBinding('reportViolation', (_, text) => { errors.push(`violation: ${text}`); });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      window.reportViolation(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  await page.addInitScript(exposeMemory);
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
  page.on('console', (message) => messages.push(message.text()));
  return {
    console: messages,
    of: () => [...errors, ...messages.filter((text) => !NETWORK.test(text))],
  };
}
