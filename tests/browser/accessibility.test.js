// Keyboard, screen reader, small screens, both themes.

import assert from 'node:assert/strict';
import { assertAccessible } from './support/axe.js';
import { eventually } from './support/eventually.js';
import { focusName } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { assertFits, SIZES } from './support/size.js';

useBrowser();

/** Takes the page through its states and calls `visit(state)` in each. */
async function everyState({ page, keys, server }, visit) {
  const api = await server.api();
  await keys.checkBox.fill(' Bearer kl_live_0а');
  await page.locator('li[data-code]').first().waitFor();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await visit('signed out, with faults');

  await keys.signIn();
  await page.getByText('No API keys yet').waitFor();
  await visit('empty');

  await api('POST', '/v1/keys', { name: 'active' });
  const { key: revoked } = await api('POST', '/v1/keys', { name: 'revoked, with a name that is rather long and has_one_word_that_is_longer_than_the_screen_is_wide' });
  await api('POST', `/v1/keys/${revoked.id}/revoke`);
  const { key: rotated } = await api('POST', '/v1/keys', { name: 'rotated', expires_in: 'never' });
  await api('POST', `/v1/keys/${rotated.id}/rotate`, { overlap: 'P1D' });
  await page.reload();
  await keys.loaded();
  await keys.row('active').waitFor();
  await visit('table');

  await keys.openMenu('active');
  await visit('menu');
  await page.keyboard.press('Escape');

  await keys.search.fill('nothing is called so');
  await page.getByText('No key matches').waitFor();
  await visit('nothing found');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await keys.row('active').waitFor();

  await keys.createButton.click();
  await visit('create dialog');
  await keys.createDialog.getByLabel('Duration').selectOption('never');
  await keys.submitCreate();
  await visit('create dialog with a fault and a warning');
  await keys.createDialog.getByLabel('Duration').selectOption('date');
  await keys.createDialog.getByLabel('Name').fill('new');
  await keys.submitCreate();
  await visit('create dialog with a wrong date');
  await keys.createDialog.getByLabel('Duration').selectOption('P3M');
  await keys.submitCreate();
  await keys.revealed();
  await visit('reveal dialog');
  await keys.revealDialog.getByLabel('Language').selectOption('.env');
  await visit('reveal dialog, with the lines of .env');
  await keys.closeReveal();

  await keys.choose('active', 'Rotate');
  await visit('rotate dialog');
  await keys.rotateDialog.getByRole('button', { name: 'Cancel' }).click();
  await keys.choose('active', 'Revoke');
  await visit('confirm dialog');
  await keys.confirmDialog.getByRole('button', { name: 'Cancel' }).click();

  await keys.callStates('suspended');
  await page.reload();
  await keys.loaded();
  await keys.table.getByText('Unknown').first().waitFor();
  await visit('table of keys in a state that nobody knows');

  await server.kill();
  await page.evaluate(() => document.querySelector('keylatch-keys').refresh());
  await keys.banner.waitFor();
  await visit('server down');
}

for (const colorScheme of ['light', 'dark']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    scenario(`axe finds nothing in any state: ${colorScheme}, ${size}`, { colorScheme, viewport }, async (given) => {
      await everyState(given, (state) => assertAccessible(given.page, state));
    });
  }
}

scenario('at 360 px nothing is wider than the screen, in any state', { viewport: SIZES.narrow }, async (given) => {
  await everyState(given, (state) => assertFits(given.page, state));
});

// 200 % on a screen of 1280 by 800 is this, and 768 px is a tablet upright.
for (const viewport of [{ width: 640, height: 400 }, { width: 768, height: 1024 }]) {
  scenario(`at ${viewport.width} px nothing is wider than the screen, in any state`, { viewport }, async (given) => {
    await everyState(given, (state) => assertFits(given.page, state));
  });
}

scenario('the first stop of the keyboard leads past the head of the page', async ({ page }) => {
  const first = page.locator('a, button, input, select, textarea').first();
  await first.focus();
  assert.equal(await focusName(page), 'Skip to the keys');
  assert.equal((await first.boundingBox()).width > 50, true, 'it is seen');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('Tab');
  assert.equal(await focusName(page), 'E-mail address');
});

