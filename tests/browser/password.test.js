// Changing one's own password on the page.

import assert from 'node:assert/strict';

import { assertAccessible } from './support/axe.js';
import { DEMO } from './support/server.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

const NEXT = 'another long word';

scenario('a person changes the password, and only the new one lets in', async ({ page, keys, server }) => {
  await keys.signIn();
  const other = await server.api();
  await page.getByRole('button', { name: 'Change password' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change password' });
  const [old, next] = [dialog.getByLabel('Password now'), dialog.getByLabel('New password')];
  const send = () => dialog.getByRole('button', { name: 'Change password' }).click();
  await assertAccessible(page, 'the password dialog');

  await send();
  await dialog.getByText('Enter the password that you have now.').waitFor();
  await old.fill('wrong');
  await next.fill('short');
  await send();
  await dialog.getByText('A password has 8 characters at least.').waitFor();
  await next.fill(NEXT);
  await send();
  await dialog.getByText('The old password is wrong. Try again.').waitFor();
  assert.equal(await next.inputValue(), NEXT, 'nothing that was typed is lost');
  await old.fill(DEMO.password);
  await send();
  await page.locator('.toast').filter({ hasText: 'Your password is changed.' }).waitFor();
  const left = await Promise.all(['#password-old', '#password-new'].map((field) => page.locator(field).inputValue()));
  assert.deepEqual(left, ['', ''], 'nothing that was typed stays');

  // This session goes on, others end.
  await keys.create('still here');
  await assert.rejects(other('GET', '/v1/keys'), /session has ended/);
  const signIn = async (password) => {
    const answer = await fetch(`${server.url}/v1/session`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user: DEMO.user, password }),
    });
    return answer.status;
  };
  assert.deepEqual([await signIn(DEMO.password), await signIn(NEXT)], [401, 201]);
});

scenario('where a key lets in, there is no password to change', async ({ page, keys, server }) => {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'to begin with', scopes: ['keys:read', 'keys:write'] });
  await keys.turnTo('Modelon Impact');
  await keys.connect(secret);
  assert.equal(await page.getByRole('button', { name: 'Change password' }).isHidden(), true);
});
