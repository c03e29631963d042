// The keys that an application issues: what a person decides when one is issued, and after.

import assert from 'node:assert/strict';
import { ApplicationsPage } from './support/applications-page.js';
import { assertAccessible } from './support/axe.js';
import { eventually } from './support/eventually.js';
import { picture } from './support/figures.js';
import { scenario, useBrowser } from './support/scenario.js';
import { assertFits, SIZES } from './support/size.js';

useBrowser();

const DAY = 86_400_000;
const LIVE = { environment: 'live', prefix: 'acme_live_' };
const TEST = { environment: 'test', prefix: 'acme_test_' };

/** An application, with what it is made of, on the page. */
async function withApplication({ page, keys, server }, wish = {}) {
  const api = await server.api();
  const { id } = await api('POST', '/v1/applications', { name: 'Acme API', formats: [LIVE], ...wish });
  const path = `/v1/applications/${id}`;
  return {
    apps: new ApplicationsPage(page),
    issue: (wish) => api('POST', `${path}/keys`, wish),
    issued: async () => (await api('GET', `${path}/keys`)).items,
    change: (key, wish) => api('PATCH', `${path}/keys/${key}`, wish),
    api: (method, more, body) => api(method, path + more, body),
    async open() {
      await keys.signIn();
      await page.goto(`${server.url}/#applications/${id}`);
      await page.getByRole('heading', { name: 'Acme API', level: 1 }).waitFor();
    },
  };
}

scenario('a key is issued for the environment that was chosen, first the one that the application names first', async ({ page, keys, server }) => {
  const old = { environment: 'live', prefix: 'acme_' };
  const { apps, issued, open } = await withApplication({ page, keys, server }, { formats: [LIVE, old, TEST] });
  await open();
  await apps.keys.getByRole('button', { name: 'Issue the first key' }).click();
  const environment = page.getByRole('dialog', { name: 'Issue a key' }).getByLabel('Environment');
  await assertAccessible(page, 'the choice');
  assert.deepEqual(await environment.locator('option').allTextContents(), ['Live: acme_live_…', 'Test: acme_test_…']);
  await page.keyboard.press('Escape');
  assert.match(await apps.customerKey({ name: 'robot', owner: 'cust_7' }), /^acme_live_/);
  assert.match(await apps.customerKey({ name: 'bench', owner: 'cust_7', button: 'Issue a key', environment: 'Test: acme_test_…' }), /^acme_test_/);
  assert.deepEqual((await issued()).map(({ name, environment, prefix }) => [name, environment, prefix]), [['bench', 'test', 'acme_test_'], ['robot', 'live', 'acme_live_']]);
});

scenario('where an application has one environment, nobody is asked', async ({ page, keys, server }) => {
  const { apps, issued, open } = await withApplication({ page, keys, server }, { formats: [TEST] });
  await open();
  await apps.keys.getByRole('button', { name: 'Issue the first key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Issue a key' });
  await dialog.getByLabel('Duration').waitFor();
  assert.equal(await dialog.getByLabel('Environment').count(), 0);
  await page.keyboard.press('Escape');
  assert.match(await apps.customerKey({ name: 'bench', owner: 'cust_7' }), /^acme_test_/);
  assert.equal((await issued())[0].environment, 'test');
});

/** A day as a date field has it, where the page is. */
const dayOf = (page, moment) => page.evaluate((moment) => {
  const two = (number) => String(number).padStart(2, '0');
  const date = new Date(moment);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}, +moment);
const after = (days) => Date.now() + days * DAY;

