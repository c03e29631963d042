// Rotating: a successor, and how long the old key lives on.

import assert from 'node:assert/strict';
import { query } from './support/database.js';
import { eventually } from './support/eventually.js';
import { masked } from './support/keys-page.js';
import { focusName, hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

const HOUR = 3600 * 1000;

scenario('without an overlap the old key dies as the new one appears', async ({ page, keys, server }) => {
  await keys.signIn();
  const old = await keys.create('Pipeline', 'P30D');
  await keys.choose('Pipeline', 'Rotate');
  await keys.rotateDialog.getByText('The old key stops working at once.').waitFor();
  await keys.rotateDialog.getByRole('button', { name: 'Rotate key' }).click();
  const fresh = await keys.revealed();
  await keys.closeReveal();

  assert.notEqual(fresh, old);
  assert.equal(await server.statusWith(old), 401);
  assert.equal(await server.statusWith(fresh), 200);
  await eventually(async () => assert.deepEqual(await keys.table.locator('[data-word]').allTextContents(), ['Active', 'Revoked']));
  assert.deepEqual(await keys.names(), ['Pipeline', 'Pipeline']);
  assert.equal(await keys.cell(keys.table.getByRole('row').nth(1), 'Key').innerText(), masked(fresh));

  const [before, after] = await query(server.database, 'SELECT * FROM keys ORDER BY seq');
  assert.equal(before.replaced_by, after.id);
  assert.equal(before.expires_at, after.expires_at, 'neither life is extended');
  // The row of the new key has the focus.
  assert.equal(await hasFocus(keys.rowAt(0).getByRole('button', { name: 'Actions for Pipeline' })), true);
});

scenario('with an overlap both work, and the old one says that it is replaced', async ({ keys, server }) => {
  await keys.signIn();
  const old = await keys.create('Pipeline');
  await keys.choose('Pipeline', 'Rotate');
  await keys.rotateDialog.getByLabel('1 hour').check();
  await keys.rotateDialog.getByRole('button', { name: 'Rotate key' }).click();
  const fresh = await keys.revealed();
  await keys.closeReveal();

  assert.equal(await server.statusWith(old), 200);
  assert.equal(await server.statusWith(fresh), 200);
  const previous = keys.table.getByRole('row').filter({ hasText: old.slice(-4) });
  await previous.getByText('Replaced by').waitFor();
  assert.equal(await keys.state(previous).innerText(), 'Active');
  assert.match(await keys.cell(previous, 'Expires').innerText(), /^in (1 hour|60 minutes)/);

  const api = await server.api();
  const { items } = await api('GET', '/v1/keys');
  const end = new Date(items.find(({ replaced_by }) => replaced_by).expires_at) - Date.now();
  assert.ok(end > 0 && end <= HOUR, `the old key ends in ${end} ms`);
});

scenario('when the old key could not be revoked, the new one is shown with a warning', async ({ page, keys, server }) => {
  await keys.signIn();
  const old = await keys.create('Pipeline');
  await page.route('**/revoke', (route) => route.fulfill({ status: 403, json: {} }));
  await keys.choose('Pipeline', 'Rotate');
  await keys.rotateDialog.getByRole('button', { name: 'Rotate key' }).click();
  const fresh = await keys.revealed();
  await keys.revealDialog.getByRole('alert').filter({ hasText: 'could not be revoked and still works' }).waitFor();
  await keys.closeReveal();
  assert.deepEqual([await server.statusWith(old), await server.statusWith(fresh)], [200, 200]);

  await keys.create('without a warning');
  assert.equal(await keys.revealDialog.getByRole('alert').count(), 0);
});

scenario('each choice says what happens to the old key', async ({ keys, server }) => {
  const api = await server.api();
  await api('POST', '/v1/keys', { name: 'three months' });
  await api('POST', '/v1/keys', { name: 'two days', expires_in: 'P2D' });
  await api('POST', '/v1/keys', { name: 'endless', expires_in: 'never' });
  await keys.signIn();
  const cases = [
    ['three months', 'Not at all', /stops working at once/],
    ['three months', '1 hour', /works until .*so there is time/],
    ['three months', '7 days', /works until .*so there is time/],
    ['two days', '1 day', /works until .*so there is time/],
    ['two days', '7 days', /works until its own end/],
    ['endless', '7 days', /works until .*so there is time/],
  ];
  for (const [name, choice, expected] of cases) {
    await keys.choose(name, 'Rotate');
    await keys.rotateDialog.getByLabel(choice).check();
    assert.match(await keys.rotateDialog.getByRole('status').innerText(), expected, `${name}, ${choice}`);
    await keys.rotateDialog.getByRole('button', { name: 'Cancel' }).click();
  }
  await keys.choose('endless', 'Rotate');
  assert.match(await keys.rotateDialog.innerText(), /no expiry either/);
  assert.equal(await keys.rotateDialog.getByLabel('Not at all').isChecked(), true, 'each time from the start');
});

scenario('a key that was revoked elsewhere is refused in the dialog, and then shown as it is', async ({ page, keys, server }) => {
  await keys.signIn();
  await keys.create('Contested');
  const api = await server.api();
  const { items: [key] } = await api('GET', '/v1/keys');
  await api('POST', `/v1/keys/${key.id}/revoke`);
  await keys.choose('Contested', 'Rotate');
  await keys.rotateDialog.getByRole('button', { name: 'Rotate key' }).click();
  await keys.rotateDialog.getByRole('alert').filter({ hasText: 'not active' }).waitFor();
  assert.equal(await keys.state(keys.row('Contested')).innerText(), 'Active', 'while the reason is read nothing moves');
  await page.keyboard.press('Escape');
  await keys.rotateDialog.waitFor({ state: 'hidden' });
  await eventually(async () => assert.equal(await keys.state(keys.row('Contested')).innerText(), 'Revoked'));
  await eventually(async () => assert.equal(await focusName(page), 'Actions for Contested'));
  assert.deepEqual(await keys.offers('Contested'), ['Details…', 'Delete…']);
});
