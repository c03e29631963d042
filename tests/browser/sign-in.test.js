// Signing in and out, and losing the session in between.

import assert from 'node:assert/strict';
import { query } from './support/database.js';
import { eventually } from './support/eventually.js';
import { hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { DEMO } from './support/server.js';

useBrowser();

scenario('a wrong password is refused in words, and the address stays', async ({ page, server }) => {
  const user = page.getByLabel('E-mail address');
  const password = page.getByLabel('Password', { exact: true });
  await user.fill(DEMO.user);
  await password.fill('not-the-password');
  await page.keyboard.press('Enter');

  await page.getByRole('alert').filter({ hasText: 'The e-mail address or the password is wrong.' }).waitFor();
  assert.equal(await user.inputValue(), DEMO.user);
  assert.equal(await hasFocus(password), true);
  assert.deepEqual(await query(server.database, 'SELECT * FROM sessions'), []);
});

scenario('whoever has tried too often is told how long to wait, and that runs down', async ({ page }) => {
  await page.route('**/v1/session', (route) => route.fulfill({ status: 429, headers: { 'retry-after': '2' }, json: {} }));
  await page.getByLabel('E-mail address').fill(DEMO.user);
  await page.getByLabel('Password', { exact: true }).fill('not-the-password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'Too many requests. Try again in 2 seconds.' }).waitFor();
  await page.locator('#sign-in .wait').filter({ hasText: /^[12] seconds?$/ }).waitFor();
  await page.getByRole('alert').filter({ hasText: 'You can try again now.' }).waitFor();
});

scenario('what is missing is said at its field, and nothing is sent', async ({ page }) => {
  const sent = [];
  page.on('request', (request) => sent.push(request.url()));
  await page.getByRole('button', { name: 'Sign in' }).click();

  for (const [label, message] of [['E-mail address', 'Enter your e-mail address.'], ['Password', 'Enter your password.']]) {
    const field = page.getByLabel(label, { exact: true });
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const described = await field.getAttribute('aria-describedby');
    assert.equal(await page.locator(`#${described}`).innerText(), message);
  }
  assert.equal(await hasFocus(page.getByLabel('E-mail address')), true);
  assert.deepEqual(sent, []);
});

scenario('password managers know the fields, and the demo account can be filled in', async ({ page, keys }) => {
  assert.equal(await page.getByLabel('E-mail address').getAttribute('autocomplete'), 'username');
  assert.equal(await page.getByLabel('Password', { exact: true }).getAttribute('autocomplete'), 'current-password');
  await page.getByRole('button', { name: 'Fill in' }).click();
  await page.keyboard.press('Enter');
  await keys.loaded();
});

scenario('a session outlives a reload, ends with "Sign out", and no script can read it', async ({ page, keys, server }) => {
  await keys.signIn();
  assert.equal(await page.evaluate(() => document.cookie), '');
  await page.reload();
  await keys.loaded();
  assert.equal((await query(server.database, 'SELECT * FROM sessions')).length, 1);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await keys.signInForm.waitFor();
  assert.equal(await keys.list.isVisible(), false);
  assert.deepEqual(await query(server.database, 'SELECT * FROM sessions'), []);
  await page.reload();
  await keys.signInForm.waitFor();
});

scenario('a session that ends in the middle asks to sign in, and brings back what was typed', async ({ page, keys, context }) => {
  await keys.signIn();
  await keys.startCreate('half typed', 'P1Y');
  await context.clearCookies();
  await keys.submitCreate();

  await keys.signInForm.getByText('Your session has ended. Sign in again to go on.').waitFor();
  assert.equal(await keys.createDialog.isVisible(), false);
  await page.getByLabel('Password', { exact: true }).fill(DEMO.password);
  await page.keyboard.press('Enter');

  await keys.createDialog.waitFor();
  assert.equal(await keys.createDialog.getByLabel('Name').inputValue(), 'half typed');
  assert.equal(await keys.createDialog.getByLabel('Duration').inputValue(), 'P1Y');
  await keys.submitCreate();
  await keys.revealed();
  await keys.closeReveal();
  await eventually(async () => assert.deepEqual(await keys.names(), ['half typed']));
});

scenario('a session that has ended when the list is loaded anew asks to sign in', async ({ page, keys, context }) => {
  await keys.signIn();
  await context.clearCookies();
  await page.evaluate(() => document.querySelector('keylatch-keys').refresh());
  await keys.signInForm.getByText('Your session has ended.').waitFor();
});

scenario('a page that cannot reach its server says so and tries again', async ({ page, keys }) => {
  await keys.signIn();
  await page.route('**/v1/account', (route) => route.abort());
  await page.reload();
  await page.getByText('could not be reached').waitFor();
  await page.unroute('**/v1/account');
  await page.getByRole('button', { name: 'Retry' }).click();
  await keys.loaded();
});
