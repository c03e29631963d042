// The applications on the page, as a person uses them.

/** The parts of the page that are about applications, as a person knows them. */
export class ApplicationsPage {
  constructor(page) {
    this.page = page;
    this.keys = page.getByRole('region', { name: /^Keys of / });
    this.management = page.getByRole('region', { name: 'Management keys' });
    this.owners = page.getByRole('region', { name: 'Owners' });
    this.reveal = page.getByRole('dialog', { name: 'Save your new key' });
    this.toast = page.locator('#toast');
  }

  async open() {
    await this.page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Applications' }).click();
    await this.page.getByRole('heading', { name: 'Applications', level: 1 }).waitFor();
  }

  async create({ name, prefix, scopes = '', limit }) {
    const { page } = this;
    await page.getByRole('button', { name: 'Create application' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create application' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Key prefix').fill(prefix);
    await dialog.getByLabel('Scopes').fill(scopes);
    if (limit) {
      await dialog.getByRole('button', { name: 'Add a limit' }).click();
      await dialog.getByLabel('How much').fill(limit[0]);
      await dialog.getByLabel('In which time').selectOption(limit[1]);
    }
    await dialog.getByRole('button', { name: 'Create application' }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    return new URL(page.url()).hash.replace('#applications/', '');
  }

  /** Makes a key in one of the two lists, and says that it is stored. Returns the key. */
  async issue(list, button, fill) {
    await list.getByRole('button', { name: button }).click();
    const dialog = this.page.getByRole('dialog', { name: button === 'Issue the first key' || button === 'Issue a key' ? 'Issue a key' : 'Create management key' });
    await fill(dialog);
    await dialog.getByRole('button', { name: /^(Issue|Create) key$/ }).click();
    const secret = await this.reveal.getByRole('textbox', { name: 'The new key' }).inputValue();
    await this.reveal.getByRole('button', { name: 'I have stored this key' }).click();
    await this.reveal.waitFor({ state: 'hidden' });
    return secret;
  }

  customerKey({ name, owner, scopes = [], button = 'Issue the first key', environment }) {
    return this.issue(this.keys, button, async (dialog) => {
      await dialog.getByLabel('Name').fill(name);
      await dialog.getByLabel('Owner').fill(owner);
      if (environment) await dialog.getByLabel('Environment').selectOption(environment);
      for (const scope of scopes) await dialog.getByLabel(scope).check();
    });
  }

  managementKey(name, scopes) {
    return this.issue(this.management, 'Create a management key', async (dialog) => {
      await dialog.getByLabel('Name').fill(name);
      for (const scope of scopes) await dialog.getByLabel(scope).check();
    });
  }

  row(list, name) {
    return list.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name }) });
  }

  async choose(list, name, action) {
    await this.row(list, name).getByRole('button', { name: /^Actions for / }).click();
    await this.page.getByRole('menu').getByRole('menuitem', { name: action }).click();
  }
}
