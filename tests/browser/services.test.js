// The choice of a service, and what is said of each.

import assert from 'node:assert/strict';
import { eventually } from './support/eventually.js';
import { hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

const CAN = {
  password: 'Sign in with a user and a password',
  session: 'Begin a session with a key',
  whoami: 'Say whose key it is',
  create: 'Create keys',
  expiry: 'Give a new key an end date',
  scopes: 'Limit what a new key may do',
  list: 'List keys',
  get: 'Look up one key',
  rotate: 'Rotate a key',
  replace: 'Regenerate and replace a key',
  overlap: 'Let the old key work on for a while after a rotation',
  revoke: 'Revoke a key, which keeps it in the list',
  delete: 'Delete a key',
  validate: 'Say whether a key works',
  several: 'Have several keys at a time',
};
const words = (...names) => names.map((name) => CAN[name]);

// What the services' documents and clients show (docs/wire.md), in the page's words.
const KNOWN = [
  {
    title: 'keylatch',
    can: words('password', 'whoami', 'create', 'expiry', 'scopes', 'list', 'get', 'rotate', 'overlap', 'revoke', 'delete', 'validate', 'several'),
    cannot: [],
    certainty: 'Documented', sent: ['Authorization: Bearer KEY'], env: 'KEYLATCH_API_KEY, KEYLATCH_URL',
    files: '~/.config/keylatch/credentials.json', page: undefined,
  },
  {
    title: 'Luminary Cloud',
    can: words('validate', 'several'),
    cannot: words('password', 'whoami', 'create', 'expiry', 'scopes', 'list', 'get', 'rotate', 'overlap', 'revoke', 'delete'),
    certainty: 'Unknown', sent: ['x-api-key: KEY', 'or Authorization: Bearer KEY'], env: 'LC_API_KEY, LC_DOMAIN',
    files: 'None known', page: 'https://app.luminarycloud.com/', steps: /^Open My Account > Profile > API Keys\./,
  },
  {
    title: 'Lambda Cloud',
    can: words('validate', 'several'),
    cannot: words('password', 'whoami', 'create', 'expiry', 'scopes', 'list', 'get', 'rotate', 'overlap', 'revoke', 'delete'),
    certainty: 'Observed', sent: ['Authorization: Bearer KEY', 'or Authorization: Basic …, the base64 of “KEY:”'], env: 'LAMBDA_API_KEY',
    files: 'None known', page: 'https://cloud.lambdalabs.com/api-keys', steps: /^Generate or delete a key there/,
  },
  {
    title: 'Conduce',
    can: words('password', 'create', 'list', 'delete', 'validate', 'several'),
    cannot: words('whoami', 'expiry', 'scopes', 'get', 'rotate', 'overlap', 'revoke'),
    certainty: 'Observed', sent: ['Authorization: Bearer KEY'], env: 'None known',
    files: '~/.conduceconfig', page: null, steps: /^No page is known/,
  },
  {
    title: 'Modelon Impact',
    can: words('session', 'whoami', 'create', 'list', 'replace', 'delete', 'validate'),
    cannot: words('expiry', 'scopes', 'get', 'overlap', 'revoke', 'several'),
    certainty: 'Unknown', sent: ['impact-api-key: KEY'], env: 'MODELON_IMPACT_CLIENT_API_KEY, MODELON_IMPACT_CLIENT_URL',
    files: '~/.impact/api.key', page: 'https://impact.modelon.cloud/', steps: /^Open Server Management, then IMPACT API KEY/,
  },
];

scenario('there is a link for each service that the package knows, and the first is chosen', async ({ page, keys }) => {
  const known = await page.evaluate(async () => (await import('/keylatch/dist/index.js')).providers().map(({ id, title }) => [title, `#${id}`]));
  const links = keys.services.getByRole('link');
  assert.deepEqual(await links.evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute('href')])), known);
  assert.deepEqual(known.map(([title]) => title), KNOWN.map(({ title }) => title));
  assert.deepEqual(await keys.services.locator('[aria-current="page"]').allTextContents(), ['keylatch']);
});

