// The conformance script in Firefox, which opens the page by itself: what was done there
// the page tells its server.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { CASE } from '../../limits.js';
import { PLACES, usePages } from '../support/pages.js';

const PREFERENCES = {
  // Whatever it wants from elsewhere goes to a port that nobody listens at.
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'network.proxy.no_proxies_on': '127.0.0.1',
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
};

const profile = realpathSync(mkdtempSync(join(tmpdir(), 'keylatch-firefox-')));
const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
writeFileSync(join(profile, 'user.js'), lines.join('\n'));

/** @type {import('node:child_process').ChildProcess | undefined} */
let firefox;

// Declared before the pages' own end, so that Firefox is gone before its pages are.
after(async () => {
  if (firefox?.pid !== undefined && firefox.exitCode === null && firefox.signalCode === null) {
    const exit = once(firefox, 'exit');
    process.kill(firefox.pid);
    await exit;
  }
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

const pages = usePages(async (url) => {
  const program = process.env.KEYLATCH_FIREFOX;
  if (!program) throw new Error('KEYLATCH_FIREFOX is not set. Run "cargo xtask test --all runtimes", or set it to the path of Firefox.');
  firefox = spawn(program, ['--headless', '--no-remote', '--profile', profile, url], { env: { ...process.env, HOME: profile }, stdio: 'ignore' });
  await once(firefox, 'spawn');
});

for (const place of PLACES) {
  test(`Firefox, ${place}`, { timeout: CASE }, () => pages.conforms(place));
}
