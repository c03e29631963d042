// Modelon Impact on the page: a key opens the list, there is one key per user,
// and a new one takes the place of the old.

import assert from 'node:assert/strict';
import { eventually } from './support/eventually.js';
import { hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { assertNoTrace, isInMemory, traces } from './support/traces.js';

useBrowser();

/** A key of Modelon's, and the page connected with it. */
async function connected({ page, keys, server }) {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'to begin with', scopes: ['keys:read', 'keys:write'] });
  await keys.turnTo('Modelon Impact');
  await keys.connect(secret);
  const own = await keys.createToReveal();
  await keys.closeReveal();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await keys.connect(own);
  return own;
}

scenario('a key opens the list, and leaves the field for the memory of the WebAssembly', async ({ page, keys, server, console }) => {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'to begin with', scopes: ['keys:read', 'keys:write'] });
  await keys.turnTo('Modelon Impact');
  assert.equal(await keys.keyField.getAttribute('autocomplete'), 'off');
  assert.equal(await keys.keyField.evaluate((input) => getComputedStyle(input).getPropertyValue('-webkit-text-security')), 'disc');
  await keys.connect(secret);

  await page.locator('#account-user').filter({ hasText: 'demo@example.com' }).waitFor();
  assert.equal(await keys.keyField.inputValue(), '');
  assertNoTrace(await traces(page), secret, 'connected');
  assert.equal(await isInMemory(page, secret), true);
  assert.equal(console.join().includes(secret), false);

  await keys.turnTo('Lambda Cloud');
  assert.equal(await isInMemory(page, secret), false, 'turning to another service wipes it');
  await keys.turnTo('Modelon Impact');
  await page.getByRole('heading', { name: 'Connect to Modelon Impact' }).waitFor();
});

scenario('a key that is refused stays in the field, with the reason', async ({ page, keys }) => {
  await keys.turnTo('Modelon Impact');
  await keys.enterKey('');
  await keys.keyForm.getByText('Paste a key.').waitFor();
  const sent = [];
  page.on('request', (request) => sent.push(request.url()));
  await keys.enterKey('a“key');
  await keys.keyForm.getByText('This is not a key for Modelon Impact').waitFor();
  assert.deepEqual(sent, [], 'what may not stand in a header is not sent');

  await keys.enterKey('wrong-by-one-character');
  await keys.keyForm.getByText('Modelon Impact does not accept this key.').waitFor();
  assert.equal(await keys.keyField.getAttribute('aria-invalid'), 'true');
  assert.equal(await keys.keyField.inputValue(), 'wrong-by-one-character');
  assert.equal(await hasFocus(keys.keyField), true);
  assert.equal(await isInMemory(page, 'wrong-by-one-character'), false);
  assert.equal(await keys.list.isVisible(), false);

  await keys.turnTo('Lambda Cloud');
  assert.equal(await keys.keyField.inputValue(), '', 'what was typed for one service is not left for another');
});

scenario('a key is regenerated with the very key that dies, and the page goes on with the new one', async ({ page, keys, server, console }) => {
  const old = await connected({ page, keys, server });
  await keys.choose(undefined, 'Regenerate and replace', keys.rowAt(0));
  const { replaceDialog } = keys;
  await replaceDialog.getByRole('status').filter({ hasText: 'Modelon Impact allows one key per user, so the old key is deleted first and stops working at once.' }).waitFor();
  assert.equal(await replaceDialog.getByRole('radio').count(), 0, 'no overlap to choose');
  await replaceDialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await server.statusWith(old), 200);

  await keys.choose(undefined, 'Regenerate and replace', keys.rowAt(0));
  await replaceDialog.getByRole('button', { name: 'Regenerate and replace' }).click();
  const fresh = await keys.revealed();
  assert.deepEqual([await server.statusWith(old), await server.statusWith(fresh)], [401, 200]);
  assert.equal(await isInMemory(page, old), false);
  assert.equal(await isInMemory(page, fresh), true, 'connected with it');
  await keys.closeReveal();
  for (const secret of [old, fresh]) assertNoTrace(await traces(page), secret, 'after closing');
  assert.equal(console.join().includes(fresh), false);

  // One row, and it can be replaced once more: the page stands on the new key.
  assert.equal(await keys.table.getByRole('rowheader').count(), 1);
  await keys.choose(undefined, 'Regenerate and replace', keys.rowAt(0));
  await replaceDialog.getByRole('button', { name: 'Regenerate and replace' }).click();
  const next = await keys.revealed();
  await keys.closeReveal();
  assert.deepEqual([await server.statusWith(fresh), await server.statusWith(next)], [401, 200]);
});

