// The owners of an application, the customers that have its keys: how much each may use, and
// the end of all keys of one.

import { button, el, FormDialog, setText } from '/keylatch/dist/element/element-parts.js';
import { limitsField, limitsWords } from './limits.js';

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
    this.element = el('section', { class: 'owners', 'aria-labelledby': 'owners-title', tabindex: -1 },
      el('div', {}, el('h2', { id: 'owners-title' }, 'Owners'), el('p', { class: 'lead' }, 'Your customers, by your own ids. All keys of one share its limits.')),
      this.note, this.list, el('div', {}, this.more));
    this.more.addEventListener('click', () => this.#append());
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

  #row({ id, keys, limits }) {
    const { speech } = this.scene;
    const change = button({ part: 'button', 'aria-label': `Limits of ${id}` }, 'Limits…');
    const end = button({ class: 'quiet dangerous', part: 'button', 'data-end': id, 'aria-label': `End all keys of ${id}` }, 'End all keys…');
    const row = el('li', { class: 'subject' }, el('div', {}, el('bdi', { 'data-name': true }, id), el('p', { class: 'sub' }, `${keys === 1 ? '1 key' : `${speech.numbers.format(keys)} keys`} · ${limitsWords(speech, limits)}`)),
      el('div', { class: 'actions' }, change, end));
    change.addEventListener('click', async () => {
      const changed = await this.#askLimits(id, limits);
      if (!changed) return;
      const fresh = this.#row(changed);
      row.replaceWith(fresh);
      fresh.querySelector('button').focus();
      this.announce(`The limits of ${id} are changed.`);
    });
    end.addEventListener('click', async () => {
      const count = await this.#askEnd(id);
      if (count === undefined) return;
      this.announce(count === 1 ? 'One key is revoked.' : `${speech.numbers.format(count)} keys are revoked.`);
      this.changed();
      await this.load();
      (this.list.querySelector(`[data-end="${CSS.escape(id)}"]`) ?? this.element).focus();
    });
    return row;
  }

  #askLimits(id, limits) {
    const rows = limitsField(this.scene, 'How much all keys of this owner may use together.', limits);
    return new FormDialog(this.scene, { name: 'limits', title: `Limits of ${id}`, submit: 'Save limits', busy: 'Saving…', body: [rows.element] })
      .open({ valid: rows.valid, submit: () => this.call(() => this.owners.put(id, { limits: rows.values() })) });
  }

  #askEnd(id) {
    return new FormDialog(this.scene, {
      name: 'confirm', title: 'End all keys of this owner?', submit: 'End all keys', busy: 'Ending…', isDangerous: true, isAlert: true,
      body: [el('p', {}, 'Whatever uses them stops working at once. This cannot be undone; the keys stay in the list, marked as revoked.'), el('p', { class: 'subject' }, el('bdi', {}, id))],
    }).open({ submit: () => this.call(() => this.owners.revoke(id)) });
  }
}
