// Lifetimes and times, as the page computes and says them.

import assert from 'node:assert/strict';
import { eventually } from './support/eventually.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

scenario('a key whose end passes while it is looked at turns into an expired one', async ({ page, keys, server }) => {
  const api = await server.api();
  const { key } = await api('POST', '/v1/keys', { name: 'short', expires_in: 'PT3S' });
  await page.clock.install();
  await page.reload();
  await keys.signIn();
  const active = keys.state(keys.row('short'));
  assert.equal(await active.innerText(), 'Active');

  await eventually(async () => assert.equal((await api('GET', `/v1/keys/${key.id}`)).status, 'expired'));
  await page.clock.fastForward('00:30');
  await eventually(async () => assert.equal(await active.innerText(), 'Expired'));
  assert.deepEqual(await keys.offers('short'), ['Details…', 'Delete…']);
});
