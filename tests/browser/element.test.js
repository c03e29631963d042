// `keylatch/element` in pages of others: the examples, other words and directions, many
// elements in a page, and what a page may set and hears.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, symlink, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

import { english } from '../../pkg/dist/element/element.js';
import { arabic } from './support/arabic.js';
import { assertAccessible } from './support/axe.js';
import { inPage, signedIn } from './support/element-page.js';
import { eventually } from './support/eventually.js';
import { picture } from './support/figures.js';
import { scenario, useBrowser } from './support/scenario.js';
import { DEMO } from './support/server.js';
import { assertFits, SIZES } from './support/size.js';
import { assertNoTrace, traces } from './support/traces.js';

useBrowser();

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HTML = inPage('examples/element-html');
const directories = [];
after(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))));

/** The React example, bundled as its page says. */
async function reactExample() {
  const directory = await mkdtemp(join(tmpdir(), 'keylatch-react-'));
  directories.push(directory);
  await cp(join(ROOT, 'examples/element-react'), directory, { recursive: true });
  await mkdir(join(directory, 'node_modules'));
  await symlink(join(ROOT, 'pkg'), join(directory, 'node_modules/keylatch'), 'dir');
  for (const name of ['react', 'react-dom', 'scheduler']) await symlink(join(ROOT, 'tests/node_modules', name), join(directory, 'node_modules', name), 'dir');
  await build({ entryPoints: [join(directory, 'app.jsx')], bundle: true, splitting: true, format: 'esm', jsx: 'automatic', outdir: directory, logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"' } });
  return directory;
}
const REACT = inPage(await reactExample());

scenario('the plain HTML example: one tag, one import, and the whole life of a key', HTML, async ({ page, keys, server }) => {
  await signedIn(page, server);
  const secret = await keys.create('from a plain page');
  assert.equal(await server.statusWith(secret), 200);
  assertNoTrace(await traces(page), secret, 'after closing');
  assert.match(await page.locator('#log').innerText(), /^The key key_\w+ was created\.$/);
  await keys.choose('from a plain page', 'Revoke');
  await keys.confirm('Revoke key');
  await page.locator('#log').filter({ hasText: 'was revoked.' }).waitFor();
  await keys.choose('from a plain page', 'Delete');
  await keys.confirm('Delete key');
  await page.locator('#log').filter({ hasText: 'was deleted.' }).waitFor();
  await assertAccessible(page, 'the example');
});

scenario('the React example: properties and events as of any other element', REACT, async ({ page, keys, server }) => {
  await signedIn(page, server);
  await keys.startCreate('from React');
  await keys.createDialog.getByLabel('meshes:write Upload and change meshes').check();
  await keys.submitCreate();
  const secret = await keys.revealed();
  assert.match(await keys.revealDialog.innerText(), /meshes:write\s+Upload and change meshes/);
  await keys.closeReveal();
  await page.getByText('from React was created.').waitFor();
  assert.match(secret, /^kl_test_/);
  const api = await server.api();
  assert.deepEqual((await api('GET', '/v1/keys')).items[0].scopes, ['meshes:write']);
  await keys.choose('from React', 'Revoke');
  await keys.confirm('Revoke key');
  await page.getByText('from React was revoked.').waitFor();
});

test('on a server the import does nothing, and the tag is a placeholder', async () => {
  const [{ createElement }, { renderToString }] = await Promise.all([import('react'), import('react-dom/server')]);
  assert.equal(globalThis.customElements, undefined);
  const html = renderToString(createElement('keylatch-keys', { 'base-url': '/', provider: 'keylatch' }, 'Loading your keys…'));
  assert.equal(html, '<keylatch-keys base-url="/" provider="keylatch">Loading your keys…</keylatch-keys>');
});

scenario('nobody is in: the page says what is to be done, and hears of it', HTML, async ({ page, server }) => {
  await page.addInitScript(() => {
    window.heard = [];
    addEventListener('keylatch-unauthorized', ({ target }) => window.heard.push(target.localName));
  });
  await page.goto(server.url);
  await page.getByText('Your session has ended. Sign in to see your keys.').waitFor();
  assert.equal(await page.getByText('Loading your keys…').isVisible(), false);
  assert.deepEqual(await page.evaluate(() => window.heard), ['keylatch-keys']);
  await page.request.post(`${server.url}/v1/session`, { data: DEMO });
  await page.evaluate(() => document.querySelector('keylatch-keys').refresh());
  await page.getByText('No API keys yet').waitFor();
});

scenario('with no custom property it looks like its page, in light and dark', HTML, async ({ page, keys, server }) => {
  await signedIn(page, server);
  await keys.create('plain');
  const look = (locator) => locator.evaluate((element) => {
    const { fontFamily, color } = getComputedStyle(element);
    return { fontFamily, color };
  });
  const title = page.getByRole('heading', { name: 'API keys', exact: true });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.reload();
    await keys.loaded();
    assert.deepEqual(await look(title), await look(page.getByRole('heading', { name: 'Settings' })), colorScheme);
    await assertAccessible(page, colorScheme);
  }
});

scenario('parts, slots and custom properties are those that are declared', HTML, async ({ page, keys, server }) => {
  const declaration = await readFile(join(ROOT, 'pkg/element.d.ts'), 'utf8');
  const [, slots, parts, properties] = /Slots: (.*?)\. Parts: (.*?)\.\n \* Custom properties(.*?)For a dark page/s.exec(declaration);
  const named = (text) => [...text.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
  const seen = new Set();
  const look = async () => {
    for (const part of await page.evaluate(() => [...document.querySelector('keylatch-keys').shadowRoot.querySelectorAll('[part]')].flatMap(({ part }) => [...part]))) seen.add(part);
  };
  await signedIn(page, server);
  await keys.startCreate('seen');
  await look();
  await keys.submitCreate();
  await keys.revealed();
  await look();
  await keys.closeReveal();
  await keys.choose('seen', 'Revoke…');
  await look();
  await page.keyboard.press('Escape');
  // A part for each state, beside the one for all.
  assert.deepEqual([...seen].filter((part) => !part.startsWith('status-')).sort(), named(parts).sort());

  assert.deepEqual(await page.evaluate(() => [...document.querySelector('keylatch-keys').shadowRoot.querySelectorAll('slot')].map(({ name }) => name).sort()), named(slots.replace('nobody is in', '')).sort());
  await page.evaluate(() => {
    const heading = document.createElement('h2');
    heading.slot = 'heading';
    heading.textContent = 'My own heading';
    document.querySelector('keylatch-keys').append(heading);
  });
  await page.getByRole('heading', { name: 'My own heading' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'API keys', exact: true }).isVisible(), false);

  const names = named(properties).map((name) => name.replace(/^(--keylatch)?-/, ''));
  const used = await page.evaluate(() => [...new Set([...document.querySelector('keylatch-keys').shadowRoot.adoptedStyleSheets[0].cssRules[0].cssText.matchAll(/--keylatch-([\w-]+)/g)].map(([, name]) => name))]);
  assert.deepEqual(names.toSorted(), used.toSorted());
  const unheard = await page.evaluate((names) => {
    const element = document.querySelector('keylatch-keys');
    for (const name of names) element.style.setProperty(`--keylatch-${name}`, '3px');
    return names.filter((name) => getComputedStyle(element).getPropertyValue(`--kl-${name}`) !== '3px');
  }, names);
  assert.deepEqual(unheard, []);
});

test('the Arabic set has every word', () => {
  assert.deepEqual(Object.keys(english).filter((name) => !(name in arabic)), []);
  for (const [name, word] of Object.entries(arabic)) {
    const filled = [word].flatMap((form) => typeof form === 'string' ? [form] : Object.values(form)).join(' ').matchAll(/\{(\w+)\}/g);
    const known = JSON.stringify(english[name] ?? '');
    for (const [, variable] of filled) assert.ok(known.includes(`{${variable}}`), `${name}: {${variable}}`);
  }
});

for (const [size, viewport] of Object.entries(SIZES)) {
  scenario(`every word can be another, and everything reads from right to left: ${size}`, { ...HTML, viewport }, async ({ page, server }) => {
    const api = await server.api();
    const { key } = await api('POST', '/v1/keys', { name: 'البناء', scopes: ['keys:read'] });
    await api('POST', `/v1/keys/${key.id}/rotate`, { overlap: 'P1D' });
    const { key: revoked } = await api('POST', '/v1/keys', { name: 'الاختبار' });
    await api('POST', `/v1/keys/${revoked.id}/revoke`);
    await signedIn(page, server);
    await page.evaluate((words) => {
      document.documentElement.lang = 'ar';
      document.documentElement.dir = 'rtl';
      document.querySelector('h1').textContent = 'الإعدادات';
      const element = document.querySelector('keylatch-keys');
      element.lang = 'ar';
      element.words = words;
    }, arabic);
    const element = page.locator('keylatch-keys');
    const latin = async () => (await element.evaluate(({ shadowRoot }) => {
      const walker = document.createTreeWalker(shadowRoot, NodeFilter.SHOW_TEXT, (node) =>
        node.parentElement.closest('[translate=no], option, [hidden]') || !node.parentElement.checkVisibility() ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
      const texts = [];
      while (walker.nextNode()) texts.push(walker.currentNode.data);
      for (const { ariaLabel, placeholder } of shadowRoot.querySelectorAll('[aria-label], [placeholder]')) texts.push(ariaLabel ?? placeholder);
      return texts;
    })).filter((text) => /[a-z]{3}/i.test(text) && !/^kl_/.test(text));

    await page.getByRole('table', { name: 'مفاتيحك' }).waitFor();
    assert.deepEqual(await latin(), [], 'the table');
    const [name, menu] = await Promise.all(['th [data-name]', '[data-menu]'].map((part) => element.locator(`tbody ${part}`).first().boundingBox()));
    assert.ok(menu.x < name.x, 'the menu is on the left of the name');
    await assertFits(page, 'the table');
    await assertAccessible(page, 'the table');

    await element.locator('[data-menu]').first().click();
    assert.deepEqual(await latin(), [], 'the menu');
    await assertFits(page, 'the menu');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'إنشاء مفتاح' }).click();
    assert.deepEqual(await latin(), [], 'create');
    await page.getByLabel('الاسم', { exact: true }).fill('جديد');
    await assertAccessible(page, 'create');
    await page.getByRole('button', { name: 'أنشئ المفتاح' }).click();
    await page.getByRole('button', { name: 'حفظت هذا المفتاح' }).waitFor();
    assert.deepEqual(await latin(), [], 'reveal');
    await assertFits(page, 'reveal');
    await assertAccessible(page, 'reveal');
    await picture(page, `right-to-left-${size}`);
    await page.getByRole('button', { name: 'حفظت هذا المفتاح' }).click();
    await element.locator('#check-text').fill('Bearer x');
    await element.locator('.problems li').first().waitFor();
    assert.deepEqual(await latin(), [], 'check');
  });
}

