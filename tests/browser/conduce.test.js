// Conduce on the page: a password for a session, keys without an end, and
// deleting as the only way to end one.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { query } from './support/database.js';
import { eventually } from './support/eventually.js';
import { hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { DEMO } from './support/server.js';
import { assertNoTrace, isInMemory, traces } from './support/traces.js';

useBrowser();

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The status that Conduce's own check of the browser's session answers with. */
const session = (page) => page.evaluate(async () => (await fetch('/conduce/api/v1/user/validate-session')).status);

scenario('a key is created, seen once, listed by its end, and deleted while it is active', async ({ page, keys, server }) => {
  await keys.turnTo('Conduce');
  await keys.signIn();
  await page.getByText('No API keys yet').waitFor();
  const secret = await keys.createToReveal('deploy robot');
  assert.match(secret, UUID);
  const told = await keys.revealDialog.innerText();
  assert.match(told, /the only time that you see the key of deploy robot/);
  assert.match(told, /Conduce itself lists whole keys to whoever is signed in/);
  assert.doesNotMatch(told, /nobody can show it again/);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    keys.revealDialog.getByRole('button', { name: 'Download as .env' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'conduce.env');
  assert.equal(await readFile(await download.path(), 'utf8'), `CONDUCE_API_KEY=${secret}\n`);
  await keys.closeReveal();
  assert.equal(await server.statusWith(secret), 200);

  const row = keys.rowAt(0);
  const masked = `…${secret.slice(-4)}`;
  await eventually(async () => assert.match(await keys.cell(row, 'Created').innerText(), /^just now/));
  assert.equal(await row.getByRole('rowheader').innerText(), masked);
  assert.equal(await keys.state(row).innerText(), 'Unknown');
  assertNoTrace(await traces(page), secret, 'after closing');

  await keys.choose(undefined, 'Delete', row);
  assert.match(await keys.confirmDialog.innerText(), /Delete this key\?[^]*stops working at once[^]*cannot be undone/);
  assert.equal(await keys.confirmDialog.locator('[data-name]').innerText(), masked);
  assert.equal(await hasFocus(keys.confirmDialog.getByRole('button', { name: 'Cancel' })), true);
  await keys.confirm('Delete key');
  await page.getByText('No API keys yet').waitFor();
  assert.equal(await server.statusWith(secret), 401);
  await keys.toast.filter({ hasText: `“${masked}” is deleted.` }).waitFor();
});

scenario('of two keys the right one is deleted, and Cancel deletes none', async ({ page, keys, server }) => {
  await keys.turnTo('Conduce');
  await keys.signIn();
  const [first, second] = [await keys.create('first'), await keys.create('second')];
  const row = keys.table.getByRole('row').filter({ hasText: first.slice(-4) });
  await keys.choose(undefined, 'Delete', row);
  await page.keyboard.press('Enter');
  assert.deepEqual([await server.statusWith(first), await server.statusWith(second)], [200, 200]);
  await keys.choose(undefined, 'Delete', row);
  await keys.confirm('Delete key');
  await eventually(async () => assert.equal(await keys.table.getByRole('rowheader').count(), 1));
  assert.deepEqual([await server.statusWith(first), await server.statusWith(second)], [401, 200]);
});

scenario('a wrong password is refused in words', async ({ page, keys }) => {
  await keys.turnTo('Conduce');
  await page.getByLabel('E-mail address').fill(DEMO.user);
  await page.getByLabel('Password', { exact: true }).fill('not-the-password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'The e-mail address or the password is wrong.' }).waitFor();
  assert.equal(await keys.list.isVisible(), false);
});

scenario('a session that ends in the middle is renewed without asking', async ({ page, keys, context }) => {
  await keys.turnTo('Conduce');
  await keys.signIn();
  await keys.startCreate('goes on');
  await context.clearCookies();
  assert.equal(await session(page), 401);
  await keys.submitCreate();
  await keys.revealed();
  assert.equal(await session(page), 200);
});

scenario('being signed in to one service signs nobody out of the other', async ({ page, keys }) => {
  await keys.signIn();
  await keys.create('of keylatch');
  await keys.turnTo('Conduce');
  await keys.signIn();
  await keys.create('of Conduce');

  await keys.turnTo('keylatch');
  await keys.loaded();
  await eventually(async () => assert.deepEqual(await keys.names(), ['of Conduce', 'of keylatch'], 'still signed in, and the keys of all APIs are in one list'));
  assert.equal(await session(page), 200, 'nor has coming back ended the session of Conduce');
});

scenario('turning to another service forgets the password, and so does Disconnect', async ({ page, keys }) => {
  await keys.turnTo('Conduce');
  await keys.signIn();
  assert.equal(await isInMemory(page, DEMO.password), true, 'kept for a session that has to be renewed');
  await keys.turnTo('Lambda Cloud');
  assert.equal(await isInMemory(page, DEMO.password), false);
  await keys.turnTo('Conduce');
  await page.getByRole('heading', { name: 'Sign in to Conduce' }).waitFor();

  await keys.signIn();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('This page has forgotten you. Conduce has no call for signing out, so its session ends by itself.').waitFor();
  assert.equal(await isInMemory(page, DEMO.password), false);
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in to Conduce' }).waitFor();
});

scenario('a password that was typed for one service is not left for the next', async ({ page, keys }) => {
  await page.getByLabel('Password', { exact: true }).fill('for keylatch only');
  await keys.turnTo('Conduce');
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
});

scenario('a server that does not stand in for a service says how it would', { flags: ['--facade', 'lambda'] }, async ({ page, keys, server }) => {
  await keys.turnTo('Conduce');
  await page.getByLabel('E-mail address').fill(DEMO.user);
  await page.getByLabel('Password', { exact: true }).fill(DEMO.password);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'This server does not stand in for Conduce. Start keylatch-server with --facade conduce.' }).waitFor();
  for (const [title, id] of [['Modelon Impact', 'modelon'], ['Luminary Cloud', 'luminary']]) {
    await keys.turnTo(title);
    await keys.enterKey('any-key-at-all');
    await keys.keyForm.getByRole('alert').filter({ hasText: `This server does not stand in for ${title}. Start keylatch-server with --facade ${id}.` }).waitFor();
  }
  assert.deepEqual(await query(server.database, 'SELECT * FROM sessions'), []);
});
