// Every service's view: keyboard, screen reader, small screens, both themes.

import assert from 'node:assert/strict';
import { assertAccessible } from './support/axe.js';
import { eventually } from './support/eventually.js';
import { focusName } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { assertFits, SIZES } from './support/size.js';

useBrowser();

/** Takes every service through its states and calls `visit(state)` in each. */
async function everyService({ page, keys, server }, visit) {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'to begin with', scopes: ['keys:read', 'keys:write'] });

  await keys.checkBox.fill('6f1d2c1e-0000-4000-8000-000000000001');
  await page.getByRole('button', { name: 'Switch to Conduce' }).waitFor();
  await visit('keylatch, with a key of another service');

  await keys.turnTo('Luminary Cloud');
  await visit('Luminary Cloud');
  await keys.enterKey('unknown');
  await keys.keyForm.getByText('Not accepted').waitFor();
  await visit('Luminary Cloud, not accepted');
  await keys.turnTo('Lambda Cloud');
  await keys.enterKey(secret);
  await keys.keyForm.getByText('Valid').waitFor();
  await visit('Lambda Cloud, valid');

  await keys.turnTo('Conduce');
  await visit('Conduce');
  await keys.signIn();
  await keys.createButton.click();
  await visit('Conduce, create dialog');
  await keys.createDialog.getByLabel('Name').fill('deploy robot');
  await keys.submitCreate();
  await keys.revealed();
  await keys.loaded();
  await visit('Conduce, reveal dialog');
  await keys.closeReveal();
  await visit('Conduce, table');
  await keys.choose(undefined, 'Delete', keys.rowAt(0));
  await visit('Conduce, confirm dialog');
  await keys.confirm('Delete key');

  await keys.turnTo('Modelon Impact');
  await keys.enterKey('wrong');
  await keys.keyForm.getByText('does not accept').waitFor();
  await visit('Modelon Impact, refused');
  await keys.connect(secret);
  await keys.createButton.click();
  await visit('Modelon Impact, create dialog');
  await keys.submitCreate();
  await keys.revealed();
  await keys.closeReveal();
  await keys.openMenu(undefined, keys.rowAt(0));
  await visit('Modelon Impact, menu');
  await keys.menu.getByRole('menuitem', { name: 'Regenerate' }).click();
  await visit('Modelon Impact, regenerate dialog');
}

for (const colorScheme of ['light', 'dark']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    scenario(`axe finds nothing at any service: ${colorScheme}, ${size}`, { colorScheme, viewport }, async (given) => {
      await everyService(given, (state) => assertAccessible(given.page, state));
    });
  }
}

scenario('at 360 px nothing is wider than the screen, at any service', { viewport: SIZES.narrow }, async (given) => {
  await everyService(given, (state) => assertFits(given.page, state));
});

scenario('another service, a key, and its replacement with the keyboard alone', async ({ page, keys, server }) => {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'to begin with', scopes: ['keys:read', 'keys:write'] });
  const press = async (...names) => { for (const name of names) await page.keyboard.press(name); };
  const focused = (expected) => eventually(async () => assert.match(await focusName(page), expected));

  await focused(/^E-mail address$/);
  await press('Shift+Tab');
  await focused(/^Modelon Impact$/);
  await press('Shift+Tab', 'Enter');
  await focused(/^Sign in to Conduce$/);
  await press('Shift+Tab', 'Enter');
  await focused(/^Connect to Modelon Impact$/);
  await press('Tab');
  await focused(/^API key$/);
  await page.keyboard.type(secret);
  await press('Enter');
  await focused(/^Modelon Impact API keys$/);
  await keys.loaded();
  await press('Tab');
  await focused(/^Create your first key$/);
  await press('Enter');
  await focused(/^Cancel$/);
  await press('Tab', 'Enter');
  await keys.revealed();
  await press('Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter');
  await focused(/^Actions for \w+$/);

  await press('Enter', 'ArrowDown');
  await focused(/^Regenerate and replace…$/);
  await press('Enter');
  await focused(/^Cancel$/);
  await press('Tab');
  await focused(/^Regenerate and replace$/);
  await press('Enter');
  const fresh = await keys.revealed();
  await press('Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter');
  await focused(/^Actions for \w+$/);
  assert.equal(await server.statusWith(fresh), 200);
});

scenario('the row of a key without a name has a header all the same', async ({ page, keys }) => {
  await keys.turnTo('Conduce');
  await keys.signIn();
  await keys.create('deploy robot');
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 740 });
    assert.equal(await keys.table.getByRole('columnheader').count(), 5, `${width} px`);
    assert.equal(await keys.table.getByRole('rowheader').count(), 1, `${width} px`);
    assert.equal(await keys.table.getByRole('cell').count(), 4, `${width} px`);
  }
});

scenario('with the system’s own colours what a service can and cannot still differ', { forcedColors: 'active' }, async ({ page, keys }) => {
  await keys.turnTo('Lambda Cloud');
  for (const name of ['Its API can', 'Its API cannot']) {
    const sign = keys.service.getByRole('list', { name, exact: true }).locator('svg').first();
    assert.equal(await sign.isVisible(), true, name);
  }
  const current = page.locator('#services [aria-current]');
  assert.notEqual(await current.evaluate((link) => getComputedStyle(link).outlineStyle), 'none');
});
