// "Create API key": the name, the lifetime, and what can be wrong with them.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { holds, query } from './support/database.js';
import { eventually } from './support/eventually.js';
import { masked } from './support/keys-page.js';
import { hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

const DAY = 86400 * 1000;

scenario('a new key has three months, a masked row, and only its hash in the database', async ({ keys, server }) => {
  await keys.signIn();
  await keys.createButton.click();
  assert.equal(await keys.createDialog.getByLabel('Duration').inputValue(), 'P3M');
  assert.equal(await hasFocus(keys.createDialog.getByLabel('Name')), true);
  await keys.createDialog.getByLabel('Name').fill('  Nightly build ');
  await keys.submitCreate();
  const secret = await keys.revealed();
  await keys.closeReveal();

  assert.match(secret, /^kl_(live|test)_[0-9A-Za-z]{36}$/);
  const row = keys.row('Nightly build');
  assert.equal(await keys.cell(row, 'Key').innerText(), masked(secret));
  assert.equal(await keys.state(row).innerText(), 'Active');
  assert.match(await keys.cell(row, 'Created').innerText(), /^just now/);
  assert.match(await keys.cell(row, 'Expires').innerText(), /^in 3 months/);
  assert.equal(await keys.cell(row, 'Last used').innerText(), 'Never');

  const [stored] = await query(server.database, 'SELECT * FROM keys');
  const hash = createHash('sha256').update(secret).digest('hex');
  assert.ok(Object.values(stored).some((value) => value === hash), 'the SHA-256 is stored');
  assert.equal(stored.name, 'Nightly build');
  assert.equal(await holds(server.database, hash), true, 'the search through the files finds what is there');
  assert.equal(await holds(server.database, secret), false, 'the key is stored nowhere');
  assert.equal(await holds(server.database, secret.slice(8, 38)), false, 'nor its random part');
});

scenario('every lifetime arrives at the server as it was chosen', async ({ page, keys, server }) => {
  await keys.signIn();
  const api = await server.api();
  const now = new Date();
  const months = (count) => {
    const end = new Date(now);
    end.setUTCMonth(end.getUTCMonth() + count);
    return end;
  };
  const cases = [
    ['P7D', new Date(+now + 7 * DAY)],
    ['P30D', new Date(+now + 30 * DAY)],
    ['P3M', months(3)],
    ['P6M', months(6)],
    ['P1Y', months(12)],
  ];
  for (const [lifetime, expected] of cases) {
    await keys.create(lifetime, lifetime);
    const { items: [key] } = await api('GET', `/v1/keys?search=${lifetime}`);
    const difference = Math.abs(new Date(key.expires_at) - expected);
    // The last days of a month are not in every month.
    assert.ok(difference < 4 * DAY && (lifetime.endsWith('M') || difference < 60_000), `${lifetime}: ${key.expires_at}`);
  }

  await keys.startCreate('until a day', 'date');
  const day = new Date(+now + 40 * DAY).toISOString().slice(0, 10);
  await keys.createDialog.getByLabel('Last day').fill(day);
  await keys.submitCreate();
  await keys.revealed();
  await keys.closeReveal();
  const { items: [dated] } = await api('GET', '/v1/keys?search=until');
  const endOfDay = await page.evaluate((text) => new Date(`${text}T23:59:59`).getTime(), day);
  assert.equal(new Date(dated.expires_at).getTime(), endOfDay);

  await keys.startCreate('for ever', 'never');
  await keys.createDialog.getByText('This key works until someone revokes it').waitFor();
  await keys.submitCreate();
  await keys.revealed();
  await keys.closeReveal();
  const { items: [endless] } = await api('GET', '/v1/keys?search=for%20ever');
  assert.equal(endless.expires_at, null);
  assert.equal(await keys.cell(keys.row('for ever'), 'Expires').innerText(), 'Never');
});

scenario('a key manages keys when that is asked for, and else tells whose it is and no more', async ({ page, keys, server }) => {
  await keys.signIn();
  const calls = async (secret) => {
    const headers = { authorization: `Bearer ${secret}` };
    const answers = await Promise.all(['/v1/account', '/v1/keys'].map((path) => fetch(server.url + path, { headers })));
    return answers.map(({ status }) => status);
  };
  assert.deepEqual(await calls(await keys.createToReveal('a program')), [200, 403]);
  await keys.closeReveal();

  await keys.startCreate('the command');
  for (const scope of ['keys:read', 'keys:write']) await keys.createDialog.getByLabel(scope).check();
  await keys.submitCreate();
  assert.deepEqual(await calls(await keys.revealed()), [200, 200]);
  await keys.closeReveal();
  const stored = await query(server.database, 'SELECT name, scopes FROM keys ORDER BY name');
  assert.deepEqual(stored, [{ name: 'a program', scopes: '[]' }, { name: 'the command', scopes: '["keys:read","keys:write"]' }]);
  // The next key is asked about afresh.
  await keys.createButton.click();
  assert.equal(await keys.createDialog.getByLabel('keys:write').isChecked(), false);
});

scenario('a faulty name or day is said at the field, and nothing is sent or lost', async ({ page, keys }) => {
  await keys.signIn();
  const sent = [];
  page.on('request', (request) => sent.push(request.url()));
  const name = keys.createDialog.getByLabel('Name');
  const day = keys.createDialog.getByLabel('Last day');
  const now = new Date();
  const cases = [
    { name: '', message: 'Give the key a name, so that you know it later.' },
    { name: '   ', message: 'Give the key a name, so that you know it later.' },
    { name: '\u200b', message: 'Give the key a name, so that you know it later.' },
    { name: '\u2060 \u00ad\u3164\u2800', message: 'Give the key a name, so that you know it later.' },
    { name: 'x'.repeat(101), message: 'A name has 100 characters at most; this one has 101.' },
    { name: '😀'.repeat(101), message: 'A name has 100 characters at most; this one has 101.' },
    { name: 'a\tb', message: 'A name has no tabs or other control characters.' },
    { name: 'a\u202eb', message: 'A name has no tabs or other control characters.' },
    { name: 'fine', day: '', message: 'Choose the last day on which the key is to work.' },
    { name: 'fine', day: '2020-02-02', message: 'This day is over. Choose today or a later day.' },
    { name: 'fine', day: `${now.getFullYear() + 11}-01-01`, message: 'A key lives 10 years at most. Choose an earlier day, or no expiry.' },
  ];
  await keys.createButton.click();
  for (const wrong of cases) {
    await name.fill(wrong.name);
    await keys.createDialog.getByLabel('Duration').selectOption(wrong.day === undefined ? 'P3M' : 'date');
    if (wrong.day !== undefined) await day.fill(wrong.day);
    await keys.submitCreate();

    const field = wrong.day === undefined ? name : day;
    await keys.createDialog.getByText(wrong.message).waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true', wrong.message);
    assert.equal(await hasFocus(field), true, wrong.message);
    assert.equal(await name.inputValue(), wrong.name, wrong.message);
    if (wrong.day !== undefined) assert.equal(await day.inputValue(), wrong.day, wrong.message);
  }
  assert.deepEqual(sent, []);
});

scenario('an end that is far is warned of, and a date says when it is over', async ({ keys }) => {
  await keys.signIn();
  await keys.startCreate('far', 'date');
  const dialog = keys.createDialog;
  const year = new Date().getFullYear();
  await dialog.getByLabel('Last day').fill(`${year + 9}-03-01`);
  await dialog.getByText(`Ends when Mar 1, ${year + 9} ends where you are, in`).waitFor();
  await dialog.getByText('This key works for more than a year').waitFor();
  const soon = new Date(Date.now() + 40 * DAY).toISOString().slice(0, 10);
  await dialog.getByLabel('Last day').fill(soon);
  await dialog.getByText(/^Ends when .*, (in 1 month|next month)$/).waitFor();
  assert.equal(await dialog.getByText('This key works for more than a year').isVisible(), false);
});

scenario('a name of exactly 100 characters beyond the basic plane is a name', async ({ keys }) => {
  await keys.signIn();
  await keys.create('😀'.repeat(100));
  assert.deepEqual(await keys.names(), ['😀'.repeat(100)]);
});

scenario('a refusal of the server stays in the dialog, and a second try works', async ({ page, keys }) => {
  await keys.signIn();
  await page.route('**/v1/keys', (route) => route.fulfill({
    status: 422,
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: '/problems/invalid_request', title: 'Invalid request', status: 422, detail: 'This name is not welcome.' }),
  }));
  await keys.startCreate('unwelcome', 'P30D');
  await keys.submitCreate();
  await keys.createDialog.getByRole('alert').filter({ hasText: 'This name is not welcome.' }).waitFor();
  assert.equal(await keys.createDialog.getByLabel('Name').inputValue(), 'unwelcome');
  assert.equal(await keys.createDialog.getByLabel('Duration').inputValue(), 'P30D');

  await page.unroute('**/v1/keys');
  await keys.submitCreate();
  await keys.revealed();
  await keys.closeReveal();
});

scenario('Cancel forgets what was typed, Escape keeps it, a created key clears it', async ({ page, keys }) => {
  await keys.signIn();
  const name = keys.createDialog.getByLabel('Name');
  const stillThere = async () => {
    await keys.createButton.click();
    return name.inputValue();
  };
  await keys.startCreate('kept');
  await page.keyboard.press('Escape');
  assert.equal(await stillThere(), 'kept');
  await keys.createDialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await stillThere(), '');
  await page.keyboard.press('Escape');
  await keys.create('made');
  assert.equal(await stillThere(), '');
});

scenario('two clicks on "Create key" make one key', async ({ page, keys }) => {
  await keys.signIn();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/v1/keys', async (route) => { await held; await route.continue(); });
  await keys.startCreate('once');
  await keys.submitCreate();
  await keys.createDialog.locator('[type=submit][aria-disabled="true"]').waitFor();
  // The dialog waits for its answer, whatever is pressed.
  await keys.createDialog.locator('[type=submit]').evaluate((button) => button.click());
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.equal(await keys.createDialog.isVisible(), true);
  release();
  await keys.revealed();
  await keys.closeReveal();
  await page.reload();
  await keys.loaded();
  await eventually(async () => assert.deepEqual(await keys.names(), ['once']));
});
