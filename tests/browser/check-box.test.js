// The box that checks a pasted key as it is typed.

import assert from 'node:assert/strict';
import { eventually } from './support/eventually.js';
import { hasFocus } from './support/focus.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

// GitHub's example body of 30 characters under keylatch's prefix, with its checksum.
const BODY = 'kl_live_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ';

/** A real key, so that only what a case breaks is broken. */
async function realKey(page) {
  return page.evaluate(async () => (await import('/keylatch/dist/index.js')).generateKey().expose());
}

scenario('each fault is named and its place is marked', async ({ page, keys }) => {
  const key = await realKey(page);
  const bad = [
    { what: 'space before', text: ` ${key}`, code: 'surrounding_space', marked: '␣' },
    { what: 'space after', text: `${key} `, code: 'surrounding_space', marked: '␣' },
    { what: 'tab inside', text: `${key.slice(0, 20)}\t${key.slice(20)}`, code: 'inner_space', marked: '⇥' },
    { what: 'line break', text: `${key.slice(0, 20)}\n${key.slice(20)}`, code: 'line_break', marked: '↵' },
    { what: 'quotes', text: `"${key}"`, code: 'quotes', marked: '"' },
    { what: 'the scheme', text: `Bearer ${key}`, code: 'scheme_prefix', marked: 'Bearer␣' },
    { what: 'the variable', text: `KEYLATCH_API_KEY=${key}`, code: 'assignment_prefix', marked: 'KEYLATCH_API_KEY=' },
    { what: 'a placeholder', text: '{MY_API_KEY}', code: 'placeholder', marked: '{' },
    { what: 'a character of no key', text: `${key.slice(0, 12)}!${key.slice(13)}`, code: 'bad_character', marked: '!' },
    { what: 'a Cyrillic letter', text: `${key.slice(0, 12)}а${key.slice(13)}`, code: 'lookalike', marked: 'а' },
    { what: 'a zero-width space', text: `${key.slice(0, 12)}\u200b${key.slice(12)}`, code: 'invisible', marked: '[U+200B]' },
    { what: 'another prefix', text: key.replace('kl_live_', 'ghp_live'), code: 'wrong_prefix', marked: 'g' },
    { what: 'the end missing', text: key.slice(0, 40), code: 'wrong_length', marked: undefined },
    { what: 'a wrong checksum', text: `${BODY}000000`, code: 'wrong_checksum', marked: undefined },
  ];
  const region = page.getByRole('region', { name: 'Check a key' });
  for (const { what, text, code, marked } of bad) {
    await keys.checkBox.fill(text);
    const problem = region.locator(`li[data-code="${code}"]`).first();
    await problem.waitFor();
    assert.match(await problem.innerText(), /^(Characters? \d+( to \d+)?|At the end)\s+\S.*[.!]/s, what);
    const marks = await region.locator('mark').allTextContents();
    assert.ok(marks.length > 0, `${what}: a place is marked`);
    if (marked) assert.ok(marks.some((text) => text.startsWith(marked)), `${what}: ${JSON.stringify(marks)}`);
    assert.equal(await keys.checkBox.getAttribute('aria-invalid'), 'true', what);
  }
});

scenario('a good key is called good, and no more is claimed than is known', async ({ page, keys }) => {
  await keys.checkBox.fill(await realKey(page));
  await page.getByText('This is a keylatch key (kl_live_…). Its form and its checksum are right. Whether it still works, only the service can say.').first().waitFor();
  assert.equal(await keys.checkBox.getAttribute('aria-invalid'), null);
  assert.equal(await page.locator('mark').count(), 0);
});

scenario('a key that stands in something else can be taken out of it', async ({ page, keys }) => {
  const key = await realKey(page);
  await keys.checkBox.fill(`curl -H "Authorization: Bearer ${key}" https://keys.example.com`);
  await page.getByRole('button', { name: `Use kl_live_…${key.slice(-4)}` }).click();
  assert.equal(await keys.checkBox.inputValue(), key);
  assert.equal(await keys.checkBox.getAttribute('aria-invalid'), null);
});

scenario('the count of characters is the person’s, not the machine’s', async ({ page, keys }) => {
  await keys.checkBox.fill('kl_live_😀!');
  await page.getByRole('listitem').filter({ hasText: 'Character 10' }).first().waitFor();
});

scenario('nothing that is pasted is sent or kept', async ({ page, keys, console }) => {
  const key = await realKey(page);
  const sent = [];
  page.on('request', (request) => sent.push(request.url()));
  await keys.checkBox.fill(key);
  await page.getByText('This is a keylatch key').first().waitFor();
  assert.deepEqual(sent, []);
  assert.equal(await keys.checkBox.getAttribute('autocomplete'), 'off');
  assert.equal(await keys.checkBox.getAttribute('spellcheck'), 'false');

  await page.reload();
  await keys.signInForm.waitFor();
  assert.equal(await keys.checkBox.inputValue(), '');
  assert.equal((await page.content()).includes(key), false);
  assert.equal(await page.evaluate((text) => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]).includes(text), key), false);
  assert.equal(console.join().includes(key), false);
});

scenario('Clear empties the box and forgets', async ({ page, keys }) => {
  await keys.checkBox.fill('not a key');
  await page.getByRole('button', { name: 'Clear' }).click();
  assert.equal(await keys.checkBox.inputValue(), '');
  assert.equal(await page.locator('.check-result').isVisible(), false);
  assert.equal(await page.locator('.marked').textContent(), '');
  assert.equal(await hasFocus(keys.checkBox), true);
});

scenario('a whole file pasted by mistake does not freeze the page', async ({ page, keys }) => {
  await keys.checkBox.evaluate((input) => {
    input.value = 'kl_live_' + 'é '.repeat(500_000);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  const items = page.getByRole('region', { name: 'Check a key' }).getByRole('listitem');
  await eventually(async () => assert.ok(await items.count() >= 1 && await items.count() <= 21));
  assert.ok((await page.locator('.marked').textContent()).length < 1000);
});

scenario('the box is there when signed in as well', async ({ page, keys }) => {
  await keys.signIn();
  await keys.checkBox.fill('Bearer x');
  await page.locator('li[data-code="scheme_prefix"]').waitFor();
});