scenario('ten in a page are ten, each with its own', HTML, async ({ page, server }) => {
  const api = await server.api();
  await api('POST', '/v1/keys', { name: 'one for all' });
  await signedIn(page, server);
  await page.evaluate(() => {
    for (let n = 1; n < 10; n++) {
      const element = document.createElement('keylatch-keys');
      element.id = `copy-${n}`;
      document.querySelector('main').append(element);
    }
  });
  const elements = page.locator('keylatch-keys');
  await eventually(async () => assert.equal(await page.getByRole('rowheader', { name: 'one for all' }).count(), 10));
  await page.locator('#copy-3 #search').fill('nothing');
  await page.locator('#copy-3').getByText('No key matches').waitFor();
  assert.equal(await page.getByRole('rowheader', { name: 'one for all' }).count(), 9);
  await page.locator('#copy-5 [data-menu]').click();
  assert.equal(await page.getByRole('menu').count(), 1);
  await page.keyboard.press('Escape');
  await page.evaluate(() => { for (const element of document.querySelectorAll('keylatch-keys')) element.remove(); });
  assert.equal(await elements.count(), 0);
});

scenario('a page sets a client, a fetch and a service of its own, also before the tag is known', HTML, async ({ page, server }) => {
  const api = await server.api();
  const { secret } = await api('POST', '/v1/keys', { name: 'the key itself', scopes: ['keys:read'] });
  await page.request.post(`${server.url}/v1/session`, { data: DEMO });
  await page.addInitScript(() => {
    // As a framework may: the element is there before its class is.
    addEventListener('DOMContentLoaded', () => { window.early = Object.hasOwn(document.querySelector('keylatch-keys'), 'fetch'); });
    new MutationObserver((_, observer) => {
      const element = document.querySelector('keylatch-keys');
      if (!element) return;
      observer.disconnect();
      window.sent = [];
      element.fetch = (request) => {
        window.sent.push(new URL(request.url).pathname);
        return fetch(request);
      };
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(server.url);
  await page.getByRole('rowheader', { name: 'the key itself' }).waitFor();
  assert.deepEqual(await page.evaluate(() => window.sent), ['/v1/keys']);

  // Whoever has a client of another kind sets that: here one with a key, which no cookie helps.
  await page.context().clearCookies();
  await page.evaluate(async (credential) => {
    const { KeyClient, defineProvider } = await import('/keylatch/dist/index.js');
    const provider = defineProvider({ id: 'acme', title: 'Acme', endpoints: { list: '/v1/keys' }, fields: { lastUsedAt: '' } });
    const element = document.querySelector('keylatch-keys');
    element.provider = provider;
    element.client = new KeyClient({ provider, baseUrl: location.origin, credential });
  }, secret);
  await page.getByRole('rowheader', { name: 'the key itself' }).waitFor();
  assert.deepEqual(await page.getByRole('columnheader').allInnerTexts(), ['Name', 'Key', 'Status', 'Created']);
  await page.evaluate(() => { document.querySelector('keylatch-keys').client = null; });
  await page.getByText('Your session has ended.').waitFor();
  assert.equal(await page.getByRole('rowheader').count(), 0);
});

scenario('a page that takes the element away takes a key on show away with it', HTML, async ({ page, keys, server }) => {
  await signedIn(page, server);
  await keys.loaded();
  const secret = await keys.createToReveal('on show');
  await page.evaluate(() => {
    window.kept = document.querySelector('keylatch-keys');
    window.kept.remove();
  });
  await eventually(async () => assert.equal(await page.evaluate(() => window.kept.shadowRoot.querySelector('dialog')), null));
  await page.evaluate(() => document.querySelector('main').append(window.kept));
  await keys.row('on show').waitFor();
  assertNoTrace(await traces(page), secret, 'taken away and back');
  page.on('dialog', () => assert.fail('asked'));
  await page.reload();
});

scenario('a service that nobody knows is an error that is seen, until the page puts it right', HTML, async ({ page, keys, server }) => {
  await signedIn(page, server);
  await keys.loaded();
  await page.evaluate(() => { document.querySelector('keylatch-keys').setAttribute('provider', 'nonsense'); });
  await page.getByRole('alert').filter({ hasText: 'nonsense' }).waitFor();
  await page.evaluate(() => { document.querySelector('keylatch-keys').setAttribute('provider', 'keylatch'); });
  await page.getByText('No API keys yet').waitFor();
  assert.equal(await page.getByRole('alert').filter({ hasText: 'nonsense' }).count(), 0);
});