scenario('the end of a key is made earlier, and never later', async ({ page, keys, server }) => {
  const { apps, issue, issued, change, open } = await withApplication({ page, keys, server });
  const { id, expires_at: end } = await issue({ owner: 'cust_7', name: 'robot', expires_in: 'P30D' });
  await open();
  const edit = page.getByRole('dialog', { name: 'Edit key' });
  const last = edit.getByLabel('Last day');
  const save = () => edit.getByRole('button', { name: 'Save' }).click();
  const now = async () => (await issued()).find((key) => key.id === id).expires_at;
  await apps.choose(apps.keys, 'robot', 'Edit…');
  assert.equal(await last.inputValue(), await dayOf(page, new Date(end)));

  // What is not touched stays to the second.
  await edit.getByLabel('Name').fill('arm');
  await save();
  await apps.row(apps.keys, 'arm').waitFor();
  assert.equal(await now(), end);

  await apps.choose(apps.keys, 'arm', 'Edit…');
  for (const [day, sentence] of [
    [await dayOf(page, after(31)), 'The key ends before that. Choose an earlier day.'],
    [await dayOf(page, after(-1)), 'This day is over. Choose today or a later day.'],
    ['', 'Choose the last day on which the key is to work.'],
  ]) {
    await last.fill(day);
    await save();
    await edit.getByText(sentence).waitFor();
    assert.equal(await last.getAttribute('aria-invalid'), 'true');
    assert.equal(await last.evaluate((input) => input.getRootNode().activeElement === input), true);
  }
  const day = await dayOf(page, after(10));
  await last.fill(day);
  await save();
  await edit.waitFor({ state: 'hidden' });
  assert.equal(await dayOf(page, new Date(await now())), day);
  assert.equal(new Date(await now()) < new Date(end), true);
  const said = await page.evaluate((end) => new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(new Date(end)), await now());
  await apps.row(apps.keys, 'arm').getByText(said).waitFor();

  // Somebody else was faster: the server has the last word.
  await apps.choose(apps.keys, 'arm', 'Edit…');
  // The dialog shows the key as it is when it opens, which is a request after the click.
  await last.waitFor();
  await change(id, { expires_at: new Date(after(2)).toISOString() });
  await last.fill(await dayOf(page, after(5)));
  await save();
  await edit.getByRole('alert').filter({ hasText: "no key's life is extended" }).waitFor();
});

scenario('a key without an end gets one', async ({ page, keys, server }) => {
  const { apps, issue, issued, open } = await withApplication({ page, keys, server });
  await issue({ owner: 'cust_7', name: 'robot', expires_in: 'never' });
  await open();
  const edit = page.getByRole('dialog', { name: 'Edit key' });
  await apps.choose(apps.keys, 'robot', 'Edit…');
  await edit.getByText('It never ends. Once it has a last day').waitFor();
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'hidden' });
  assert.equal((await issued())[0].expires_at, null);
  await apps.choose(apps.keys, 'robot', 'Edit…');
  const day = await dayOf(page, after(40));
  await edit.getByLabel('Last day').fill(day);
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'hidden' });
  assert.equal(await dayOf(page, new Date((await issued())[0].expires_at)), day);
});

scenario('the details tell from where a key was used last, and from where it may be', async ({ page, keys, server }) => {
  const { apps, issue, issued, api, open } = await withApplication({ page, keys, server });
  const { secret } = await issue({ owner: 'cust_7', name: 'robot', allowed_addresses: ['192.0.2.0/24', '2001:db8::/32'] });
  const { secret: credential } = await api('POST', '/management-keys', { name: 'the API', scopes: ['verify'] });
  await fetch(`${server.url}/v1/verify`, {
    method: 'POST', headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' }, body: JSON.stringify({ key: secret, ip: '192.0.2.7' }),
  });
  await eventually(async () => assert.equal((await issued())[0].last_used_address, '192.0.2.7'));
  await open();
  await apps.choose(apps.keys, 'robot', 'Details…');
  const details = page.getByRole('dialog', { name: 'Details of robot' });
  assert.match(await details.innerText(), /Owner\s+cust_7[^]*Only from\s+192\.0\.2\.0\/24, 2001:db8::\/32[^]*Last used from 192\.0\.2\.7/);
});

const LONG = {
  name: 'the nightly build of the department of meshes and simulation, on the second floor of the house',
  word: 'x'.repeat(100),
  owner: 'customer_0123456789abcdef0123456789abcdef_eu-central-1@a-company-with-a-long-name.example',
  scopes: ['billing.invoices:read', 'billing.invoices:write-and-delete', 'mesh:read', 'mesh:write', 'users:manage-everything'],
};

