// Services that can only say whether a key works: Lambda Cloud and Luminary Cloud.

import assert from 'node:assert/strict';
import { eventually } from './support/eventually.js';
import { hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { assertNoTrace, isInMemory, traces } from './support/traces.js';

useBrowser();

const SERVICES = [
  { title: 'Lambda Cloud', path: '/api/v1/instances', header: 'authorization', value: (key) => `Bearer ${key}` },
  { title: 'Luminary Cloud', path: '/rest/v0/pipelines', header: 'x-api-key', value: (key) => key },
];

for (const { title, path, header, value } of SERVICES) {
  scenario(`${title} accepts a key or does not, and the page keeps nothing of it`, async ({ page, keys, server, console }) => {
    const api = await server.api();
    const { key, secret } = await api('POST', '/v1/keys', { name: 'asked about' });
    const answer = keys.keyForm.getByRole('status').filter({ hasText: /./ });
    await keys.turnTo(title);

    const asked = page.waitForRequest((request) => new URL(request.url()).pathname === path);
    await keys.enterKey(` ${secret}\n`);
    assert.equal((await (await asked).allHeaders())[header], value(secret));
    await answer.filter({ hasText: `Valid: ${title} accepts ${key.masked}.` }).waitFor();
    assert.equal(await answer.locator('use').getAttribute('href'), '#icon-check');
    assert.equal(await keys.keyField.inputValue(), '');
    assert.equal(await hasFocus(keys.keyField), true);
    assertNoTrace(await traces(page), secret, 'accepted');
    assert.equal(await isInMemory(page, secret), false);
    assert.equal(console.join().includes(secret), false);

    await keys.keyField.fill('x');
    assert.equal(await answer.isVisible(), false, 'the answer was about another text');
    await api('POST', `/v1/keys/${key.id}/revoke`);
    for (const refused of [secret, secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0'), 'undefined-as-a-key']) {
      await keys.enterKey(refused);
      await answer.filter({ hasText: `Not accepted: ${title} does not know this key, or no longer.` }).waitFor();
      assert.equal(await answer.locator('use').getAttribute('href'), '#icon-cross');
      assert.equal(await keys.keyField.inputValue(), refused, 'to be put right');
      await keys.keyField.fill('');
    }
  });
}

scenario('a service that cannot be reached says so, and the key stays to be sent again', async ({ keys, server }) => {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'asked about' });
  await keys.turnTo('Lambda Cloud');
  await server.kill();
  await keys.enterKey(secret);
  await keys.keyForm.getByRole('alert').filter({ hasText: 'could not be reached' }).waitFor();
  assert.equal(await keys.keyField.inputValue(), secret);
  await server.start();
  await keys.keyField.press('Enter');
  await keys.keyForm.getByText('Valid: Lambda Cloud accepts').waitFor();
});

scenario('an answer that comes after a change of service is told to nobody', async ({ page, keys, server }) => {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'asked about' });
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/api/v1/instances', async (route) => { await held; await route.continue(); });
  await keys.turnTo('Lambda Cloud');
  await keys.enterKey(secret);
  await keys.turnTo('Luminary Cloud');
  assert.equal(await keys.keyForm.getByRole('button', { name: 'Ask Luminary Cloud' }).isEnabled(), true, 'nobody waits for it');
  // Read to its end, or given up on the way: both may be.
  const over = new Promise((resolve) => {
    for (const event of ['requestfinished', 'requestfailed']) {
      page.on(event, (request) => { if (request.url().endsWith('/api/v1/instances')) resolve(); });
    }
  });
  release();
  await over;
  await eventually(async () => assert.equal(await isInMemory(page, secret), false));
  assert.equal(await keys.keyForm.getByText(/accept/).isVisible(), false);
  assert.equal(await keys.keyField.inputValue(), '');
});

scenario('the demo leads to where a key can be made', async ({ page, keys }) => {
  await keys.turnTo('Lambda Cloud');
  await keys.keyForm.getByRole('link', { name: 'Make one at keylatch' }).click();
  await keys.signInForm.waitFor();
});
