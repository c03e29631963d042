// Many keys: found, filtered, sorted, ended by the dozen, and smooth to scroll.

import assert from 'node:assert/strict';
import { eventually } from './support/eventually.js';
import { figure } from './support/figures.js';
import { focusName } from './support/focus.js';
import { masked } from './support/keys-page.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

const DAY = 86_400_000;
const MANY = 5000;
const PAGE = 100;

/** A server with so many keys as nobody makes in a test: its list, as its API has it. */
async function withMany(page, count = MANY) {
  const at = (days) => new Date(Date.now() - days * DAY).toISOString();
  const items = Array.from({ length: count }, (_, n) => ({
    id: `key_${String(n).padStart(20, '0')}`, name: `key ${n}`, masked: `kl_test_…${String(n).padStart(4, '0')}`, scopes: n % 3 ? [] : ['keys:read'],
    status: n % 5 === 4 ? 'revoked' : 'active', created_at: at(n / 10), expires_at: n % 2 ? at(-30) : null, last_used_at: n % 4 ? at(n / 20) : null,
    revoked_at: n % 5 === 4 ? at(1) : null, replaced_by: null,
  }));
  await page.route(/\/v1\/keys(\?|$)/, (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
    const next = from + PAGE < count ? String(from + PAGE) : null;
    return route.fulfill({ json: { items: items.slice(from, from + PAGE), next_cursor: next } });
  });
}

scenario('of 5,000 keys only those in sight are in the document, and scrolling through them is smooth', async ({ page, keys }) => {
  await withMany(page);
  await keys.signIn();
  await keys.list.getByRole('status').filter({ hasText: '5,000 keys' }).waitFor();
  assert.equal(await keys.table.getAttribute('aria-rowcount'), '5001');
  assert.ok((await keys.names()).length < 60);

  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  /** What the page has taken of the processor, whatever else runs on this computer, in milliseconds. */
  const work = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime').value * 1000;
  };
  const FRAMES = 200;
  const round = (number) => Math.round(number * 10) / 10;
  const measured = {};
  // A wheel that is turned fast, and a flick that sends more than half a screen by in each frame.
  for (const [how, pixels] of [['wheel', 120], ['flick', 400]]) {
    const before = await work();
    const lengths = await page.evaluate(async ({ frames, pixels }) => {
      const frame = document.querySelector('keylatch-keys').shadowRoot.querySelector('.table-frame');
      const turn = () => new Promise(requestAnimationFrame);
      const lengths = [];
      let last = await turn();
      for (let n = 0; n < frames; n++) {
        frame.scrollTop += pixels;
        const now = await turn();
        lengths.push(now - last);
        last = now;
      }
      return lengths;
    }, { frames: FRAMES, pixels });
    const sorted = lengths.toSorted((a, b) => a - b);
    measured[how] = { pixelsOfAFrame: pixels, workOfAFrame: round((await work() - before) / FRAMES), medianFrame: round(sorted[FRAMES / 2]), slowestOfHundred: round(sorted[Math.floor(FRAMES * 0.99)]) };
  }
  await figure('scrolling-5000-keys', { unit: 'ms', ...measured });
  const scrolled = await page.evaluate(() => document.querySelector('keylatch-keys').shadowRoot.querySelector('.table-frame').scrollTop);
  assert.ok(scrolled > 100_000, `scrolled to ${scrolled}`);
  // What is in sight is there.
  await eventually(async () => {
    const seen = await page.evaluate(() => {
      const root = document.querySelector('keylatch-keys').shadowRoot;
      const { left, top, width, height } = root.querySelector('.table-frame').getBoundingClientRect();
      return root.elementFromPoint(left + width / 2, Math.min(top + height, innerHeight) - 30)?.closest('[data-id]')?.dataset.id;
    });
    assert.match(seen ?? '', /^key_/);
  });
});