scenario('when no new key can be made, the person is told where to make one', async ({ page, keys, server }) => {
  const old = await connected({ page, keys, server });
  await page.route('**/keys', (route) => route.request().method() === 'POST'
    ? route.fulfill({ status: 403, json: { error: { code: 403, message: 'Not today.' } } })
    : route.continue());
  await keys.choose(undefined, 'Regenerate and replace', keys.rowAt(0));
  await keys.replaceDialog.getByRole('button', { name: 'Regenerate and replace' }).click();
  await keys.replaceDialog.getByRole('alert').filter({ hasText: /the old one is deleted before a new one is made, and that could not be finished.*https:\/\/impact\.modelon\.cloud\// }).waitFor();
  assert.equal(await server.statusWith(old), 401);
  await keys.replaceDialog.getByRole('button', { name: 'Cancel' }).click();
  await keys.keyForm.getByText('Your key is not accepted any more.').waitFor();
});

scenario('deleting the key that the page stands on ends the connection at the next call', async ({ page, keys, server }) => {
  const own = await connected({ page, keys, server });
  await keys.choose(undefined, 'Delete', keys.rowAt(0));
  assert.match(await keys.confirmDialog.innerText(), /stops working at once/);
  await keys.confirm('Delete key');
  assert.equal(await server.statusWith(own), 401);
  await keys.createButton.click();
  await keys.submitCreate();
  await keys.keyForm.getByText('Your key is not accepted any more. Connect with another one to go on.').waitFor();
});

scenario('nothing of the key outlives the page, whether it is left, put aside or disconnected', async ({ page, keys, server }) => {
  const own = await connected({ page, keys, server });
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await keys.keyForm.getByText('This page has forgotten your key. The key itself goes on working.').waitFor();
  assert.equal(await isInMemory(page, own), false);
  assert.equal(await server.statusWith(own), 200);

  await keys.connect(own);
  // What a browser does before it keeps the page in memory; the tests' own has no such memory.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  await keys.keyForm.waitFor();
  assert.equal(await isInMemory(page, own), false);

  await keys.connect(own);
  await page.reload();
  await page.getByRole('heading', { name: 'Connect to Modelon Impact' }).waitFor();
  assertNoTrace(await traces(page), own, 'after a reload');
});

scenario('a connection that comes when the page has turned elsewhere and back lets nobody in', async ({ page, keys, server }) => {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'to begin with', scopes: ['keys:read', 'keys:write'] });
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/users/me', async (route) => { await held; await route.continue(); });
  await keys.turnTo('Modelon Impact');
  const asked = page.waitForRequest('**/users/me');
  await keys.enterKey(secret);
  await asked;
  await keys.turnTo('Lambda Cloud');
  await keys.turnTo('Modelon Impact');
  assert.equal(await isInMemory(page, secret), true, 'on its way');
  release();
  await eventually(async () => assert.equal(await isInMemory(page, secret), false));
  assert.equal(await keys.list.isVisible(), false);
  assert.equal(await keys.keyField.inputValue(), '');
});

scenario('regenerating ends no session of keylatch', async ({ page, keys, server }) => {
  await keys.signIn();
  await connected({ page, keys, server });
  await keys.choose(undefined, 'Regenerate and replace', keys.rowAt(0));
  await keys.replaceDialog.getByRole('button', { name: 'Regenerate and replace' }).click();
  await keys.revealed();
  await keys.closeReveal();
  await keys.turnTo('keylatch');
  await keys.loaded();
  await eventually(async () => assert.deepEqual(await keys.names(), ['Modelon Impact', 'to begin with']));
});
