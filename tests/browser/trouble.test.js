// The server goes away in the middle of things.

import assert from 'node:assert/strict';
import { query } from './support/database.js';
import { eventually } from './support/eventually.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

scenario('the table stays under a banner, and Retry works once the server is back', async ({ page, keys, server }) => {
  await keys.signIn();
  await keys.create('Alpha');
  await keys.create('Beta');
  await keys.search.fill('alp');
  await server.kill();
  await page.evaluate(() => document.querySelector('keylatch-keys').refresh());

  await keys.banner.getByText('could not be reached').waitFor();
  assert.deepEqual(await keys.names(), ['Alpha'], 'what was known stays');
  assert.equal(await keys.search.inputValue(), 'alp', 'what was typed stays');
  await keys.search.fill('');
  assert.deepEqual(await keys.names(), ['Beta', 'Alpha'], 'and is searched without a server');

  await server.start();
  await keys.banner.getByRole('button', { name: 'Retry' }).click();
  await keys.banner.waitFor({ state: 'hidden' });
  assert.deepEqual(await keys.names(), ['Beta', 'Alpha']);
});

scenario('a list that never came offers Retry and does not call itself empty', async ({ page, keys }) => {
  await page.route('**/v1/keys*', (route) => route.abort());
  await page.getByRole('button', { name: 'Fill in' }).click();
  await page.keyboard.press('Enter');
  await keys.banner.getByText('could not be reached').waitFor();
  assert.equal(await page.getByText('No API keys yet').isVisible(), false);
  await page.unroute('**/v1/keys*');
  await keys.banner.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('No API keys yet').waitFor();
});

scenario('a create without an answer keeps what was typed, and the next try makes one key', async ({ keys, server }) => {
  await keys.signIn();
  await keys.startCreate('Persistent', 'P6M');
  await server.kill();
  await keys.submitCreate();
  await eventually(async () => assert.notEqual(await keys.createDialog.getByRole('alert').innerText(), ''));
  assert.equal(await keys.createDialog.getByLabel('Name').inputValue(), 'Persistent');
  assert.equal(await keys.createDialog.getByLabel('Duration').inputValue(), 'P6M');

  await server.start();
  await keys.submitCreate();
  const secret = await keys.revealed();
  await keys.closeReveal();
  assert.equal(await server.statusWith(secret), 200);
  const rows = await query(server.database, 'SELECT * FROM keys WHERE deleted_at IS NULL AND revoked_at IS NULL');
  assert.equal(rows.length, 1);
});

scenario('a create whose answer is lost on the way leaves one key, and that one is shown', async ({ page, keys, server }) => {
  await keys.signIn();
  let lost = 0;
  await page.route('**/v1/keys', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  const secret = await keys.create('Once');
  assert.equal(lost, 1);
  assert.equal(await server.statusWith(secret), 200);
  assert.equal((await query(server.database, 'SELECT * FROM keys')).length, 1);
  await page.reload();
  await keys.loaded();
  assert.deepEqual(await keys.names(), ['Once']);
});

scenario('a create that nothing answers frightens nobody before the list was looked at', async ({ page, keys, server }) => {
  await keys.signIn();
  await keys.create('Before');
  const answers = keys.createDialog.getByRole('alert');
  await keys.startCreate('Nobody knows');
  await server.kill();
  await keys.submitCreate();
  await answers.filter({ hasText: 'keylatch cannot be reached. What you typed is kept: try again when it is back.' }).waitFor();
  await server.start();

  // Back again, the server still loses its answers; but its list tells what came of them.
  let isMade = true;
  await page.route(/\/v1\/keys($|\?idempotency_key)/, async (route) => {
    const method = route.request().method();
    if (method === 'GET') return route.continue();
    if (method === 'POST' && isMade) await route.fetch();
    return route.abort();
  });
  await keys.submitCreate();
  await answers.filter({ hasText: 'the key “Nobody knows” was made all the same. Nobody has seen it: revoke it in the list' }).waitFor();
  assert.deepEqual(await keys.names(), ['Nobody knows', 'Before']);
  isMade = false;
  await keys.createDialog.getByLabel('Name').fill('Nothing');
  await keys.submitCreate();
  await answers.filter({ hasText: 'The answer was lost, and no key was made. Try again.' }).waitFor();
});

scenario('a wait that the service asks for is counted down', async ({ page, keys }) => {
  await keys.signIn();
  await page.clock.install();
  await page.route('**/v1/keys', (route) => route.request().method() === 'POST'
    ? route.fulfill({ status: 429, headers: { 'retry-after': '282' }, json: { title: 'Too Many Requests' } })
    : route.continue());
  await keys.startCreate('too many');
  await keys.submitCreate();
  const dialog = keys.createDialog;
  await dialog.getByRole('alert').filter({ hasText: 'Too many requests. Try again in 4 minutes 42 seconds.' }).waitFor();
  await page.clock.fastForward('02:00');
  await dialog.getByText(/^2 minutes 4[0-2] seconds$/).waitFor();
  await page.clock.fastForward('03:00');
  await dialog.getByRole('alert').filter({ hasText: 'You can try again now.' }).waitFor();
});

scenario('a key on show outlives the server', async ({ keys, server }) => {
  await keys.signIn();
  const secret = await keys.createToReveal('On show');
  await server.kill();
  assert.equal(await keys.revealed(), secret);
  await keys.closeReveal();
  await server.start();
  assert.equal(await server.statusWith(secret), 200);
});

scenario('a list that breaks off shows what has come, and Retry brings the rest', async ({ page, keys, server }) => {
  const api = await server.api();
  for (let n = 1; n <= 120; n++) await api('POST', '/v1/keys', { name: `key ${n}` });
  const rest = /\/v1\/keys\?.*cursor=/;
  await page.route(rest, (route) => route.abort());
  await keys.signIn();
  await keys.banner.getByText(/^Only the first \d+ keys could be loaded\. .*could not be reached/).waitFor();
  assert.ok(await keys.rowAt(0).isVisible());
  await page.unroute(rest);
  await keys.banner.getByRole('button', { name: 'Retry' }).click();
  await keys.list.getByRole('status').filter({ hasText: '120 keys' }).waitFor();
});

scenario('signing out without a server says that it did not work', async ({ page, keys, server }) => {
  await keys.signIn();
  await server.kill();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('alert').filter({ hasText: 'could not be reached' }).waitFor();
  await server.start();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await keys.signInForm.waitFor();
});
