// What is searched, filtered and sorted by, and how much there is.

import { el, icon } from './dom.js';
import { cut } from './cut.js';
import { STATUSES } from './key-list.js';
import { columnsOf } from './row.js';

export class FilterBar {
  /** @param {import('./element.js').Scene} scene @param {() => void} onChange Called when the filters of the list have changed. */
  constructor(scene, onChange) {
    const { speech, offer } = scene;
    this.scene = scene;
    this.onChange = onChange;
    const say = (/** @type {string} */ name) => speech.say(name);
    const option = (/** @type {string} */ value, /** @type {string} */ word) => el('option', { value }, say(word));

    this.search = el('input', {
      id: 'search', type: 'search', part: 'search', placeholder: say('filter.searchHint'), autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none', 'aria-describedby': 'cut',
    });
    this.status = el('select', { id: 'status', autocomplete: 'off' }, STATUSES.filter((status) => status !== 'disabled' || offer.disables).map((status) => option(status, `filter.${status}`)));
    this.unused = el('input', { id: 'unused', type: 'checkbox', autocomplete: 'off' });
    this.soon = el('input', { id: 'soon', type: 'checkbox', autocomplete: 'off' });
    const sorted = columnsOf(scene).filter(({ isSorted }) => isSorted);
    this.sort = el('select', { id: 'sort', autocomplete: 'off' },
      option('', 'filter.newest'), sorted.flatMap(({ id }) => [
        el('option', { value: id }, `${say(`column.${id}`)} ↑`), el('option', { value: `-${id}` }, `${say(`column.${id}`)} ↓`),
      ]));
    this.cutNote = el('p', { id: 'cut', class: 'hint', role: 'status' });
    this.element = el('form', { class: 'filters', part: 'filters', role: 'search', 'aria-label': say('list.title') },
      el('div', { class: 'search' }, el('label', { for: 'search', class: 'visually-hidden' }, say('filter.search')), icon('search'), this.search),
      el('div', { class: 'filter', hidden: !offer.hasStates }, el('label', { for: 'status' }, say('filter.status')), this.status),
      el('div', { class: 'filter sort' }, el('label', { for: 'sort' }, say('filter.sort')), this.sort),
      el('label', { class: 'tick', hidden: !offer.tells('lastUsedAt') }, this.unused, ` ${say('filter.unused')}`),
      el('label', { class: 'tick', hidden: !offer.capabilities.expiry }, this.soon, ` ${say('filter.soon')}`), this.cutNote);

    this.element.addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
    this.search.addEventListener('input', () => this.#searched());
    for (const control of [this.status, this.unused, this.soon, this.sort]) control.addEventListener('change', () => this.#changed());
    this.show();
  }

  /** Shows the filters of the list. */
  show() {
    const { search, status, unused, soon, sort } = this.scene.list.filters;
    if (this.search.value !== search) this.search.value = search;
    this.status.value = status;
    this.unused.checked = unused;
    this.soon.checked = soon;
    this.sort.value = sort;
    if (!search.includes('…')) this.cutNote.textContent = '';
  }

  #searched() {
    const { offer, list, speech } = this.scene;
    const masked = cut(offer.provider, this.search.value, (text) => list.shows(text));
    if (masked !== undefined) this.search.value = masked;
    this.cutNote.textContent = masked === undefined ? '' : speech.say('filter.cut');
    this.#changed();
  }

  #changed() {
    this.scene.list.filter({ search: this.search.value, status: this.status.value, unused: this.unused.checked, soon: this.soon.checked, sort: this.sort.value });
    this.onChange();
  }
}