scenario('each service is described: what it can and cannot do, how sure that is, where its keys are', async ({ keys }) => {
  const { service } = keys;
  for (const { title, can, cannot, certainty, sent, env, files, page, steps } of KNOWN) {
    await keys.turnTo(title);
    await service.getByRole('heading', { name: title, exact: true }).waitFor();
    for (const [name, sentences, sign] of [['Its API can', can, '#icon-check'], ['Its API cannot', cannot, '#icon-cross']]) {
      const items = service.getByRole('list', { name, exact: true }).getByRole('listitem');
      assert.deepEqual(await items.allInnerTexts(), sentences, `${title}: ${name}`);
      const signs = await items.locator('use').evaluateAll((all) => all.map((use) => use.getAttribute('href')));
      assert.deepEqual(signs, sentences.map(() => sign), `${title}: ${name}`);
    }
    const fact = (term) => service.locator('dl > div').filter({ has: service.page().locator('dt', { hasText: term }) }).locator('dd');
    assert.match(await fact('Key format').innerText(), new RegExp(`^${certainty}\\. .+\\.$`), title);
    assert.deepEqual(await fact('Sent as').getByRole('listitem').allInnerTexts(), sent, title);
    assert.equal(await fact('Environment variables').innerText(), env, title);
    assert.equal(await fact('Files').innerText(), files, title);

    assert.equal(await service.getByRole('heading', { name: 'By hand' }).isVisible(), cannot.length > 0, title);
    const link = service.getByRole('link');
    assert.equal(await link.isVisible(), Boolean(page), title);
    if (page) {
      assert.equal(await link.getAttribute('href'), page);
      assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
      assert.equal(await link.textContent(), `Open ${new URL(page).host} in a new tab`);
    }
    if (steps) assert.match(await service.locator('[data-steps]').innerText(), steps, title);
  }
});

scenario('whoever answers for a service is told from it', async ({ page, keys }) => {
  await keys.service.getByText('This server speaks its API.').waitFor();
  assert.equal(await page.getByText('A stand-in').first().isVisible(), false);
  for (const [title, host, what] of [
    ['Luminary Cloud', 'apis.luminarycloud.com', 'key'], ['Lambda Cloud', 'cloud.lambdalabs.com', 'key'],
    ['Conduce', 'app.conduce.com', 'password'], ['Modelon Impact', 'impact.modelon.cloud', 'key'],
  ]) {
    await keys.turnTo(title);
    await keys.service.getByText(`Its API is at ${host}. On this page a stand-in on this server answers for it, and nothing is sent to ${title}.`).waitFor();
    await page.getByText(`A stand-in on this server answers here. Do not enter a real ${title} ${what}.`).waitFor();
  }
});

scenario('what a service cannot do has no button', async ({ page, keys, server }) => {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'of keylatch', scopes: ['keys:read', 'keys:write'] });
  for (const title of ['Luminary Cloud', 'Lambda Cloud']) {
    await keys.turnTo(title);
    assert.equal(await keys.list.isVisible(), false, title);
    assert.deepEqual(await page.locator('main').getByRole('button').allInnerTexts(), [`Ask ${title}`], title);
  }

  await keys.turnTo('Conduce');
  await keys.signIn();
  await keys.create('of Conduce');
  assert.deepEqual(await keys.offers(undefined, keys.rowAt(0)), ['Details…', 'Delete…']);
  assert.deepEqual(await keys.table.getByRole('columnheader').allInnerTexts(), ['', 'Key', 'Status', 'Created', 'Actions']);
  assert.equal(await keys.status.isVisible(), false);
  await keys.createButton.click();
  assert.equal(await keys.createDialog.getByLabel('Duration').isVisible(), false);
  await keys.createDialog.getByText('Keys of Conduce have no end date').waitFor();
  await page.keyboard.press('Escape');

  await keys.turnTo('Modelon Impact');
  await keys.connect(secret);
  await keys.createButton.click();
  for (const label of ['Name', 'Duration']) assert.equal(await keys.createDialog.getByLabel(label).isVisible(), false, label);
  await keys.submitCreate();
  await keys.revealed();
  await keys.closeReveal();
  assert.deepEqual(await keys.offers(undefined, keys.rowAt(0)), ['Details…', 'Regenerate and replace…', 'Delete…']);
  assert.equal(await keys.createButton.isVisible(), false, 'a second key would be refused');
});

scenario('the choice stands in the address: it outlives a reload, and Back goes back', async ({ page, keys, server }) => {
  const chosen = (title) => keys.services.locator('[aria-current]').filter({ hasText: title }).waitFor();
  await keys.turnTo('Lambda Cloud');
  assert.equal(new URL(page.url()).hash, '#lambda');
  assert.equal(await page.title(), 'Does a Lambda Cloud key work? · keylatch');
  await page.reload();
  await chosen('Lambda Cloud');
  await page.getByRole('heading', { name: 'Does a Lambda Cloud key work?' }).waitFor();

  await keys.turnTo('Conduce');
  assert.equal(await page.title(), 'Sign in to Conduce · keylatch');
  await page.goBack();
  await chosen('Lambda Cloud');
  await page.goto(`${server.url}/#nonsense`);
  await chosen('keylatch');
  await eventually(async () => assert.equal(await page.title(), 'Sign in · keylatch'));
});

