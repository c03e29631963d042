// How soon something useful is seen on a slow line, and what comes over it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure, picture } from './support/figures.js';
import { hasFocus } from './support/focus.js';
import { blankPage, scenario, useBrowser } from './support/scenario.js';
import { DEMO, startServer } from './support/server.js';

useBrowser();

test('the first useful view on a slow line, measured', async (t) => {
  const server = await startServer();
  const page = await blankPage();
  t.after(() => Promise.all([server.stop(), page.context().close()]));
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50 * 1024, uploadThroughput: 50 * 1024 });
  const sizes = new Map();
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await page.addInitScript(() => {
    // From the first frame in which the form can be filled in and sent.
    const look = () => document.querySelector('#sign-in:not([hidden])')?.checkVisibility() ? performance.mark('useful') : requestAnimationFrame(look);
    look();
  });
  const bare = [];
  page.on('console', (message) => bare.push(message.text()));
  await page.goto(server.url, { waitUntil: 'commit' });
  await page.waitForFunction(() => performance.getEntriesByName('useful').length > 0);
  const useful = await page.evaluate(() => performance.getEntriesByName('useful')[0].startTime);
  const [requests, bytes] = [sizes.size, [...sizes.values()].reduce((sum, size) => sum + size, 0)];
  await picture(page, 'first-view');
  assert.equal(await page.locator('#service-card').isVisible() && !(await page.locator('#service-title').innerText()), false, 'nothing half-drawn');
  await page.waitForFunction(() => performance.getEntriesByName('at rest').length > 0);
  await figure('first-view', { latency: 400, bytesPerSecond: 50 * 1024, useful: Math.round(useful), requests, bytes, requestsInAll: sizes.size, unit: 'ms' });
  assert.ok(requests < 30 && bytes < 150 * 1024, `${requests} requests, ${bytes} bytes`);
  assert.deepEqual(bare, [], 'a first visit logs nothing');
});

// Two steps: the document, and what it names. More of either is a wait of its own on a slow line.
scenario('the form is there with the document and the four files that it names first', async ({ page, keys, server }) => {
  const needed = ['page.css', 'main.js', 'dom.js', 'hint.js'];
  const document = await (await fetch(server.url)).text();
  for (const file of needed) assert.ok(document.includes(`"${file}"`), file);
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route((url) => !['', ...needed].includes(url.pathname.slice(1)), async (route) => { await held; await route.continue(); });
  await page.reload({ waitUntil: 'commit' });
  await keys.signInForm.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.getByLabel('E-mail address').fill(DEMO.user);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('#sign-in')).display), 'grid', 'it has its looks');
  release();
  await keys.signedOut();
});

scenario('what is sent before the package is here is sent once it is', async ({ page, keys }) => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/keylatch/**', async (route) => { await held; await route.continue(); });
  await page.reload({ waitUntil: 'commit' });
  await page.getByLabel('E-mail address').fill(DEMO.user);
  await page.getByLabel('Password', { exact: true }).fill(DEMO.password);
  await page.keyboard.press('Enter');
  assert.equal(new URL(page.url()).search, '', 'nothing of it stands in the address');
  release();
  await keys.loaded();
});

scenario('what is typed before the package is here stays, and so does the focus', async ({ page, keys }) => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/keylatch/**', async (route) => { await held; await route.continue(); });
  await page.reload({ waitUntil: 'commit' });
  const [user, password] = [page.getByLabel('E-mail address'), page.getByLabel('Password', { exact: true })];
  await password.fill('half a passw');
  await user.pressSequentially('demo@');
  release();
  await keys.signedOut();
  assert.deepEqual([await user.inputValue(), await password.inputValue()], ['demo@', 'half a passw']);
  assert.equal(await hasFocus(user), true);
});

scenario('the card of the service is not seen before there is anything in it', async ({ page, keys }) => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/service-card.js', async (route) => { await held; await route.continue(); });
  await page.reload({ waitUntil: 'commit' });
  await keys.signIn();
  assert.equal(await keys.service.isVisible(), false);
  release();
  await keys.service.getByRole('heading', { name: 'keylatch' }).waitFor();
});

scenario('a page without its package says so', async ({ page }) => {
  await page.route('**/keylatch/**', (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await page.getByText(/The page could not start: .* Build the package with “cargo xtask build”, then reload\./).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Sign in' }).isVisible(), false);
});

scenario('a second visit asks of each file whether it has changed, and downloads none', async ({ page }) => {
  const answers = [];
  page.on('response', (response) => answers.push([new URL(response.url()).pathname, response.status(), response.headers()]));
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.dataReceived', ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.reload();
  await page.waitForFunction(() => performance.getEntriesByName('at rest').length > 0);
  const scripts = answers.filter(([path]) => path.endsWith('.js'));
  assert.ok(scripts.length > 5);
  for (const [path, , headers] of scripts) assert.ok(headers.etag, path);
  assert.ok(bytes < 20_000, `${bytes} bytes`);
});
