// The one moment in which a key is seen, and that nothing of it is left after.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { eventually } from './support/eventually.js';
import { hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';
import { assertNoTrace, isInMemory, traces } from './support/traces.js';

useBrowser();

scenario('the dialog goes only when the key is said to be safe', async ({ page, keys }) => {
  await keys.signIn();
  const secret = await keys.createToReveal('careful');

  for (const _ of [1, 2, 3]) await page.keyboard.press('Escape');
  await page.mouse.click(5, 5);
  await page.mouse.click(5, 5);
  await page.evaluate(() => {
    const dialog = document.querySelector('keylatch-keys').shadowRoot.querySelector('dialog[open]');
    dialog.dispatchEvent(new Event('cancel', { cancelable: true }));
    dialog.close();
  });
  await eventually(async () => assert.equal(await keys.revealed(), secret));
  await keys.closeReveal();
  assert.equal(await hasFocus(keys.createButton), true);
  assertNoTrace(await traces(page), secret, 'after closing');
});

scenario('copying puts the key, and only the key, on the clipboard', { permissions: ['clipboard-read', 'clipboard-write'] }, async ({ page, keys }) => {
  await keys.signIn();
  const secret = await keys.createToReveal('copied');
  assert.equal(await hasFocus(keys.revealDialog.getByRole('button', { name: 'Copy key' })), true);
  await page.keyboard.press('Enter');
  await keys.revealDialog.getByRole('status').filter({ hasText: 'Copied to the clipboard.' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
});

scenario('the lines that show how to use the key are copied, and only those of .env hold it', { permissions: ['clipboard-read', 'clipboard-write'] }, async ({ page, keys, server }) => {
  await keys.signIn();
  await keys.startCreate('used');
  await keys.createDialog.getByLabel('keys:read').check();
  await keys.submitCreate();
  const secret = await keys.revealed();
  const { revealDialog } = keys;
  assert.match(await revealDialog.innerText(), /Ends\s+\w+ \d+, \d{4} in 3 months\s+May do\s+keys:read\s+See your keys/);
  const lines = revealDialog.getByRole('textbox', { name: 'How to use it' });
  for (const language of ['curl', 'Node', 'Python', '.env']) {
    await revealDialog.getByLabel('Language').selectOption(language);
    const text = await lines.inputValue();
    assert.match(text, /KEYLATCH_API_KEY/, language);
    assert.equal(text.includes(secret), language === '.env', language);
    await revealDialog.getByRole('button', { name: 'Copy these lines' }).click();
    await eventually(async () => assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text));
  }
  assert.match(await lines.inputValue(), new RegExp(`KEYLATCH_URL=${server.url}$`));
  await keys.closeReveal();
  assertNoTrace(await traces(page), secret, 'after closing');
});

scenario('where the clipboard is refused, the key is selected for the keyboard to copy', async ({ page, keys, context }) => {
  await keys.signIn();
  await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError')); });
  const secret = await keys.createToReveal('by hand');
  await keys.revealDialog.getByRole('button', { name: 'Copy key' }).click();
  await keys.revealDialog.getByRole('status').filter({ hasText: 'The browser refused the clipboard.' }).waitFor();
  await page.keyboard.press('ControlOrMeta+C');
  await keys.revealDialog.getByRole('status').filter({ hasText: 'Copied to the clipboard.' }).waitFor();
  await context.grantPermissions(['clipboard-read']);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
});

scenario('the download is a .env file, and its address is dead afterwards', async ({ page, keys, server }) => {
  await page.addInitScript(() => {
    window.liveBlobs = new Set();
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (blob) => {
      const url = createObjectURL.call(URL, blob);
      window.liveBlobs.add(url);
      window.madeBlob = true;
      return url;
    };
    URL.revokeObjectURL = (url) => {
      window.liveBlobs.delete(url);
      revokeObjectURL.call(URL, url);
    };
  });
  await page.reload();
  await keys.signIn();
  const secret = await keys.createToReveal('downloaded');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    keys.revealDialog.getByRole('button', { name: 'Download as .env' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'keylatch.env');
  assert.equal(await readFile(await download.path(), 'utf8'), `KEYLATCH_API_KEY=${secret}\nKEYLATCH_URL=${server.url}\n`);
  await page.waitForFunction(() => window.madeBlob && window.liveBlobs.size === 0);
  await keys.closeReveal();
});

scenario('after a reload nothing of the key is left anywhere', async ({ page, keys, context, console }) => {
  await keys.signIn();
  const secret = await keys.createToReveal('gone');
  assert.ok((await traces(page)).includes(secret), 'the search finds a key that is there');
  assert.equal(await isInMemory(page, secret), false, 'revealing wipes it from the memory of the WebAssembly');
  await keys.closeReveal();
  assertNoTrace(await traces(page), secret, 'after closing');

  await page.reload();
  await keys.loaded();
  await keys.row('gone').waitFor();
  assertNoTrace(await traces(page), secret, 'after a reload');
  assert.equal((await page.content()).includes(secret), false);
  assert.equal(JSON.stringify(await context.storageState({ indexedDB: true })).includes(secret), false);
  assert.equal(console.join('\n').includes(secret), false, 'the console');
});

scenario('leaving before the key is safe is asked about, and wipes it all the same', async ({ page, keys, server, console }) => {
  await keys.signIn();
  const secret = await keys.createToReveal('left behind');

  const asked = page.waitForEvent('dialog');
  const leaving = page.goto(`${server.url}/health`);
  const question = await asked;
  assert.equal(question.type(), 'beforeunload');
  await question.accept();
  await leaving;

  await page.goBack();
  await keys.loaded();
  assert.equal(await keys.revealDialog.isVisible(), false);
  assertNoTrace(await traces(page), secret, 'after coming back');
  assert.equal(console.join('\n').includes(secret), false, 'the console');
});

scenario('a page that is put aside for the back button holds no key', async ({ page, keys }) => {
  await keys.checkBox.fill('kl_live_pasted');
  await keys.signIn();
  const secret = await keys.createToReveal('put aside');
  // What a browser does before it keeps the page in memory; the tests' own has no such memory.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  await keys.revealDialog.waitFor({ state: 'hidden' });
  const left = await traces(page);
  assertNoTrace(left, secret, 'after pagehide');
  assert.equal(left.includes('kl_live_pasted'), false);
  assert.equal(await page.locator('#password').inputValue(), '');
});

scenario('leaving is not asked about once the key is safe', { permissions: ['clipboard-write'] }, async ({ page, keys }) => {
  await keys.signIn();
  await keys.createToReveal('safe');
  await keys.revealDialog.getByRole('button', { name: 'Copy key' }).click();
  await keys.revealDialog.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
  page.on('dialog', () => assert.fail('asked'));
  await page.reload();
  await keys.loaded();
});
