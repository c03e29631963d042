// The applications of whoever is signed in: all of them, or one with its keys, owners and
// management keys. Loaded when it is first wanted.

import { button, el, icon, Speech, styleSheet, timeElement } from '/keylatch/dist/element/element-parts.js';
import { Applications } from '/keylatch/dist/applications.js';
import { announce, dress } from '../dom.js';
import { createApplication, editApplication, LIFETIMES } from './application-form.js';
import { deleteApplication } from './delete-application.js';
import { CustomerKeys, keysOffer, ManagementKeys, managementOffer } from './key-clients.js';
import { limitsWords } from './limits.js';
import { OwnersSection } from './owners.js';

const MANAGEMENT_SCOPES = [
  { name: 'verify', description: 'Ask whether a key is good' },
  { name: 'keys:create', description: 'Create and change keys of this application' },
  { name: 'keys:read', description: 'See them' },
  { name: 'keys:revoke', description: 'End them' },
];

export class ApplicationsView {
  /** Counts what was asked to be shown: what comes late for another is left out. */
  #turn = 0;

  /** `expire()` is called when the server no longer knows who it is. */
  constructor(host, expire) {
    this.expire = expire;
    this.root = host.attachShadow({ mode: 'open' });
    this.root.adoptedStyleSheets = [styleSheet()];
    this.speech = new Speech('en');
    this.scene = { root: this.root, speech: this.speech };
    this.frame = el('div', { class: 'frame' });
    this.root.append(this.frame);
    // Those that the element has not.
    this.looks = dress(this.root, new URL('applications.css', import.meta.url));
  }

  /** Whether one of its dialogs is open. */
  get open() {
    const roots = [this.root, ...[...this.root.querySelectorAll('keylatch-keys')].map(({ shadowRoot }) => shadowRoot)];
    return roots.some((root) => root.querySelector('dialog[open]'));
  }

  /** Nothing of it is left, for whoever comes next. */
  leave() {
    this.#turn += 1;
    for (const dialog of this.root.querySelectorAll('dialog[open]')) dialog.close();
    this.frame.replaceChildren();
  }