scenario('Back does not pull the service away from under an open dialog', async ({ page, keys }) => {
  await keys.turnTo('Conduce');
  await keys.signIn();
  const secret = await keys.createToReveal('kept in sight');
  await page.evaluate(() => history.back());
  await eventually(async () => assert.equal(new URL(page.url()).hash, '#conduce'));
  assert.equal(await keys.revealed(), secret);
  assert.deepEqual(await keys.services.locator('[aria-current]').allTextContents(), ['Conduce']);
  await keys.closeReveal();
  await page.getByRole('heading', { name: 'Conduce API keys' }).waitFor();
});

scenario('the check follows the service, and knows whose key it seems to be', async ({ page, keys }) => {
  const region = page.getByRole('region', { name: 'Check a key' });
  const key = await page.evaluate(async () => (await import('/keylatch/dist/index.js')).generateKey().expose());
  const uuid = '6f1d2c1e-0000-4000-8000-000000000001';
  const lambda = `secret_demo_${'0af9'.repeat(8)}.${'aZ09'.repeat(8)}`;
  const cases = [
    { at: 'keylatch', text: uuid, says: /^\d problems\.$/, others: ['Conduce'] },
    { at: 'keylatch', text: lambda, says: /^\d problems\.$/, others: ['Lambda Cloud'] },
    { at: 'Conduce', text: lambda, says: /^\d problems\.$/, others: ['Lambda Cloud'] },
    { at: 'Lambda Cloud', text: lambda, says: /^This may be a Lambda Cloud key: it has the form/, others: [] },
    // Whatever the text, nobody knows better than this; but another's form is known.
    { at: 'Luminary Cloud', text: 'a'.repeat(40), says: /^This may be a Luminary Cloud key: nothing in it is certainly wrong/, others: [] },
    { at: 'Luminary Cloud', text: key, says: /^This may be a Luminary Cloud key: nothing in it is certainly wrong/, others: ['keylatch'] },
    { at: 'Modelon Impact', text: 'undefined', says: /^One problem\.$/, others: [] },
  ];
  for (const { at, text, says, others } of cases) {
    await keys.turnTo(at);
    await region.getByText(`Paste a key for ${at}`).waitFor();
    await keys.checkBox.fill(text);
    assert.match(await region.locator('.verdict').innerText(), says, `${at}, ${text}`);
    const seen = await region.getByRole('button', { name: 'Switch to' }).allInnerTexts();
    assert.deepEqual(seen, others.map((title) => `Switch to ${title}`), `${at}, ${text}`);
  }

  await keys.turnTo('keylatch');
  await keys.checkBox.fill(uuid);
  await region.getByText('It looks like a key of Conduce.').waitFor();
  await region.getByRole('button', { name: 'Switch to Conduce' }).click();
  await region.getByText('This may be a Conduce key').waitFor();
  assert.equal(await keys.checkBox.inputValue(), uuid, 'what was pasted stays');
  assert.equal(await hasFocus(keys.checkBox), true);
  await page.getByRole('heading', { name: 'Sign in to Conduce' }).waitFor();
});

scenario('a declared service gets its view from its declaration alone', async ({ page, keys, server }) => {
  // Beside the built-in services, as an application of one's own would list it.
  await page.route('**/keylatch/dist/index.js', async (route) => {
    await route.fulfill({ contentType: 'text/javascript', body: `
      import * as keylatch from './index.js?itself';
      export * from './index.js?itself';
      export const providers = () => [...keylatch.providers(), keylatch.defineProvider({
        id: 'acme', title: 'Acme', keysPage: 'https://acme.example/keys',
        endpoints: {
          list: '/v1/keys', create: { path: '/v1/keys', body: { name: '{name}', scopes: ['keys:read'] } }, revoke: '/v1/keys/{id}/revoke', whoami: '/v1/account',
        },
        fields: { lastUsedAt: '' },
      })];` });
  });
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'first', scopes: ['keys:read', 'keys:write'] });
  await page.reload();
  await keys.turnTo('Acme');
  await keys.connect(secret);
  await keys.create('second');

  assert.deepEqual(await keys.names(), ['second', 'first']);
  assert.deepEqual(await keys.table.getByRole('columnheader').allInnerTexts(), ['', 'Name', 'Key', 'Status', 'Created', 'Actions']);
  assert.deepEqual(await keys.offers('second'), ['Details…', 'Revoke…']);
  await keys.choose('first', 'Revoke');
  await keys.confirm('Revoke key');
  // That was the key of this page; the next call tells.
  await page.evaluate(() => document.querySelector('keylatch-keys').refresh());
  await keys.keyForm.getByText('Your key is not accepted any more. Connect with another one to go on.').waitFor();
});