// What a cell takes of its own row makes its style one of a kind. Blink then searches all that it has kept for one to share, and
// a frame of scrolling takes three times as long. A style sheet of the browser has such rules for cells.
scenario('the style of a cell does not depend on which row it is in', async ({ page, keys }) => {
  await withMany(page, 100);
  await keys.signIn();
  await keys.list.getByRole('status').filter({ hasText: '100 keys' }).waitFor();
  const { looked, changed } = await page.evaluate(() => {
    const row = document.querySelector('keylatch-keys').shadowRoot.querySelector('tbody tr');
    const styles = () => [...row.children].flatMap((cell) => [...getComputedStyle(cell)].map((name) => [`${name} of ${cell.dataset.column}`, getComputedStyle(cell).getPropertyValue(name)]));
    const before = styles();
    // None of these goes from an element to its children unless they ask for it.
    Object.assign(row.style, { verticalAlign: 'super', borderColor: 'rgb(1, 2, 3)', backgroundColor: 'rgb(4, 5, 6)', opacity: '0.5' });
    return { looked: before.map(([name]) => name), changed: styles().filter(([, value], at) => value !== before[at][1]) };
  });
  for (const column of ['select', 'name', 'createdAt', 'actions']) assert.ok(looked.includes(`vertical-align of ${column}`), column);
  assert.deepEqual(changed, []);
});

scenario('a long list is searched, filtered, sorted and totalled without a request', async ({ page, keys }) => {
  await withMany(page);
  await keys.signIn();
  const says = (text) => keys.list.getByRole('status').filter({ hasText: text }).waitFor();
  await says('5,000 keys · 4,000 active');
  const sent = [];
  page.on('request', (request) => sent.push(request.url()));

  await keys.search.fill('key 4711');
  await says('1 of 5,000 keys');
  await keys.search.fill('key_00000000000000000042');
  await eventually(async () => assert.deepEqual(await keys.names(), ['key 42']));
  await keys.search.fill('');
  await keys.status.selectOption('Revoked');
  await says('1,000 of 5,000 keys');
  await keys.status.selectOption('All');
  await page.getByLabel('Unused for 90 days').check();
  await says(/^[\d,]+ of 5,000 keys .* unused for 90 days$/);
  await page.getByLabel('Unused for 90 days').uncheck();
  // Every second key ends in 30 days, and those that work are four of five.
  await page.getByLabel('Ends within 30 days').check();
  await says('2,000 of 5,000 keys');
  await page.getByLabel('Ends within 30 days').uncheck();

  const name = keys.table.getByRole('columnheader', { name: 'Name' });
  await name.getByRole('button').click();
  assert.equal(await name.getAttribute('aria-sort'), 'ascending');
  await eventually(async () => assert.equal((await keys.names())[0], 'key 0'));
  await name.getByRole('button').click();
  assert.equal(await name.getAttribute('aria-sort'), 'descending');
  await eventually(async () => assert.equal((await keys.names())[0], 'key 4999'));
  await name.getByRole('button').click();
  assert.equal(await name.getAttribute('aria-sort'), null);
  assert.deepEqual(sent, []);
});

scenario('the keyboard goes through a long list, and the focus stays where it is', async ({ page, keys }) => {
  await withMany(page, 200);
  await keys.signIn();
  await keys.list.getByRole('status').filter({ hasText: '200 keys' }).waitFor();
  await keys.row('key 0').getByRole('button', { name: 'Actions' }).focus();
  for (let n = 0; n < 30; n++) {
    const next = `Actions for key ${n + 1}`;
    for (let tabs = 0; tabs < 4 && await focusName(page) !== next; tabs++) await page.keyboard.press('Tab');
    assert.equal(await focusName(page), next);
  }
  await page.evaluate(() => { document.querySelector('keylatch-keys').shadowRoot.querySelector('.table-frame').scrollTop = 1e6; });
  await keys.row('key 199').waitFor();
  assert.equal(await focusName(page), 'Actions for key 30');
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight < 4000), true, 'the page is not as long as the list');
});

