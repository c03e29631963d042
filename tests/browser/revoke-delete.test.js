// Revoking and deleting, each behind a question that names the key.

import assert from 'node:assert/strict';
import { query } from './support/database.js';
import { eventually } from './support/eventually.js';
import { masked } from './support/keys-page.js';
import { focusName, hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

const stored = async (server, name) => (await query(server.database, 'SELECT * FROM keys WHERE name = ?', [name]))[0];

scenario('revoking is asked about with the name, Cancel has the focus, and changes nothing', async ({ page, keys, server }) => {
  await keys.signIn();
  const secret = await keys.create('Old laptop');
  await keys.choose('Old laptop', 'Revoke');

  const text = await keys.confirmDialog.innerText();
  assert.match(text, /Revoke this key\?/);
  assert.match(text, /Old laptop/);
  assert.ok(text.includes(masked(secret)));
  const cancel = keys.confirmDialog.getByRole('button', { name: 'Cancel' });
  assert.equal(await hasFocus(cancel), true);
  await page.keyboard.press('Enter');
  await keys.confirmDialog.waitFor({ state: 'hidden' });

  assert.equal(await keys.state(keys.row('Old laptop')).innerText(), 'Active');
  assert.equal((await stored(server, 'Old laptop')).revoked_at, null);
  assert.equal(await server.statusWith(secret), 200);
});

scenario('a revoked key stays in the list with a cross and works no more', async ({ page, keys, server }) => {
  await keys.signIn();
  const secret = await keys.create('Old laptop');
  assert.equal(await server.statusWith(secret), 200);
  await keys.choose('Old laptop', 'Revoke');
  await keys.confirm('Revoke key');

  const active = keys.state(keys.row('Old laptop'));
  await eventually(async () => assert.equal(await active.innerText(), 'Revoked'));
  assert.equal(await active.locator('svg').getAttribute('data-icon'), 'cross');
  assert.match(await active.getAttribute('title'), /^Revoked on /);
  await keys.toast.filter({ hasText: '“Old laptop” is revoked.' }).waitFor();
  assert.equal(await server.statusWith(secret), 401);
  assert.notEqual((await stored(server, 'Old laptop')).revoked_at, null);
  const focused = await focusName(page);
  assert.equal(focused, 'Actions for Old laptop');
});

scenario('the menu offers what the state allows', async ({ keys, server }) => {
  const api = await server.api();
  await api('POST', '/v1/keys', { name: 'active' });
  const { key } = await api('POST', '/v1/keys', { name: 'revoked' });
  await api('POST', `/v1/keys/${key.id}/revoke`);
  const { key: short } = await api('POST', '/v1/keys', { name: 'expired', expires_in: 'PT1S' });
  await eventually(async () => assert.equal((await api('GET', `/v1/keys/${short.id}`)).status, 'expired'));

  await keys.signIn();
  assert.deepEqual(await keys.offers('active'), ['Details…', 'Rotate…', 'Revoke…']);
  assert.deepEqual(await keys.offers('revoked'), ['Details…', 'Delete…']);
  assert.deepEqual(await keys.offers('expired'), ['Details…', 'Delete…']);
  assert.equal(await keys.state(keys.row('expired')).innerText(), 'Expired');
});

scenario('a deleted key is gone from the list, and only a tombstone is left of it', async ({ page, keys, server }) => {
  await keys.signIn();
  await keys.create('Stays');
  await keys.create('Goes');
  await keys.choose('Goes', 'Revoke');
  await keys.confirm('Revoke key');
  await keys.choose('Goes', 'Delete');
  assert.match(await keys.confirmDialog.innerText(), /Delete this key\?[^]*Goes/);
  await keys.confirm('Delete key');

  await eventually(async () => assert.deepEqual(await keys.names(), ['Stays']));
  await keys.toast.filter({ hasText: '“Goes” is deleted.' }).waitFor();
  const rows = await query(server.database, 'SELECT * FROM keys');
  assert.equal(rows.length, 2, 'the row of the id remains, so that it is never used again');
  const tombstone = rows.find(({ deleted_at }) => deleted_at !== null);
  assert.ok(Object.values(tombstone).every((value) => !/^[0-9a-f]{64}$/.test(value)), 'the hash is wiped');
  assert.equal(await focusName(page), 'Actions for Stays');

  await page.reload();
  await keys.loaded();
  assert.deepEqual(await keys.names(), ['Stays']);
});

scenario('a refusal is said in the question, which stays open', async ({ page, keys, server }) => {
  await keys.signIn();
  await keys.create('Contested');
  await keys.choose('Contested', 'Revoke');
  await server.kill();
  await keys.confirmDialog.getByRole('button', { name: 'Revoke key' }).click();
  await keys.confirmDialog.getByRole('alert').filter({ hasText: 'could not be reached' }).waitFor();

  await server.start();
  await keys.confirm('Revoke key');
  await eventually(async () => assert.equal(await keys.state(keys.row('Contested')).innerText(), 'Revoked'));
});

scenario('a key that someone else has deleted is missed in words, and gone from the list', async ({ page, keys, server }) => {
  await keys.signIn();
  await keys.create('Shared');
  const api = await server.api();
  const { items: [key] } = await api('GET', '/v1/keys');
  await api('POST', `/v1/keys/${key.id}/revoke`);
  await api('DELETE', `/v1/keys/${key.id}`);

  await keys.choose('Shared', 'Revoke');
  await keys.confirmDialog.getByRole('button', { name: 'Revoke key' }).click();
  await eventually(async () => assert.notEqual(await keys.confirmDialog.getByRole('alert').innerText(), ''));
  await page.keyboard.press('Escape');
  await keys.confirmDialog.waitFor({ state: 'hidden' });
  await page.getByText('No API keys yet').waitFor();
  assert.equal(await focusName(page), 'API keys');
});

scenario('a key that is active after all is not deleted, and shown as active', async ({ page, keys, server }) => {
  const api = await server.api();
  await api('POST', '/v1/keys', { name: 'Alive' });
  await keys.callStates('revoked');
  await keys.signIn();
  await keys.choose('Alive', 'Delete');
  await keys.confirmDialog.getByRole('button', { name: 'Delete key' }).click();
  await keys.confirmDialog.getByRole('alert').filter({ hasText: 'active' }).waitFor();
  await page.keyboard.press('Escape');
  await eventually(async () => assert.equal(await keys.state(keys.row('Alive')).innerText(), 'Active'));
  assert.deepEqual(await keys.offers('Alive'), ['Details…', 'Rotate…', 'Revoke…']);
});
