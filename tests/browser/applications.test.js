// The applications on the page: from nothing to a customer whose keys have all ended.

import assert from 'node:assert/strict';
import { ApplicationsPage } from './support/applications-page.js';
import { assertAccessible } from './support/axe.js';
import { holds, query } from './support/database.js';
import { eventually } from './support/eventually.js';
import { picture } from './support/figures.js';
import { focusName } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { assertFits } from './support/size.js';

useBrowser();

/** What an API asks with its management key. */
async function verify(server, credential, key, more = {}) {
  const answer = await fetch(`${server.url}/v1/verify`, {
    method: 'POST', headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' }, body: JSON.stringify({ key, ...more }),
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

scenario('from an application to a customer whose keys have all ended', async ({ page, keys, server }) => {
  const apps = new ApplicationsPage(page);
  await keys.signIn();
  await apps.open();
  await page.getByText('No applications yet').waitFor();
  const id = await apps.create({ name: 'Acme API', prefix: 'acme_live_', scopes: 'mesh:read Look at meshes\nmesh:write', limit: ['1,000', 'in any minute'] });
  assert.match(id, /^app_\w+$/);
  await page.getByText('1,000 in any minute').waitFor();

  const credential = await apps.managementKey('the API', ['verify']);
  const first = await apps.customerKey({ name: 'robot', owner: 'cust_7', scopes: ['mesh:read'] });
  assert.match(first, /^acme_live_/);
  const second = await apps.customerKey({ name: 'laptop', owner: 'cust_7', button: 'Issue a key' });
  for (const secret of [credential, first, second]) {
    assert.equal(await holds(server.database, secret), false, 'the server keeps no key');
    assert.equal((await page.content()).includes(secret), false);
  }

  // Limits of the owner, which both keys share.
  await apps.owners.getByText('2 keys · No limits').waitFor();
  await apps.owners.getByRole('button', { name: 'Edit cust_7' }).click();
  const limits = page.getByRole('dialog', { name: 'Edit owner' });
  await limits.getByLabel('Metadata').fill('{"plan": "pro"}');
  await limits.getByRole('button', { name: 'Add a limit' }).click();
  await limits.getByRole('button', { name: 'Save' }).click();
  await limits.getByText('A limit is a whole number from 1 on.').waitFor();
  await limits.getByLabel('How much').fill('3');
  await limits.getByLabel('In which time').selectOption('each month');
  await limits.getByRole('button', { name: 'Save' }).click();
  await apps.owners.getByText('2 keys · 3 each month').waitFor();

  const good = await verify(server, credential, first, { scopes: ['mesh:read'] });
  assert.deepEqual([good.valid, good.owner, good.key.name], [true, { id: 'cust_7', metadata: { plan: 'pro' } }, 'robot']);
  assert.deepEqual(good.limits.find(({ of }) => of === 'owner'), { name: 'monthly', of: 'owner', kind: 'quota', limit: 3, remaining: 2, reset_seconds: good.limits.find(({ of }) => of === 'owner').reset_seconds });
  assert.equal((await verify(server, credential, second, { scopes: ['mesh:read'] })).code, 'insufficient_scope');

  // How much of that is left is told without the key.
  await apps.owners.getByRole('button', { name: 'Edit cust_7' }).click();
  await limits.getByText(/^2 of 3, all again in \d+ (days?|hours?)$/).waitFor();
  await page.keyboard.press('Escape');

  // A key can be made to wait.
  await apps.choose(apps.keys, 'robot', 'Disable…');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable key' }).click();
  await apps.row(apps.keys, 'robot').getByText('Disabled').waitFor();
  assert.equal((await verify(server, credential, first)).code, 'disabled');
  await apps.choose(apps.keys, 'robot', 'Enable…');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Enable key' }).click();
  await apps.row(apps.keys, 'robot').getByText('Active').waitFor();
  assert.equal((await verify(server, credential, first)).valid, true);

  // It gets another name, another scope, a network, a word for the API, and a limit of its own.
  await apps.choose(apps.keys, 'robot', 'Edit…');
  const edit = page.getByRole('dialog', { name: 'Edit key' });
  await edit.getByLabel('Name').fill('robot arm');
  await edit.getByLabel('Metadata').fill('{"plan": "pro"');
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.getByText('This is no JSON').waitFor();
  await edit.getByLabel('Metadata').fill('{"plan": "pro"}');
  await edit.getByText('1 of 3, all again').and(edit.getByText('shared by all keys of the owner')).waitFor();
  await edit.getByLabel('mesh:write').check();
  await edit.getByLabel('Networks').fill('192.0.2.0/24\n2001:db8::/32');
  await edit.getByRole('button', { name: 'Add a limit' }).click();
  await edit.getByLabel('How much').fill('50');
  await edit.getByRole('button', { name: 'Save' }).click();
  await apps.row(apps.keys, 'robot arm').waitFor();
  assert.equal((await verify(server, credential, first, { cost: 0 })).code, 'ip_refused');
  const edited = await verify(server, credential, first, { cost: 0, ip: '2001:db8::7' });
  assert.deepEqual(edited.key.scopes, ['mesh:read', 'mesh:write']);
  assert.deepEqual([edited.key.name, edited.key.metadata, edited.limits.find(({ of }) => of === 'key').limit], ['robot arm', { plan: 'pro' }, 50]);

  // Rotated, and the old one goes on for an hour.
  await apps.choose(apps.keys, 'laptop', 'Rotate…');
  const rotate = page.getByRole('dialog', { name: 'Rotate key' });
  await rotate.getByLabel('1 hour').check();
  await rotate.getByRole('button', { name: 'Rotate key' }).click();
  const third = await apps.reveal.getByRole('textbox', { name: 'The new key' }).inputValue();
  await apps.reveal.getByRole('button', { name: 'I have stored this key' }).click();

  await apps.owners.getByRole('button', { name: 'End all keys of cust_7' }).click();
  await page.getByRole('alertdialog', { name: 'End all keys of this owner?' }).getByRole('button', { name: 'End all keys' }).click();
  await apps.toast.filter({ hasText: '3 keys are revoked.' }).waitFor();
  await eventually(async () => assert.equal(await apps.keys.getByText('Revoked', { exact: true }).count() >= 3, true));
  await eventually(async () => assert.equal(await focusName(page), 'End all keys of cust_7'));
  for (const secret of [first, second, third]) assert.equal((await verify(server, credential, secret)).code, 'revoked');

  await apps.choose(apps.management, 'the API', 'Revoke…');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click();
  await apps.row(apps.management, 'the API').getByText('Revoked', { exact: true }).waitFor();
  const rows = await query(server.database, 'SELECT id FROM applications');
  assert.deepEqual(rows, [{ id }]);
});

scenario('what stands in the address is shown, and the way back leads to the own keys', async ({ page, keys, server }) => {
  const api = await server.api();
  const { id } = await api('POST', '/v1/applications', { name: 'Acme API', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
  const apps = new ApplicationsPage(page);
  await page.goto(`${server.url}/#applications/${id}`);
  await page.reload();
  await page.getByLabel('E-mail address').fill('demo@example.com');
  await page.getByLabel('Password', { exact: true }).fill('reveal-once');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Acme API', level: 1 }).waitFor();
  assert.equal(await keys.list.isVisible(), false);
  assert.equal(await page.title(), 'Acme API · keylatch');
  await page.getByRole('link', { name: 'All applications' }).click();
  await page.getByRole('list', { name: 'Your applications' }).getByRole('link', { name: 'Acme API' }).click();
  await apps.keys.waitFor();
  // A question that is open is not lost by the way back.
  await apps.keys.getByRole('button', { name: 'Issue the first key' }).click();
  await page.goBack();
  await page.getByRole('dialog', { name: 'Issue a key' }).waitFor();
  assert.equal(new URL(page.url()).hash, `#applications/${id}`);
  await page.keyboard.press('Escape');
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Your keys' }).click();
  await keys.loaded();
  assert.equal(await apps.keys.isVisible(), false);
  await page.goto(`${server.url}/#applications/app_00000000000000000000`);
  await page.getByText('There is no such application.').waitFor();
});

scenario('what the server refuses is said in the dialog, and what was typed stays', async ({ page, keys }) => {
  const apps = new ApplicationsPage(page);
  await keys.signIn();
  await apps.open();
  await page.getByRole('button', { name: 'Create application' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create application' });
  const submit = dialog.getByRole('button', { name: 'Create application' });
  await submit.click();
  await dialog.getByText('Give the application a name.').waitFor();
  await dialog.getByLabel('Name').fill('Acme');
  await dialog.getByLabel('Key prefix').fill('Acme');
  await dialog.getByLabel('Scopes').fill('Mesh Read');
  await submit.click();
  await dialog.getByText('A prefix has 2 to 24 characters').waitFor();
  await dialog.getByText('“Mesh” is no scope').waitFor();
  await dialog.getByLabel('Scopes').fill('');
  // Of keylatch's own keys.
  await dialog.getByLabel('Key prefix').fill('kl_live_');
  await submit.click();
  await dialog.getByRole('alert').filter({ hasText: 'keylatch' }).waitFor();
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'Acme');
});

scenario('a new key of an application gets the lifetime that the application says, and no longer one is offered', async ({ page, keys, server }) => {
  const api = await server.api();
  const { id } = await api('POST', '/v1/applications', { name: 'Acme API', formats: [{ environment: 'live', prefix: 'acme_live_' }], default_lifetime: 'P30D', longest_lifetime: 'P6M' });
  const apps = new ApplicationsPage(page);
  await keys.signIn();
  await page.goto(`${server.url}/#applications/${id}`);
  await apps.keys.getByRole('button', { name: 'Issue the first key' }).click();
  const duration = page.getByRole('dialog', { name: 'Issue a key' }).getByLabel('Duration');
  assert.equal(await duration.inputValue(), 'P30D');
  assert.deepEqual(await duration.locator('option').evaluateAll((options) => options.map(({ value }) => value)), ['P7D', 'P30D', 'P3M', 'P6M', 'date']);
  await page.keyboard.press('Escape');
  await apps.customerKey({ name: 'robot', owner: 'cust_7' });
  await apps.keys.getByLabel('Ends within 30 days').check();
  assert.equal(await apps.row(apps.keys, 'robot').isVisible(), true);
  const { items: [key] } = await api('GET', `/v1/applications/${id}/keys`);
  assert.equal(Math.round((new Date(key.expires_at) - new Date(key.created_at)) / 86_400_000), 30);
});

scenario('an application is changed in what was changed, and deleted once its name is typed', async ({ page, keys, server }) => {
  const api = await server.api();
  const formats = [{ environment: 'live', prefix: 'acme_live_' }, { environment: 'test', prefix: 'acme_qa_' }];
  const limits = [{ name: 'burst', kind: 'rate', limit: 5, window_seconds: 10 }];
  const { id } = await api('POST', '/v1/applications', { name: 'Acme API', formats, scopes: [{ name: 'mesh:read', description: 'Look at meshes' }], limits, default_lifetime: 'P45D' });
  const apps = new ApplicationsPage(page);
  await keys.signIn();
  await page.goto(`${server.url}/#applications/${id}`);
  await page.getByRole('button', { name: 'Edit…', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit application' });
  assert.deepEqual(await Promise.all(['Key prefixes', 'Scopes', 'A new key lives', 'How much'].map((label) => dialog.getByLabel(label).inputValue())), ['acme_live_\nacme_qa_ test', 'mesh:read Look at meshes', 'P45D', '5']);
  await dialog.getByLabel('Key prefixes').fill('acme_live_\nacme_qa_ staging');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Behind it may stand “test” or “live”.').waitFor();
  await dialog.getByLabel('Key prefixes').fill('acme_live_\nacme_test_');
  await dialog.getByLabel('Name').fill('Acme');
  await dialog.getByLabel('When a quota cannot be counted').selectOption('Let the key pass');
  // Whoever changes something else meanwhile keeps it.
  await api('PATCH', `/v1/applications/${id}`, { longest_lifetime: 'P6M' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Acme', level: 1, exact: true }).waitFor();
  const { name, formats: kept, scopes, limits: same, default_lifetime: usual, longest_lifetime: longest, on_limiter_failure: failure } = await api('GET', `/v1/applications/${id}`);
  assert.deepEqual([name, kept[1], scopes.length, same, usual, longest, failure], ['Acme', { environment: 'test', prefix: 'acme_test_' }, 1, limits, 'P45D', 'P6M', 'allow']);

  await apps.customerKey({ name: 'robot', owner: 'cust_7' });
  await page.getByRole('button', { name: 'Delete…', exact: true }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete this application?' });
  await question.getByLabel('Name of the application').fill('Acme API');
  await question.getByRole('button', { name: 'Delete application' }).click();
  await question.getByText('Type the name as it stands here: Acme').waitFor();
  await question.getByLabel('Name of the application').fill('Acme');
  await question.getByRole('button', { name: 'Delete application' }).click();
  await page.getByText('No applications yet').waitFor();
  await apps.toast.filter({ hasText: 'The application is deleted.' }).waitFor();
  assert.equal(new URL(page.url()).hash, '#applications');
  assert.deepEqual(await api('GET', '/v1/applications'), { items: [], next_cursor: null });
});

scenario('an owner is added before its first key, and deleted with all of them', async ({ page, keys, server }) => {
  const api = await server.api();
  const { id } = await api('POST', '/v1/applications', { name: 'Acme API', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
  const apps = new ApplicationsPage(page);
  await keys.signIn();
  await page.goto(`${server.url}/#applications/${id}`);
  const dialog = page.getByRole('dialog', { name: 'Add an owner' });
  const add = async (owner) => {
    await apps.owners.getByRole('button', { name: 'Add an owner' }).click();
    await dialog.getByLabel('Owner').fill(owner);
    await dialog.getByRole('button', { name: 'Add owner' }).click();
  };
  await add('cust 7');
  await dialog.getByText('An owner is 1 to 128 letters').waitFor();
  await dialog.getByLabel('Owner').fill('cust_7');
  await dialog.getByLabel('Metadata').fill('{"plan": "pro"}');
  await dialog.getByRole('button', { name: 'Add owner' }).click();
  await apps.owners.getByText('0 keys · No limits').waitFor();
  await add('cust_7');
  await dialog.getByRole('alert').filter({ hasText: 'There is an owner cust_7 already. Edit it in the list.' }).waitFor();
  await page.keyboard.press('Escape');
  assert.deepEqual((await api('GET', `/v1/applications/${id}/owners/cust_7`)).metadata, { plan: 'pro' });

  await apps.customerKey({ name: 'robot', owner: 'cust_7' });
  // Without scopes of the application they are written.
  await apps.choose(apps.keys, 'robot', 'Edit…');
  const edit = page.getByRole('dialog', { name: 'Edit key' });
  await edit.getByLabel('Scopes').fill('b:write a:read');
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'hidden' });
  const { items: [key] } = await api('GET', `/v1/applications/${id}/keys`);
  assert.deepEqual([key.scopes, key.limits, key.name], [['a:read', 'b:write'], null, 'robot']);

  // One that was issued without a name is known by how it begins.
  await api('POST', `/v1/applications/${id}/keys`, { owner: 'cust_7' });
  await page.reload();
  await apps.choose(apps.keys, /^acme_live_…/, 'Edit…');
  await edit.getByLabel('Networks').fill('192.0.2.1');
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'hidden' });
  const { items: [nameless] } = await api('GET', `/v1/applications/${id}/keys`);
  assert.deepEqual([nameless.name, nameless.allowed_addresses], ['', ['192.0.2.1/32']]);

  await apps.owners.getByRole('button', { name: 'Delete cust_7' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete this owner?' });
  await question.getByRole('button', { name: 'Delete owner' }).click();
  await apps.toast.filter({ hasText: 'The owner cust_7 is deleted.' }).waitFor();
  await apps.keys.getByText('No keys yet').waitFor();
  await apps.owners.getByText('None yet').waitFor();
});

scenario('a session that ends among applications asks to sign in, and comes back to them', async ({ page, keys, server, context }) => {
  const api = await server.api();
  const { id } = await api('POST', '/v1/applications', { name: 'Acme API', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
  const apps = new ApplicationsPage(page);
  await keys.signIn();
  await apps.open();
  await context.clearCookies();
  await page.getByRole('link', { name: 'Acme API' }).click();
  await keys.signInForm.getByText('Your session has ended.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill('reveal-once');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Acme API', level: 1 }).waitFor();
  assert.equal(new URL(page.url()).hash, `#applications/${id}`);
});

scenario('applications with the keyboard alone, at 200 % zoom', { viewport: { width: 640, height: 400 } }, async ({ page, keys }) => {
  const press = async (...names) => { for (const name of names) await page.keyboard.press(name); };
  const focused = (expected) => eventually(async () => assert.equal(await focusName(page), expected));
  await keys.signIn();
  await focused('API keys');
  await press('Shift+Tab');
  await focused('Applications');
  await press('Enter');
  await focused('Applications');
  await page.getByText('No applications yet').waitFor();
  await press('Tab');
  await focused('Create application');
  await press('Enter');
  await focused('Name');
  await page.keyboard.type('Acme API');
  await press('Tab');
  await page.keyboard.type('acme_live_');
  // Two lifetimes, the scopes, a limit.
  await press('Tab', 'Tab', 'Tab', 'Tab');
  await focused('Add a limit');
  await press('Enter');
  await focused('How much');
  await page.keyboard.type('10');
  await assertFits(page, 'the dialog');
  await press('Enter');
  await focused('Acme API');
  await page.getByText('10 in any minute').waitFor();
  await page.getByText('No keys yet').waitFor();
  await press('Tab');
  await focused('Edit…');
  await press('Enter');
  await focused('Name');
  await press('Escape');
  await focused('Edit…');
  await press('Tab', 'Enter');
  await focused('Cancel');
  await assertFits(page, 'the question');
  await press('Escape');
  await focused('Delete…');
  await press('Tab');
  await focused('Issue the first key');
  await press('Enter');
  await focused('Name');
  await page.keyboard.type('robot');
  await press('Tab');
  await focused('Owner');
  await page.keyboard.type('cust 7');
  await press('Enter');
  await page.getByText('An owner is 1 to 128 letters').waitFor();
  await focused('Owner');
  await press('ControlOrMeta+a');
  await page.keyboard.type('cust_7');
  await press('Enter');
  await focused('Copy key');
  await press('Tab', 'Tab');
  await focused('Language');
  await press('Tab', 'Tab', 'Tab');
  await focused('I have stored this key');
  await press('Enter');
  await focused('Issue a key');
  await assertFits(page, 'an application');
});

for (const colorScheme of ['light', 'dark']) {
  scenario(`nothing bars the way to the applications: ${colorScheme}`, { colorScheme, viewport: { width: 360, height: 740 } }, async ({ page, keys }) => {
    const apps = new ApplicationsPage(page);
    const look = async (state) => {
      await assertAccessible(page, state);
      await assertFits(page, state);
    };
    // Some dialogs ask the server for what they show, and open after the click.
    const dialog = page.locator('dialog[open]');
    const lookInto = async (state, shown) => {
      await dialog.waitFor();
      await look(state);
      if (shown) await picture(page, `${shown}-${colorScheme}`);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    };
    await keys.signIn();
    await apps.open();
    await look('none yet');
    await page.getByRole('button', { name: 'Create application' }).click();
    await page.getByRole('button', { name: 'Add a limit' }).click();
    await lookInto('the dialog');
    await apps.create({ name: 'Acme API', prefix: 'acme_live_', scopes: 'mesh:read Look at meshes', limit: ['10', 'each day'] });
    await apps.customerKey({ name: 'robot', owner: 'cust_7', scopes: ['mesh:read'] });
    await apps.owners.getByText('1 key · No limits').waitFor();
    await apps.choose(apps.keys, 'robot', 'Edit…');
    await page.getByText('10 of 10').waitFor();
    await lookInto('a key', 'edit-key');
    await look('an application');
    await picture(page, `application-${colorScheme}`);
    await apps.owners.getByRole('button', { name: 'Edit cust_7' }).click();
    await lookInto('an owner', 'owner');
    await apps.owners.getByRole('button', { name: 'Add an owner' }).click();
    await lookInto('a new owner');
    await page.getByRole('button', { name: 'Edit…', exact: true }).click();
    await lookInto('the application', 'edit-application');
    await page.getByRole('button', { name: 'Delete…', exact: true }).click();
    await lookInto('the question', 'delete-application');
  });
}