scenario('rows that go out of sight show the keys that come, are in order at rest, and take no menu along', async ({ page, keys }) => {
  await withMany(page, 400);
  await keys.signIn();
  await keys.list.getByRole('status').filter({ hasText: '400 keys' }).waitFor();
  const rows = () => page.evaluate(() => [...document.querySelector('keylatch-keys').shadowRoot.querySelectorAll('tbody tr')]
    .map((row) => ({ index: Number(row.ariaRowIndex), id: row.dataset.id, isKnown: row.wasThere === true })));
  const scroll = (by) => page.evaluate(async (by) => {
    const frame = document.querySelector('keylatch-keys').shadowRoot.querySelector('.table-frame');
    for (const pixels of by) {
      frame.scrollTop += pixels;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
    }
  }, by);
  await keys.openMenu('key 2');
  // From the top on the window of rows grows by those above it.
  await scroll([700]);
  await page.evaluate(() => { for (const row of document.querySelector('keylatch-keys').shadowRoot.querySelectorAll('tbody tr')) row.wasThere = true; });
  await scroll([900, 1300, 700, -400, 2000]);
  await keys.menu.waitFor({ state: 'hidden' });
  await eventually(async () => {
    const seen = await rows();
    assert.deepEqual(seen.map(({ index }) => index), seen.map((_, at) => seen[0].index + at));
    assert.equal(seen[0].index > 50, true);
    for (const { index, id, isKnown } of seen) {
      assert.equal(isKnown, true, `${id} has an element of its own`);
      assert.equal(id, `key_${String(index - 2).padStart(20, '0')}`);
    }
  });
  const row = keys.row('key 75');
  assert.match(await keys.cell(row, 'Status').innerText(), /Active/);
  assert.equal(await keys.cell(row, 'Key').innerText(), 'kl_test_…0075');
  await keys.choose(undefined, 'Details', row);
  await page.getByRole('dialog', { name: 'Details of key 75' }).waitFor();
});

scenario('the filters stand in the address, and never a key', async ({ page, keys, server }) => {
  const api = await server.api();
  for (const name of ['Alpha', 'Beta']) await api('POST', '/v1/keys', { name });
  const { key, secret } = await api('POST', '/v1/keys', { name: 'Gamma' });
  await api('POST', `/v1/keys/${key.id}/revoke`);
  await keys.signIn();
  await keys.status.selectOption('Active');
  await keys.table.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  assert.equal(new URL(page.url()).search, '?status=active&sort=name');
  await page.reload();
  await keys.loaded();
  await eventually(async () => assert.deepEqual(await keys.names(), ['Alpha', 'Beta']));
  assert.equal(await keys.status.inputValue(), 'active');

  await page.getByLabel('Ends within 30 days').check();
  assert.equal(new URL(page.url()).search, '?status=active&soon=&sort=name');
  await page.reload();
  await keys.loaded();
  await page.getByText('No key matches').waitFor();
  await page.getByLabel('Ends within 30 days').uncheck();
  await page.getByLabel('Unused for 90 days').check();
  assert.equal(new URL(page.url()).search, '?status=active&unused=&sort=name');
  await page.getByLabel('Unused for 90 days').uncheck();
  await keys.status.selectOption('All');
  await keys.search.fill(secret);
  await keys.list.getByText('Only the masked form of the key you pasted is searched for.').waitFor();
  assert.equal(await keys.search.inputValue(), masked(secret));
  assert.deepEqual(await keys.names(), ['Gamma']);
  assert.equal(decodeURIComponent(new URL(page.url()).search).includes(secret), false);
  assert.equal(new URL(page.url()).searchParams.get('search'), masked(secret));
  // The end of it alone will do, as it stands in a note.
  await keys.search.fill(secret.slice(-4));
  await eventually(async () => assert.deepEqual(await keys.names(), ['Gamma']));
  await keys.search.fill('');
  await keys.turnTo('Lambda Cloud');
  assert.equal(new URL(page.url()).search, '');
});

