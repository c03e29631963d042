// The table: what it shows, finds, and says when there is nothing.

import assert from 'node:assert/strict';
import { query } from './support/database.js';
import { eventually } from './support/eventually.js';
import { focusName } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { SIZES } from './support/size.js';

useBrowser();

scenario('an account without keys is led to its first', async ({ page, keys }) => {
  await keys.signIn();
  await page.getByRole('heading', { name: 'No API keys yet' }).waitFor();
  assert.equal(await keys.table.isVisible(), false);
  await page.getByRole('button', { name: 'Create your first key' }).click();
  await keys.createDialog.waitFor();
});

scenario('the list is loading until it is loaded, and says so', async ({ page, keys }) => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/v1/keys?*', async (route) => { await held; await route.continue(); });
  await page.route('**/v1/keys', async (route) => { await held; await route.continue(); });
  await page.getByRole('button', { name: 'Fill in' }).click();
  await page.keyboard.press('Enter');
  await page.locator('.table-frame[aria-busy="true"] .skeleton').waitFor();
  assert.equal(await page.getByText('No API keys yet').isVisible(), false);
  release();
  await page.getByText('No API keys yet').waitFor();
  assert.equal(await page.locator('.table-frame').getAttribute('aria-busy'), 'false');
});

scenario('names are found in either case, states are filtered, and both can be cleared', async ({ page, keys, server }) => {
  const api = await server.api();
  for (const name of ['Alpha build', 'alpha test', 'Beta']) await api('POST', '/v1/keys', { name });
  const { items } = await api('GET', '/v1/keys?search=Beta');
  await api('POST', `/v1/keys/${items[0].id}/revoke`);
  await keys.signIn();
  const shows = (names) => eventually(async () => assert.deepEqual(await keys.names(), names));

  await shows(['Beta', 'alpha test', 'Alpha build']);
  await keys.list.getByRole('status').filter({ hasText: '3 keys · 2 active' }).waitFor();
  await keys.search.fill('ALPHA');
  await shows(['alpha test', 'Alpha build']);
  await keys.search.fill('');
  await keys.status.selectOption('Inactive');
  await shows(['Beta']);
  await keys.status.selectOption('Expired');
  await page.getByRole('heading', { name: 'No key matches' }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await shows(['Beta', 'alpha test', 'Alpha build']);

  // A new key is seen, whatever is filtered.
  await keys.search.fill('beta');
  await shows(['Beta']);
  await keys.create('Gamma');
  await shows(['Gamma', 'Beta', 'alpha test', 'Alpha build']);
  assert.equal(await keys.search.inputValue(), '');
});

scenario('the first use of a key shows, with the exact moment at hand', async ({ page, keys, server }) => {
  await keys.signIn();
  const secret = await keys.create('In use');
  assert.equal(await keys.cell(keys.row('In use'), 'Last used').innerText(), 'Never');
  assert.equal(await server.statusWith(secret), 200);
  await eventually(async () => {
    const [{ last_used_at: used }] = await query(server.database, 'SELECT last_used_at FROM keys');
    assert.notEqual(used, null);
  });

  await page.reload();
  await keys.loaded();
  const time = keys.cell(keys.row('In use'), 'Last used').locator('time');
  assert.equal(await time.innerText(), 'just now');
  const [{ last_used_at: stored }] = await query(server.database, 'SELECT last_used_at FROM keys');
  assert.equal(await time.getAttribute('datetime'), new Date(stored).toISOString());
  assert.match(await time.getAttribute('title'), new RegExp(`${new Date().getFullYear()}`));
});

scenario('a name is text, whatever it looks like', async ({ keys }) => {
  await keys.signIn();
  const name = '<img src=x onerror=alert(1)>&amp;\u200Fאב';
  await keys.create(name);
  assert.deepEqual(await keys.names(), [name]);
  await keys.choose(name, 'Revoke');
  assert.ok((await keys.confirmDialog.locator('[data-name]').textContent()) === name);
});

scenario('the table is a table with a caption, headers and one row header each', async ({ page, keys }) => {
  await keys.signIn();
  await keys.create('One');
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 740 });
    assert.equal(await keys.table.getByRole('columnheader').count(), 8, `${width} px`);
    assert.equal(await keys.table.getByRole('rowheader').count(), 1, `${width} px`);
    assert.equal(await keys.table.getByRole('cell').count(), 7, `${width} px`);
  }
});

scenario('what is filtered and sorted by is called as its column is, and the check is shown a key of this server', { viewport: SIZES.narrow }, async ({ page, keys }) => {
  await keys.signIn();
  const secret = await keys.create('One');
  const columns = await keys.table.getByRole('columnheader').allInnerTexts();
  assert.ok(columns.includes('Status'));
  assert.equal(await page.locator('label[for="status"]').innerText(), 'Status');
  const sorts = await page.getByLabel('Sort by').locator('option').allInnerTexts();
  assert.deepEqual(sorts.slice(1), ['Name', 'Status', 'Created', 'Expires', 'Last used'].flatMap((name) => [`${name} ↑`, `${name} ↓`]));
  for (const sort of sorts.slice(1)) assert.ok(columns.includes(sort.slice(0, -2)), sort);
  const states = await keys.status.locator('option').allInnerTexts();
  assert.ok(states.includes(await keys.state(keys.row('One')).innerText()));
  assert.equal(await keys.checkBox.getAttribute('placeholder'), `${secret.slice(0, 8)}…`);
});

scenario('a state that nobody knows is called so, and anything may be tried with the key', async ({ keys, server }) => {
  const api = await server.api();
  await api('POST', '/v1/keys', { name: 'Odd' });
  await keys.callStates('suspended');
  await keys.signIn();

  const state = keys.state(keys.row('Odd'));
  assert.equal(await state.innerText(), 'Unknown');
  assert.equal(await state.locator('svg').getAttribute('data-icon'), 'question');
  assert.deepEqual(await keys.offers('Odd'), ['Details…', 'Rotate…', 'Revoke…', 'Delete…']);
  // It may be in use.
  await keys.choose('Odd', 'Delete');
  assert.match(await keys.confirmDialog.innerText(), /stops working at once/);
  await keys.confirmDialog.getByRole('button', { name: 'Cancel' }).click();
  await keys.choose('Odd', 'Revoke');
  await keys.confirm('Revoke key');
  await eventually(async () => assert.equal(await state.innerText(), 'Revoked'));
});