scenario('a button at work says so, and can be read', async ({ page, keys }) => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/v1/session', async (route) => { await held; await route.continue(); });
  await page.getByRole('button', { name: 'Fill in' }).click();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Signing in…' }).waitFor();
  await assertAccessible(page, 'signing in');
  release();
  await keys.loaded();

  let goOn;
  const waits = new Promise((resolve) => { goOn = resolve; });
  await page.route('**/v1/keys', async (route) => { await waits; await route.continue(); });
  await keys.startCreate('slow');
  await keys.submitCreate();
  await keys.createDialog.getByRole('button', { name: 'Creating…' }).waitFor();
  await assertAccessible(page, 'creating');
  goOn();
  await keys.revealed();
});

scenario('a whole life of a key with the keyboard alone', async ({ page, keys, server }) => {
  const press = async (...names) => { for (const name of names) await page.keyboard.press(name); };
  const focused = (expected) => eventually(async () => assert.equal(await focusName(page), expected));

  await focused('E-mail address');
  await page.keyboard.type('demo@example.com');
  await press('Tab');
  await page.keyboard.type('reveal-once');
  await press('Enter');
  await keys.loaded();
  await focused('API keys');
  await press('Tab');
  await focused('Create your first key');
  await press('Enter');
  await focused('Name');
  await page.keyboard.type('By hand');
  await press('Tab');
  await focused('Duration');
  await press('Enter', 'Escape');
  await press('Tab');
  await focused('keys:read See your keys');
  await press('Tab', 'Tab', 'Tab');
  await focused('Create key');
  await press('Enter');

  await keys.revealDialog.waitFor();
  await focused('Copy key');
  await press('Escape', 'Escape');
  assert.equal(await keys.revealDialog.isVisible(), true);
  await press('Tab', 'Tab');
  await focused('Language');
  await press('Tab', 'Tab', 'Tab');
  await focused('I have stored this key');
  await press('Enter');
  await focused('Create API key');

  // Search, status, unused, soon, all, five columns to sort by, the row.
  await press(...Array(11).fill('Tab'));
  await focused('Select By hand');
  await press('Tab');
  await focused('By hand');
  await press('Enter');
  await focused('Close');
  await press('Enter');
  await focused('Actions for By hand');
  await press('Enter');
  await focused('Details…');
  await press('ArrowDown', 'ArrowDown');
  await focused('Revoke…');
  await press('ArrowDown');
  await focused('Details…');
  await press('End');
  await focused('Revoke…');
  await press('Home');
  await focused('Details…');
  await press('Escape');
  await focused('Actions for By hand');
  await press('ArrowUp');
  await focused('Revoke…');
  await press('Enter');
  await focused('Cancel');
  await press('Tab');
  await focused('Revoke key');
  await press('Enter');
  await focused('Actions for By hand');
  await eventually(async () => assert.equal(await keys.state(keys.row('By hand')).innerText(), 'Revoked'));

  await press('ArrowUp');
  await focused('Delete…');
  await press('Enter', 'Tab', 'Enter');
  await focused('Create your first key');
  await page.getByText('No API keys yet').waitFor();
  const api = await server.api();
  assert.deepEqual((await api('GET', '/v1/keys')).items, []);
});

scenario('the focus is always to be seen', async ({ page, keys }) => {
  await keys.signIn();
  await keys.create('seen');
  await page.evaluate(() => document.activeElement.blur());
  const stops = new Set();
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      let { activeElement: element } = document;
      while (element.shadowRoot?.activeElement) ({ activeElement: element } = element.shadowRoot);
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { name: element.id || element.className || element.tagName, seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
    });
    if (stop.name === 'BODY') continue;
    stops.add(stop.name);
    assert.equal(stop.seen, true, stop.name);
  }
  assert.ok(stops.size >= 6, [...stops].join());
});

scenario('what happens is told to screen readers', async ({ page, keys }) => {
  await keys.signIn();
  await keys.create('told');
  await keys.list.getByRole('status').filter({ hasText: '1 key' }).waitFor();
  await keys.choose('told', 'Revoke');
  await keys.confirm('Revoke key');
  await page.getByRole('status').filter({ hasText: '“told” is revoked.' }).waitFor();
  await keys.checkBox.fill('Bearer x');
  await page.getByRole('status').filter({ hasText: 'problem' }).waitFor({ state: 'attached' });
});

scenario('with the system’s own colours every state still has its sign', { forcedColors: 'active' }, async ({ page, keys }) => {
  await keys.signIn();
  await keys.create('plain');
  const icon = keys.state(keys.row('plain')).locator('svg');
  assert.equal(await icon.isVisible(), true);
  assert.notEqual(await icon.evaluate((svg) => getComputedStyle(svg).borderTopStyle), 'none');
  await page.getByRole('button', { name: 'Create API key' }).waitFor();
});