scenario('several keys are revoked at once, and what is left is said', async ({ page, keys, server }) => {
  const api = await server.api();
  const made = [];
  for (let n = 1; n <= 12; n++) made.push(await api('POST', '/v1/keys', { name: `job ${n}` }));
  await keys.signIn();
  await page.getByLabel('Select job 12').check();
  await page.getByLabel('Select job 11').check();
  await keys.list.getByText('2 keys selected').waitFor();
  await page.getByRole('button', { name: 'Clear selection' }).click();
  assert.equal(await page.getByLabel('Select job 12').isChecked(), false);

  await keys.search.fill('job 1');
  await page.getByLabel('Select all keys that are shown').check();
  await keys.list.getByText('4 keys selected').waitFor();
  // One of them is refused.
  await page.route(`**/v1/keys/${made[9].key.id}/revoke`, (route) => route.fulfill({ status: 403, json: {} }));
  await keys.list.getByRole('button', { name: 'Revoke…', exact: true }).click();
  const text = await keys.confirmDialog.innerText();
  assert.match(text, /Revoke 4 keys\?[^]*job 12[^]*job 11[^]*job 10[^]*job 1/);
  await keys.confirm('Revoke 4 keys');
  await keys.toast.filter({ hasText: '3 keys are revoked.' }).waitFor();
  await keys.banner.getByText('1 key is left:').waitFor();
  await keys.list.getByText('1 key selected').waitFor();
  const alive = (await api('GET', '/v1/keys?status=active')).items.map(({ name }) => name);
  assert.deepEqual(alive.sort(), ['job 10', 'job 2', 'job 3', 'job 4', 'job 5', 'job 6', 'job 7', 'job 8', 'job 9']);
  assert.equal(await server.statusWith(made[11].secret), 401);
});

scenario('the details tell what has happened, and lead from a key to its successor and back', async ({ page, keys }) => {
  await keys.signIn();
  const old = await keys.create('Pipeline');
  await keys.choose('Pipeline', 'Rotate');
  await keys.rotateDialog.getByLabel('1 day').check();
  await keys.rotateDialog.getByRole('button', { name: 'Rotate key' }).click();
  const fresh = await keys.revealed();
  await keys.closeReveal();
  const before = keys.table.getByRole('row').filter({ hasText: 'Replaced by' });
  assert.deepEqual(await keys.offers('Pipeline', before), ['Details…', 'Revoke…'], 'what is replaced is rotated no more');
  await before.getByRole('button', { name: `Replaced by ${masked(fresh)}` }).click();
  assert.equal(await focusName(page), 'Actions for Pipeline');

  const details = page.getByRole('dialog', { name: 'Details of Pipeline' });
  await keys.choose('Pipeline', 'Details', before);
  assert.match(await details.innerText(), new RegExp(`${masked(old).slice(-5)}[^]*key_\\w{20}[^]*Active[^]*Replaced by\\s+${masked(fresh)}[^]*History\\s+Created[^]*Expires`));
  await details.getByRole('button', { name: masked(fresh) }).click();
  await details.getByText(`Took the place of ${masked(old)}`).waitFor();
  await details.getByRole('button', { name: 'Revoke…' }).click();
  await keys.confirm('Revoke key');
  await eventually(async () => assert.equal(await keys.state(keys.rowAt(0)).innerText(), 'Revoked'));
  // What a revoked key would have lived is not counted any more.
  assert.match(await keys.cell(keys.rowAt(0), 'Expires').innerText(), /^—/);
});

scenario('on paper the list is whole', async ({ page, keys }) => {
  await withMany(page, 300);
  await keys.signIn();
  await keys.list.getByRole('status').filter({ hasText: '300 keys' }).waitFor();
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  assert.equal((await keys.names()).length, 300);
  assert.equal(await keys.checkBox.isVisible(), false);
  assert.equal(await keys.search.isVisible(), false);
  for (const part of [keys.services, keys.service, page.locator('#account'), page.getByRole('link', { name: 'Skip to the keys' })]) assert.equal(await part.isVisible(), false);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.ok((await keys.names()).length < 60);
});