  /** Shows one application, or all. Resolves once that is seen. */
  async show(id) {
    const turn = this.#turn += 1;
    this.api = new Applications({ baseUrl: location.origin });
    const title = el('h1', { tabindex: -1 }, id ? 'Application' : 'Applications');
    this.frame.replaceChildren(el('p', { class: 'lead', role: 'status' }, 'Loading…'));
    let parts;
    try {
      await this.looks;
      parts = id ? await this.#one(id, title) : await this.#all(title);
    } catch (error) {
      const retry = button({ part: 'button' }, 'Retry');
      retry.addEventListener('click', () => this.show(id));
      parts = [this.#back(), title, el('p', { class: 'error', role: 'alert' }, error.code === 'not_found' ? 'There is no such application.' : error.message), el('div', {}, retry)];
    }
    if (turn !== this.#turn) return;
    this.frame.replaceChildren(...parts);
    document.title = `${title.textContent} · keylatch`;
    title.focus();
  }

  /** Runs what talks to the server. */
  async #call(work) {
    try {
      return await work();
    } catch (error) {
      if (error.code === 'unauthorized') this.expire();
      throw error;
    }
  }

  async #all(title) {
    const all = [];
    await this.#call(async () => { for await (const one of this.api.list()) all.push(one); });
    const create = button({ class: 'primary', part: 'button primary' }, icon('plus'), 'Create application');
    create.addEventListener('click', async () => {
      const made = await createApplication(this.scene, (wish) => this.#call(() => this.api.create(wish)));
      if (!made) return create.focus();
      location.hash = `applications/${made.id}`;
    });
    const heading = el('div', { class: 'heading' },
      el('div', {}, title, el('p', { class: 'lead' }, 'An application is an API of yours: it has keys for its customers, limits for them, and management keys for your own programs.')), create);
    const rows = all.map(({ id, name, formats, createdAt }) => el('li', { class: 'subject' },
      el('a', { class: 'title', href: `#applications/${id}` }, el('bdi', {}, name)), el('span', {}, ...codes(formats.map(({ prefix }) => prefix))), el('span', { class: 'exact' }, 'Created ', timeElement(this.speech, createdAt))));
    return [el('section', {}, heading, rows.length > 0
      ? el('ul', { class: 'subjects', role: 'list', 'aria-label': 'Your applications' }, rows)
      : el('div', { class: 'empty card' }, icon('key'), el('h2', {}, 'No applications yet'), el('p', {}, 'Create one to issue keys to the customers of your API, and to ask whose key a request carries.')))];
  }

  async #one(id, title) {
    const info = await this.#call(() => this.api.get(id));
    const application = this.api.application(id);
    title.textContent = info.name;
    const keys = this.#keys(new CustomerKeys(application, this.scene, info.scopes), keysOffer(info), info.scopes, 'Keys', {
      'list.title': `Keys of ${info.name}`, 'list.caption': 'Keys of the application', 'list.lead': 'Each key belongs to an owner: a customer of yours.',
      'list.create': 'Issue a key', 'empty.create': 'Issue the first key', 'empty.title': 'No keys yet', 'empty.text': 'Issue one to a customer. You will see it exactly once.',
      'create.title': 'Issue a key', 'create.submit': 'Issue key', 'create.scopesHint': 'Without any of these, a key is good and no more.', 'reveal.noScopes': 'No scope',
    });
    const owners = new OwnersSection(this.scene, { owners: application.owners, call: (work) => this.#call(work), announce, changed: () => keys.refresh() });
    for (const type of ['created', 'deleted']) keys.addEventListener(`keylatch-${type}`, () => owners.load());
    const management = this.#keys(new ManagementKeys(application), managementOffer(), MANAGEMENT_SCOPES, 'Management keys', {
      'list.title': 'Management keys', 'list.caption': 'Management keys of the application', 'list.lead': 'With one, a program of yours acts on this application. It authenticates nobody else.',
      'list.create': 'Create management key', 'empty.create': 'Create a management key', 'empty.title': 'No management keys yet', 'empty.text': 'Your API needs one to ask whose key a request carries.',
      'create.title': 'Create management key', 'create.scopesHint': 'Choose at least one.',
    });
    management.className = 'management';
    owners.load();
    return [el('div', {}, this.#back(), el('div', { class: 'heading' }, title, this.#actions(info)), this.#facts(info)), keys, owners.element, management];
  }

  /** What can be done with an application. */
  #actions(info) {
    const edit = button({ part: 'button' }, 'Edit…');
    const remove = button({ class: 'quiet dangerous', part: 'button' }, 'Delete…');
    edit.addEventListener('click', async () => {
      const changed = await editApplication(this.scene, info, (wish) => this.#call(() => this.api.change(info.id, wish)));
      if (!changed) return edit.focus();
      announce('The application is changed.');
      await this.show(info.id);
    });
    remove.addEventListener('click', async () => {
      if (!await deleteApplication(this.scene, info, () => this.#call(() => this.api.delete(info.id)))) return remove.focus();
      announce('The application is deleted.');
      location.hash = 'applications';
    });
    return el('div', { class: 'actions', role: 'group', 'aria-label': 'The application' }, edit, remove);
  }

  #back() {
    return el('p', {}, el('a', { class: 'link', href: '#applications' }, 'All applications'));
  }

  /** A list of keys, by the element. */
  #keys(client, provider, scopes, heading, words) {
    const element = el('keylatch-keys', {}, el('h2', { slot: 'heading' }, heading));
    Object.assign(element, { client, provider, scopes, words });
    element.addEventListener('keylatch-unauthorized', () => this.expire());
    return element;
  }

  #facts({ id, formats, defaultLifetime, longestLifetime, scopes, limits }) {
    const fact = (term, ...value) => el('div', {}, el('dt', {}, term), el('dd', {}, ...value));
    const lifetime = (text) => LIFETIMES[text] ?? text;
    return el('dl', { class: 'facts' },
      fact('ID', code(id)),
      fact('Keys begin with', ...codes(formats.map(({ prefix }) => prefix))),
      fact('A new key lives', `${lifetime(defaultLifetime)}${longestLifetime ? `, at most ${lifetime(longestLifetime)}` : ''}`),
      fact('Scopes', ...scopes.length > 0 ? codes(scopes.map(({ name }) => name)) : ['Any']),
      fact('Limits of a key', limitsWords(this.speech, limits)));
  }
}

const code = (text) => el('code', { translate: 'no', dir: 'ltr' }, text);

const codes = (texts) => texts.flatMap((text, at) => at > 0 ? [', ', code(text)] : [code(text)]);
