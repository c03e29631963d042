// Pictures of eight states for a person to look at: target/screenshots/. What is not to
// be seen in one is a test elsewhere.

import assert from 'node:assert/strict';
import { picture } from './support/figures.js';
import { scenario, useBrowser } from './support/scenario.js';
import { SIZES } from './support/size.js';

useBrowser();

for (const [look, options] of Object.entries({
  wide: { viewport: SIZES.wide },
  dark: { viewport: SIZES.wide, colorScheme: 'dark' },
  narrow: { viewport: SIZES.narrow },
})) {
  scenario(`eight states: ${look}`, options, async ({ page, keys, server }) => {
    const states = [];
    const shows = async (state) => {
      states.push(state);
      await picture(page, `${look}-${states.length}-${state.replaceAll(' ', '-')}`);
    };
    const api = await server.api();
    await keys.checkBox.fill('curl -H "Authorization: Bearer kl_live_0а"');
    await shows('signed out');
    await keys.checkBox.fill('');
    await keys.signIn();
    await page.getByText('No API keys yet').waitFor();
    await shows('empty');
    for (const name of ['Laptop', 'Nightly build']) await api('POST', '/v1/keys', { name, scopes: ['keys:read'] });
    const { key: revoked } = await api('POST', '/v1/keys', { name: 'A name that is rather long and has_one_word_that_is_longer_than_the_screen_of_a_telephone' });
    await api('POST', `/v1/keys/${revoked.id}/revoke`);
    const { key: rotated } = await api('POST', '/v1/keys', { name: 'Pipeline', expires_in: 'never' });
    await api('POST', `/v1/keys/${rotated.id}/rotate`, { overlap: 'P1D' });
    await page.reload();
    await keys.loaded();
    await page.getByLabel('Select Laptop').check();
    await shows('table');
    await keys.openMenu('Laptop');
    await shows('menu');
    await page.keyboard.press('Escape');
    await keys.startCreate('New', 'never');
    await shows('create');
    await keys.submitCreate();
    await keys.revealed();
    await shows('reveal');
    await keys.closeReveal();
    await keys.choose('Pipeline', 'Details', keys.rowAt(1));
    await shows('details');
    await page.keyboard.press('Escape');
    await server.kill();
    await page.evaluate(() => document.querySelector('keylatch-keys').refresh());
    await keys.banner.waitFor();
    await shows('server down');
    assert.equal(states.length, 8);
  });
}
