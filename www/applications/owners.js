// The owners of an application, the customers that have its keys: what is kept beside each, how
// much it may use, and the end of all its keys.

import { button, el, FormDialog, setText } from '/keylatch/dist/element/element-parts.js';
import { addOwner, editOwner } from './edit-owner.js';
import { limitsWords } from './limits.js';

/** So many are shown at a time. */
const SHOWN = 50;

export class OwnersSection {
  /** The rest of the list. */
  #rest;

  /** `call(work)` runs what talks to the server, `changed()` is called when keys have ended. */
  constructor(scene, { owners, call, announce, changed }) {
    this.scene = scene;
    this.owners = owners;
    this.call = call;
    this.announce = announce;
    this.changed = changed;
    this.list = el('ul', { class: 'subjects', role: 'list' });
    this.note = el('p', { class: 'hint', role: 'status' });
    this.more = button({ part: 'button', hidden: true }, 'Show more');
    const add = button({ part: 'button' }, 'Add an owner');
    this.element = el('section', { class: 'owners', 'aria-labelledby': 'owners-title', tabindex: -1 },
      el('div', { class: 'heading' }, el('div', {}, el('h2', { id: 'owners-title' }, 'Owners'), el('p', { class: 'lead' }, 'Your customers, by your own ids. All keys of one share its limits.')), add),
      this.note, this.list, el('div', {}, this.more));
    this.more.addEventListener('click', () => this.#append());
    add.addEventListener('click', async () => {
      const added = await this.#askNew();
      if (!added) return;
      this.announce(`The owner ${added.id} is added.`);
      await this.load();
    });
  }

  /** Loads them anew. */
  async load() {
    this.#rest = this.owners.list();
    this.list.replaceChildren();
    await this.#append();
  }

  async #append() {
    const rest = this.#rest;
    try {
      for (let count = 0; count < SHOWN; count += 1) {
        const { done, value } = await this.call(() => rest.next());
        // Loaded anew meanwhile.
        if (rest !== this.#rest) return;
        this.more.hidden = Boolean(done);
        if (done) break;
        this.list.append(this.#row(value));
      }
      setText(this.note, this.list.children.length === 0 ? 'None yet: the first key of a customer makes it an owner.' : '');
    } catch (error) {
      setText(this.note, error.message);
    }
  }

  #row(owner) {
    const { id, keys, limits } = owner;
    const { speech } = this.scene;
    const edit = button({ part: 'button', 'aria-label': `Edit ${id}` }, 'Edit…');
    const end = button({ class: 'quiet dangerous', part: 'button', 'data-end': id, 'aria-label': `End all keys of ${id}` }, 'End all keys…');
    const remove = button({ class: 'quiet dangerous', part: 'button', 'aria-label': `Delete ${id}` }, 'Delete…');
    const row = el('li', { class: 'subject' }, el('div', {}, el('bdi', { 'data-name': true }, id), el('p', { class: 'sub' }, `${keys === 1 ? '1 key' : `${speech.numbers.format(keys)} keys`} · ${limitsWords(speech, limits)}`)),
      el('div', { class: 'actions' }, edit, end, remove));
    edit.addEventListener('click', async () => {
      const changed = await this.#askChange(id);
      if (!changed) return;
      const fresh = this.#row(changed);
      row.replaceWith(fresh);
      fresh.querySelector('button').focus();
      this.announce(`The owner ${id} is changed.`);
    });
    end.addEventListener('click', async () => {
      const count = await this.#askEnd(id);
      if (count === undefined) return;
      this.announce(count === 1 ? 'One key is revoked.' : `${speech.numbers.format(count)} keys are revoked.`);
      this.changed();
      await this.load();
      (this.list.querySelector(`[data-end="${CSS.escape(id)}"]`) ?? this.element).focus();
    });
    remove.addEventListener('click', async () => {
      if (!await this.#askDelete(id)) return;
      this.announce(`The owner ${id} is deleted.`);
      this.changed();
      await this.load();
      this.element.focus();
    });
    return row;
  }

  #askNew() {
    const has = (id) => this.call(() => this.owners.get(id)).then(() => true, (error) => {
      if (error.code === 'not_found') return false;
      throw error;
    });
    return addOwner(this.scene, { has, add: (id, wish) => this.call(() => this.owners.put(id, wish)) });
  }

  /** Asks with the owner as it is now, not as the list had it. */
  async #askChange(id) {
    try {
      const owner = await this.call(() => this.owners.get(id));
      return await editOwner(this.scene, owner, { remaining: () => this.call(() => this.owners.limits(id)), change: (wish) => this.call(() => this.owners.put(id, wish)) });
    } catch (error) {
      this.announce(error.message);
      return undefined;
    }
  }

  #askEnd(id) {
    return this.#confirm(id, { title: 'End all keys of this owner?', submit: 'End all keys', busy: 'Ending…' },
      'Whatever uses them stops working at once. This cannot be undone; the keys stay in the list, marked as revoked.', () => this.owners.revoke(id));
  }

  #askDelete(id) {
    return this.#confirm(id, { title: 'Delete this owner?', submit: 'Delete owner', busy: 'Deleting…' },
      'Its keys are deleted with it, and whatever uses them stops working at once. This cannot be undone.', async () => {
        await this.owners.delete(id);
        return true;
      });
  }

  #confirm(id, words, text, work) {
    return new FormDialog(this.scene, { name: 'confirm', ...words, isDangerous: true, isAlert: true, body: [el('p', {}, text), el('p', { class: 'subject' }, el('bdi', {}, id))] })
      .open({ submit: () => this.call(work) });
  }
}
