// The page as a person knows it: by roles and names, not by structure.

import { DEMO } from './server.js';

export class KeysPage {
  constructor(page) {
    this.page = page;
    this.signInForm = page.getByRole('region', { name: 'Sign in' });
    this.list = page.getByRole('region', { name: 'API keys' });
    this.banner = this.list.getByRole('alert');
    this.table = page.getByRole('table', { name: 'Your API keys' });
    this.search = page.getByRole('searchbox', { name: 'Search' });
    this.status = page.getByRole('combobox', { name: 'Status' });
    // An empty list has a button of its own.
    this.createButton = page.getByRole('button', { name: /^Create (API key|your first key)$/ });
    this.createDialog = page.getByRole('dialog', { name: 'Create API key' });
    this.revealDialog = page.getByRole('dialog', { name: 'Save your new key' });
    this.rotateDialog = page.getByRole('dialog', { name: 'Rotate key' });
    this.replaceDialog = page.getByRole('dialog', { name: 'Regenerate and replace' });
    this.confirmDialog = page.getByRole('alertdialog');
    this.menu = page.getByRole('menu');
    this.toast = page.locator('keylatch-keys .toast');
    this.services = page.getByRole('navigation', { name: 'Services' });
    this.service = page.locator('#service-card');
    this.keyForm = page.locator('#connect');
    this.keyField = page.locator('#connect-key');
    this.checkBox = page.getByRole('textbox', { name: 'Paste a key' });
  }

  /** The page has found out that nobody is signed in, and is at rest. */
  async signedOut() {
    await this.#until(() => document.querySelector('#sign-in:not([hidden])') && performance.getEntriesByName('at rest').length > 0);
  }

  /** Turns the page to another service. */
  async turnTo(title) {
    const link = this.services.getByRole('link', { name: title, exact: true });
    await link.click();
    await this.services.locator('[aria-current]').filter({ hasText: title }).waitFor();
  }

  /** Sends a key by the form. */
  async enterKey(key) {
    await this.keyField.fill(key);
    await this.keyField.press('Enter');
  }

  /** Comes in with a key, and waits until the list is loaded. */
  async connect(key) {
    await this.enterKey(key);
    await this.loaded();
  }

  /** Signs in, and waits until the list is loaded. */
  async signIn({ user, password } = DEMO) {
    await this.page.getByLabel('E-mail address').fill(user);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.loaded();
  }

  /** The list is there and not about to change. */
  async loaded() {
    await this.#until(() => {
      const root = document.querySelector('keylatch-keys')?.shadowRoot;
      return ['.keys:not([hidden])', '.table-frame[aria-busy="false"]', '.skeleton[hidden]'].every((part) => root?.querySelector(part));
    });
  }

  /** The dialog is open, or it is not. */
  async #dialogIs(name, open) {
    const given = { name, open };
    await this.#until(({ name, open }) => document.querySelector('keylatch-keys').shadowRoot.querySelector(`dialog.${name}`) !== null === open, given);
  }

  /**
   * Waits for what every test waits for. Looks at each frame, where `waitFor` of
   * playwright looks again only after half a second in the end.
   */
  async #until(predicate, given) {
    await this.page.waitForFunction(predicate, given);
  }

  /** In the next list, the service calls the state of every key by this word. */
  async callStates(word) {
    await this.page.route(/\/v1\/keys(\?|$)/, async (route) => {
      const response = await route.fetch();
      const { items, ...rest } = await response.json();
      await route.fulfill({ response, json: { ...rest, items: items.map((key) => ({ ...key, status: word })) } });
    }, { times: 1 });
  }

  row(name) {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name }) });
  }

  cell(row, label) {
    return row.locator(`[data-label="${label}"]`);
  }

  /** The sign and the word of a key's state. */
  state(row) {
    return row.locator('.state');
  }

  /** The row at this place, counted from 0. */
  rowAt(index) {
    return this.table.getByRole('row').nth(index + 1);
  }

  /** The names in the table, top to bottom. */
  names() {
    return this.table.locator('[data-name]').allTextContents();
  }

  /** Where keys have no names, the row alone says which. */
  async openMenu(name, row = this.row(name)) {
    await row.getByRole('button', { name: `Actions for ${name ?? ''}` }).click();
    await this.menu.waitFor();
  }

  /** What the menu of a row offers. */
  async offers(name, row) {
    await this.openMenu(name, row);
    const items = await this.menu.getByRole('menuitem').allTextContents();
    await this.page.keyboard.press('Escape');
    return items;
  }

  async choose(name, action, row) {
    await this.openMenu(name, row);
    await this.menu.getByRole('menuitem', { name: action }).click();
  }

  /** Opens the dialog and fills it. */
  async startCreate(name, lifetime) {
    await this.createButton.click();
    if (name) await this.createDialog.getByLabel('Name').fill(name);
    if (lifetime) await this.createDialog.getByLabel('Duration').selectOption(lifetime);
  }

  async submitCreate() {
    await this.createDialog.getByRole('button', { name: 'Create key' }).click();
  }

  /** Creates a key, without a name where it has none, and leaves its reveal dialog open. Returns the key. */
  async createToReveal(name, lifetime) {
    await this.startCreate(name, lifetime);
    await this.submitCreate();
    return this.revealed();
  }

  /** The key that the reveal dialog shows. */
  async revealed() {
    await this.#dialogIs('reveal', true);
    return this.revealDialog.getByRole('textbox', { name: 'The new key' }).inputValue();
  }

  async closeReveal() {
    await this.revealDialog.getByRole('button', { name: 'I have stored this key' }).click();
    await this.#dialogIs('reveal', false);
  }

  /** Creates a key from the button to the closed dialog. Returns the key. */
  async create(name, lifetime) {
    const secret = await this.createToReveal(name, lifetime);
    await this.closeReveal();
    return secret;
  }

  /** Agrees to what the confirmation asks. */
  async confirm(button) {
    await this.confirmDialog.getByRole('button', { name: button }).click();
    await this.#dialogIs('confirm', false);
  }
}

/** What the table shows of a key. */
export const masked = (secret) => `${secret.slice(0, 8)}…${secret.slice(-4)}`;
