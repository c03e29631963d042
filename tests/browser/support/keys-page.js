// The page as a person knows it: by roles and names, not by structure.

import { DEMO } from './server.js';

export class KeysPage {
  constructor(page) {
    this.page = page;
    this.signInForm = page.getByRole('region', { name: 'Sign in' });
    this.list = page.getByRole('region', { name: 'API keys' });
    this.banner = this.list.getByRole('alert');
    this.table = page.getByRole('table', { name: 'Your API keys' });
    this.search = page.getByRole('searchbox', { name: 'Search by name' });
    this.status = page.getByRole('combobox', { name: 'Status' });
    this.createButton = page.getByRole('button', { name: 'Create API key' });
    this.createDialog = page.getByRole('dialog', { name: 'Create API key' });
    this.revealDialog = page.getByRole('dialog', { name: 'Save your new key' });
    this.rotateDialog = page.getByRole('dialog', { name: 'Rotate key' });
    this.replaceDialog = page.getByRole('dialog', { name: 'Regenerate and replace' });
    this.confirmDialog = page.getByRole('alertdialog');
    this.menu = page.getByRole('menu');
    this.toast = page.locator('.toast');
    this.services = page.getByRole('navigation', { name: 'Services' });
    this.service = page.locator('#service-card');
    this.keyForm = page.locator('#connect');
    this.keyField = page.locator('#connect-key');
    this.checkBox = page.getByRole('textbox', { name: 'Paste a key' });
  }

  /** The page has found out that nobody is signed in. */
  async signedOut() {
    await this.#until(() => document.querySelector('#sign-in:not([hidden])'));
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
    await this.#until(() => document.querySelector('#keys:not([hidden])')
      && document.querySelector('#table-frame[aria-busy="false"]') && document.querySelector('#skeleton[hidden]'));
  }

  /** The dialog is open, or it is not. */
  async #dialogIs(id, open) {
    await this.#until(({ id, open }) => document.getElementById(id).open === open, { id, open });
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
    await this.#dialogIs('reveal-dialog', true);
    return this.revealDialog.getByRole('group', { name: 'The new key' }).innerText();
  }

  async closeReveal() {
    await this.revealDialog.getByLabel('I have stored this key').check();
    await this.revealDialog.getByRole('button', { name: 'I have saved it' }).click();
    await this.#dialogIs('reveal-dialog', false);
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
    await this.#dialogIs('confirm-dialog', false);
  }
}

/** What the table shows of a key. */
export const masked = (secret) => `${secret.slice(0, 8)}…${secret.slice(-4)}`;