/** What of a list of keys is drawn where it is not seen. Runs in the page. */
function misplaced(list) {
  const root = list.getRootNode();
  const faults = [];
  const boxOf = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  };
  for (const row of root.querySelectorAll('tbody tr')) {
    const { top, bottom } = row.getBoundingClientRect();
    const name = row.querySelector('[data-name]').textContent.slice(0, 20);
    for (const part of row.querySelectorAll('.title, .sub, code, time, .state, .exact, bdi')) {
      if (!part.checkVisibility()) continue;
      const box = part.getBoundingClientRect();
      if (box.top < top - 0.5 || box.bottom > bottom + 0.5) faults.push(`${part.className || part.localName} of ${name} is cut by its row`);
      if (part.scrollHeight > part.clientHeight + 1 && getComputedStyle(part).display !== 'inline') faults.push(`${part.className || part.localName} of ${name} has more lines than are seen`);
    }
    // By its end a person knows a key.
    const cell = row.querySelector('[data-column="masked"]');
    const start = cell.querySelector('.start');
    const end = boxOf(cell.querySelector('code').lastChild);
    const reach = getComputedStyle(start).overflowX === 'visible' ? boxOf(start).right : start.getBoundingClientRect().right;
    if (end.right > cell.getBoundingClientRect().right + 0.5 || end.left < reach - 0.5) faults.push(`the end of the key of ${name} is not seen`);
    // Of a grid no text is cut with an ellipsis.
    const owner = row.querySelector('[data-column="owner"]');
    const cuts = (element) => getComputedStyle(element).textOverflow === 'ellipsis' && ['block', 'inline-block'].includes(getComputedStyle(element).display);
    if (owner && boxOf(owner).right > owner.getBoundingClientRect().right + 0.5 && !cuts(owner) && !cuts(owner.firstElementChild)) faults.push(`nothing says that the owner of ${name} goes on`);
  }
  return faults;
}

scenario('long names, owners, prefixes and lists of scopes stay in their rows', async ({ page, keys, server }) => {
  const formats = [{ environment: 'live', prefix: 'acme_with_a_long_prefix_' }];
  const scopes = LONG.scopes.map((name) => ({ name, description: 'What it means' }));
  const { apps, issue, api } = await withApplication({ page, keys, server }, { formats, scopes });
  for (const name of ['short', LONG.name, LONG.word]) await issue({ owner: name === 'short' ? 'cust_7' : LONG.owner, name, scopes: name === 'short' ? [] : LONG.scopes });
  for (const name of ['short', LONG.name]) await api('POST', '/management-keys', { name, scopes: ['keys:create', 'keys:read', 'keys:revoke', 'verify'] });
  await api('PATCH', '', { name: LONG.word });
  await keys.signIn();
  await page.getByRole('link', { name: 'Applications', exact: true }).click();
  for (const size of Object.values(SIZES)) {
    await page.setViewportSize(size);
    await page.getByRole('link', { name: LONG.word }).waitFor();
    await assertFits(page, `the applications at ${size.width} px`);
  }
  await page.getByRole('link', { name: LONG.word }).click();
  await apps.row(apps.keys, 'short').waitFor();
  await apps.row(apps.management, 'short').waitFor();
  await apps.owners.getByText(LONG.owner).waitFor();
  for (const [name, size] of Object.entries(SIZES)) {
    await page.setViewportSize(size);
    // A row has its new place a frame after the table has its new width.
    await page.evaluate(async () => { for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame); });
    for (const list of [apps.keys, apps.management]) assert.deepEqual(await list.evaluate(misplaced), [], `${size.width} px`);
    await assertFits(page, `an application at ${size.width} px`);
    await picture(page, `long-names-${name}`);
    for (const action of ['Details…', 'Rotate…', 'Edit…', 'Revoke…']) {
      await apps.choose(apps.keys, LONG.word, action);
      const dialog = page.getByRole(action === 'Revoke…' ? 'alertdialog' : 'dialog');
      await dialog.waitFor();
      await assertFits(page, `${action} at ${size.width} px`);
      assert.equal(await dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth), false, `${action} at ${size.width} px`);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    }
  }
  // The whole owner is searched for, though it is as long as a key.
  await apps.keys.getByRole('searchbox').fill(LONG.owner);
  await apps.keys.getByText('2 of 3 keys').waitFor();
  assert.equal(await apps.keys.getByRole('searchbox').inputValue(), LONG.owner);
});
