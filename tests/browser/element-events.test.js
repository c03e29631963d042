// What `keylatch/element` tells the page that it is in, and what that page may set of its filters.

import assert from 'node:assert/strict';
import { inPage, signedIn } from './support/element-page.js';
import { eventually } from './support/eventually.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

const HTML = inPage('examples/element-html');

scenario('events tell what was done, and never the key as text', HTML, async ({ page, keys, server }) => {
  await page.addInitScript(() => {
    window.heard = [];
    for (const name of ['loaded', 'created', 'stored', 'rotated', 'revoked', 'deleted', 'checked', 'filtered']) {
      addEventListener(`keylatch-${name}`, ({ detail }) => window.heard.push([name, JSON.stringify(detail), String(detail.secret ?? '')]));
    }
  });
  await signedIn(page, server);
  const first = await keys.create('heard');
  await keys.choose('heard', 'Rotate');
  await keys.rotateDialog.getByRole('button', { name: 'Rotate key' }).click();
  const second = await keys.revealed();
  await keys.closeReveal();
  await keys.choose('heard', 'Revoke', keys.rowAt(0));
  await keys.confirm('Revoke key');
  await keys.choose('heard', 'Delete', keys.rowAt(0));
  await keys.confirm('Delete key');
  await keys.checkBox.fill(first);
  await keys.search.fill(first);
  const heard = await page.evaluate(() => window.heard);
  assert.deepEqual(heard.map(([name]) => name), ['loaded', 'created', 'stored', 'rotated', 'stored', 'revoked', 'deleted', 'checked', 'filtered']);
  const told = JSON.stringify(heard);
  for (const secret of [first, second]) assert.equal(told.includes(secret.slice(8, -4)), false);
  assert.equal(await keys.search.inputValue(), `kl_test_…${first.slice(-4)}`);
});

scenario('events tell what failed, and which service the person wants', HTML, async ({ page, keys, server }) => {
  await page.addInitScript(() => {
    window.heard = [];
    addEventListener('keylatch-error', ({ detail: { action, error } }) => window.heard.push([action, error.code]));
    addEventListener('keylatch-service', ({ detail }) => window.heard.push(['service', detail.provider]));
  });
  const api = await server.api();
  const ids = [];
  for (const name of ['one', 'two', 'three']) ids.push((await api('POST', '/v1/keys', { name })).key.id);
  await signedIn(page, server);
  await keys.loaded();
  const heard = async () => JSON.parse(await page.evaluate(() => JSON.stringify(window.heard.splice(0))));
  const refuse = (path, method) => page.route((url) => url.pathname === path, (route) => route.request().method() === method ? route.fulfill({ status: 403, json: {} }) : route.fallback());

  await refuse('/v1/keys', 'POST');
  await keys.startCreate('four');
  await keys.submitCreate();
  await keys.createDialog.getByRole('alert').filter({ hasText: /./ }).waitFor();
  await page.keyboard.press('Escape');
  assert.deepEqual(await heard(), [['create', 'forbidden']]);

  for (const [action, button, dialog] of [['rotate', 'Rotate key', keys.rotateDialog], ['revoke', 'Revoke key', keys.confirmDialog]]) {
    await refuse(`/v1/keys/${ids[0]}/${action}`, 'POST');
    await keys.choose('one', action === 'rotate' ? 'Rotate' : 'Revoke');
    await dialog.getByRole('button', { name: button }).click();
    await dialog.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(await heard(), [[action, 'forbidden']]);
  }

  // Of several at once, each that is left.
  await refuse(`/v1/keys/${ids[1]}/revoke`, 'POST');
  await page.getByLabel('Select all keys that are shown').check();
  await keys.list.getByRole('button', { name: 'Revoke…', exact: true }).click();
  await keys.confirm('Revoke 3 keys');
  await keys.banner.getByText('2 keys are left:').waitFor();
  assert.deepEqual(await heard(), [['revoke', 'forbidden'], ['revoke', 'forbidden']]);

  await refuse(`/v1/keys/${ids[2]}`, 'DELETE');
  await keys.choose('three', 'Delete');
  await keys.confirmDialog.getByRole('button', { name: 'Delete key' }).click();
  await keys.confirmDialog.getByRole('alert').filter({ hasText: /./ }).waitFor();
  await page.keyboard.press('Escape');
  await refuse('/v1/keys', 'GET');
  await page.evaluate(() => document.querySelector('keylatch-keys').refresh());
  await keys.banner.getByRole('button', { name: 'Retry' }).waitFor();
  await eventually(async () => assert.deepEqual(await page.evaluate(() => window.heard), [['delete', 'forbidden'], ['list', 'forbidden']]));
  await heard();

  await page.evaluate(() => { document.querySelector('keylatch-keys').services = ['keylatch', 'conduce']; });
  await keys.checkBox.fill('6f1d2c1e-0000-4000-8000-000000000001');
  await page.getByRole('button', { name: 'Switch to Conduce' }).click();
  assert.deepEqual(await heard(), [['service', 'conduce']]);
});

scenario('a filter that a page does not set stays as it is', HTML, async ({ page, keys, server }) => {
  const api = await server.api();
  for (const name of ['Alpha', 'Beta', 'Gamma']) await api('POST', '/v1/keys', { name });
  await signedIn(page, server);
  await keys.loaded();
  const set = (filters) => page.evaluate((filters) => {
    const element = document.querySelector('keylatch-keys');
    element.filters = filters;
    return element.filters;
  }, filters);
  assert.deepEqual(await set({ search: 'a', sort: '-name' }), { search: 'a', status: 'all', unused: false, soon: false, sort: '-name' });
  assert.deepEqual(await keys.names(), ['Gamma', 'Beta', 'Alpha']);
  assert.deepEqual(await set({ search: 'm' }), { search: 'm', status: 'all', unused: false, soon: false, sort: '-name' });
  assert.deepEqual(await set({ status: 'revoked' }), { search: 'm', status: 'revoked', unused: false, soon: false, sort: '-name' });
  assert.deepEqual(await set({ search: '', status: 'all' }), { search: '', status: 'all', unused: false, soon: false, sort: '-name' });
  assert.deepEqual(await keys.names(), ['Gamma', 'Beta', 'Alpha']);
});
