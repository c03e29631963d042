// The list of keys: its table, and what to say when there is nothing, not yet, or not
// any more.

import { button, el, icon, refreshTimes, setText } from './dom.js';
import { FilterBar } from './filter-bar.js';
import { isEnded } from './offer.js';
import { columnsOf, keyRow } from './row.js';
import { RowMenu } from './row-menu.js';
import { VirtualRows } from './virtual-rows.js';

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */

export class ListView {
  /**
   * @param {import('./element.js').Scene} scene
   * @param {{ onAction: (action: string, key: KeyInfo) => void, onCreate: () => void, onMany: () => void, onFilter: () => void }} steps
   */
  constructor(scene, steps) {
    const { speech, offer, list } = scene;
    const say = (/** @type {string} */ name, /** @type {any} */ values = {}) => speech.say(name, values);
    this.scene = scene;
    this.steps = steps;
    this.columns = columnsOf(scene);
    this.menu = new RowMenu(scene, {
      offers: (id) => ['details', ...offer.actionsOn(/** @type {KeyInfo} */ (list.get(id)))],
      choose: (action, id) => steps.onAction(action, /** @type {KeyInfo} */ (list.get(id))),
    });
    this.filters = new FilterBar(scene, () => {
      this.#draw();
      this.frame.scrollTop = 0;
      steps.onFilter();
    });

    this.create = button({ class: 'primary', part: 'button primary', 'data-create': true }, icon('plus'), say('list.create'));
    this.lead = el('p', { class: 'lead' }, say(offer.capabilities.expiry ? 'list.lead' : 'list.leadEndless'));
    this.count = el('p', { class: 'count', role: 'status' });
    this.banner = el('div', { class: 'banner', part: 'error', role: 'alert', hidden: true }, icon('warning'), el('p'), button({ part: 'button' }, say('list.retry')));
    this.many = el('div', { class: 'many', part: 'selection', hidden: true }, el('p', { role: 'status' }),
      button({ class: 'danger', part: 'button danger', 'data-many': true }, say(`many.${offer.ending ?? 'revoke'}`)), button({ class: 'quiet', part: 'button' }, say('many.clear')));
    this.body = el('tbody', { role: 'rowgroup' });
    this.table = el('table', { role: 'table', part: 'table', 'aria-label': say('list.caption') },
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row', 'aria-rowindex': 1 }, this.columns.map((column) => this.#head(column)))), this.body);
    this.table.style.setProperty('--kl-columns', this.columns.map(({ width }) => width).join(' '));
    // What a card has a line for.
    this.table.style.setProperty('--kl-lines', String(this.columns.filter(({ id }) => !['select', 'actions'].includes(id)).length + 1));
    this.skeleton = el('div', { class: 'skeleton', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
    this.emptyTitle = el('h2');
    this.emptyText = el('p');
    this.emptyAction = button({ part: 'button' });
    this.empty = el('div', { class: 'empty', part: 'empty', hidden: true }, icon('key'), this.emptyTitle, this.emptyText, this.emptyAction);
    this.frame = el('div', { class: 'table-frame', part: 'frame', 'aria-busy': 'false' }, this.table, this.skeleton, this.empty);
    this.element = el('section', { class: 'keys', part: 'keys', 'aria-label': say(offer.provider.baseUrl ? 'list.titleOf' : 'list.title', { service: offer.title }), tabindex: -1 },
      el('div', { class: 'heading' }, el('div', {}, el('slot', { name: 'heading' }, el('h2', { part: 'title' }, say(offer.provider.baseUrl ? 'list.titleOf' : 'list.title', { service: offer.title }))), this.lead), this.create),
      this.filters.element, this.banner, this.count, this.many, this.frame, this.menu.element);

    this.rows = new VirtualRows(this.frame, this.body, () => this.#row(), () => this.element.focus());
    this.menu.serve(this.body);
    this.body.addEventListener('click', (/** @type {any} */ event) => this.#onClick(event));
    this.body.addEventListener('change', (/** @type {any} */ event) => this.#onSelect(event));
    this.create.addEventListener('click', () => steps.onCreate());
    this.banner.querySelector('button').addEventListener('click', () => this.retry?.());
    this.emptyAction.addEventListener('click', () => this.#onEmptyAction());
    const [endMany, clearMany] = this.many.querySelectorAll('button');
    endMany.addEventListener('click', () => steps.onMany());
    clearMany.addEventListener('click', () => this.select([]));
    /** What the banner tries again. @type {(() => void) | undefined} */
    this.retry = undefined;
    /** Above the table, while there is something to say. */
    this.problem = '';
  }

  start() {
    this.rows.start();
    this.menu.start();
  }

  stop() {
    this.rows.stop();
    this.menu.stop();
  }

  /** While an answer is awaited. @param {boolean} isBusy */
  setBusy(isBusy) {
    this.frame.setAttribute('aria-busy', String(isBusy));
    this.banner.querySelector('button').disabled = isBusy;
    if (!isBusy || !this.scene.list.isLoaded) this.show();
  }

  /** Shows a sentence above the table, with a way to try again, or no more. @param {string} problem @param {() => void} [retry] */
  complain(problem, retry) {
    this.problem = problem;
    this.retry = retry;
    this.banner.hidden = !problem;
    this.banner.querySelector('p').textContent = problem;
    this.banner.querySelector('button').hidden = !retry;
    this.show();
  }

  /** Brings everything in line with the list. */
  show() {
    this.filters.show();
    this.#draw();
  }

  /** Puts the focus on the menu button of a key's row; filters that hide it give way. @param {string} id */
  focusRow(id) {
    const { list } = this.scene;
    if (list.get(id) && !list.shown().some((key) => key.id === id)) this.clearFilters();
    const row = this.rows.reveal(id);
    (row?.querySelector('[data-menu]') ?? row?.querySelector('[data-details]') ?? this.element).focus();
  }

  clearFilters() {
    this.scene.list.filter({ sort: this.scene.list.filters.sort });
    this.show();
    this.steps.onFilter();
  }

  /** Selects these keys and no others. @param {string[]} ids */
  select(ids) {
    this.scene.list.selected = new Set(ids);
    for (const box of this.body.querySelectorAll('[data-select]')) box.checked = ids.includes(box.closest('[data-id]').dataset.id);
    this.#showSelection();
  }

  /** Says the times anew. */
  tick() {
    refreshTimes(this.scene.speech, this.body);
  }

  /** A row; a menu that is open in it closes before it shows another key. @returns {import('./row.js').Shown} */
  #row() {
    const { element, show } = keyRow(this.scene, this.columns);
    return {
      element,
      show: (key) => {
        if (element.dataset.id !== key.id) this.menu.leave(element);
        show(key);
      },
    };
  }

  /** @param {import('./row.js').Column} column */
  #head({ id, isSorted }) {
    const word = this.scene.speech.say(`column.${id}`);
    const cell = el('th', { role: 'columnheader', scope: 'col', 'data-column': id });
    if (id === 'select') {
      this.all = el('input', { type: 'checkbox', autocomplete: 'off', 'aria-label': this.scene.speech.say('row.selectAll') });
      this.all.addEventListener('change', () => this.select(this.all.checked ? this.#selectable() : []));
      cell.append(el('label', { class: 'target' }, this.all));
    } else if (id === 'actions') cell.append(el('span', { class: 'visually-hidden' }, word));
    else if (isSorted) {
      const sorts = button({ class: 'sorts', part: 'sort' }, word, icon('up'));
      sorts.addEventListener('click', () => this.#sortBy(id));
      cell.append(sorts);
    } else cell.append(word);
    return cell;
  }

  /** Up, down, and as the service has it. @param {string} id */
  #sortBy(id) {
    const { list } = this.scene;
    const { sort } = list.filters;
    const next = sort === id ? `-${id}` : sort === `-${id}` ? '' : id;
    list.filter({ ...list.filters, sort: next });
    this.show();
    this.frame.scrollTop = 0;
    this.steps.onFilter();
  }

  #selectable() {
    return this.scene.list.shown().filter((key) => !isEnded(key)).map(({ id }) => id);
  }

  /** @param {any} event */
  #onClick({ target }) {
    const { id } = target.closest('[data-id]')?.dataset ?? {};
    const successor = target.closest('[data-go]');
    if (successor) this.focusRow(successor.dataset.go);
    else if (target.closest('[data-details]')) this.steps.onAction('details', /** @type {KeyInfo} */ (this.scene.list.get(id)));
  }

  /** @param {any} event */
  #onSelect({ target }) {
    if (!target.matches('[data-select]')) return;
    const { id } = target.closest('[data-id]').dataset;
    const { selected } = this.scene.list;
    if (target.checked) selected.add(id);
    else selected.delete(id);
    this.#showSelection();
  }

  #onEmptyAction() {
    if (!this.scene.list.isFiltered) return this.steps.onCreate();
    this.clearFilters();
    this.filters.search.focus();
  }

  #showSelection() {
    const { list, speech } = this.scene;
    const { size } = list.selected;
    this.many.hidden = size === 0;
    this.many.querySelector('p').textContent = size === 0 ? '' : speech.say('many.selected', { count: size });
    if (!this.all) return;
    const selectable = this.#selectable();
    this.all.checked = size > 0 && selectable.every((id) => list.selected.has(id));
    this.all.indeterminate = size > 0 && !this.all.checked;
    this.all.disabled = selectable.length === 0;
  }

  #draw() {
    const { list, speech, offer } = this.scene;
    const { create, oneKey } = offer.capabilities;
    const shown = list.shown();
    const isEmpty = list.isLoaded && list.isComplete && list.keys.length === 0;
    this.skeleton.hidden = list.isLoaded || this.problem !== '';
    this.table.hidden = shown.length === 0;
    this.frame.hidden = shown.length === 0 && this.problem !== '';
    this.empty.hidden = shown.length > 0 || !list.isLoaded || (!list.isComplete && !list.isFiltered);
    this.filters.element.hidden = isEmpty || !list.isLoaded;
    // The empty list has a button of its own.
    this.create.hidden = !create || isEmpty || (!list.isLoaded && this.problem === '') || (oneKey && list.keys.length > 0);
    this.table.setAttribute('aria-rowcount', shown.length + 1);
    for (const head of this.table.querySelectorAll('thead th')) {
      const { sort } = list.filters;
      const { column } = head.dataset;
      const order = sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : undefined;
      if (order) head.setAttribute('aria-sort', order);
      else head.removeAttribute('aria-sort');
    }
    this.rows.show(shown);
    setText(this.count, list.isLoaded && list.keys.length > 0 ? this.#countWords(shown.length) : '');
    this.#showSelection();

    this.emptyAction.hidden = !list.isFiltered && !create;
    this.emptyTitle.textContent = speech.say(list.isFiltered ? 'nothing.title' : 'empty.title');
    this.emptyText.textContent = speech.say(list.isFiltered ? 'nothing.text' : create ? 'empty.text' : 'empty.byHand');
    this.emptyAction.textContent = speech.say(list.isFiltered ? 'nothing.clear' : 'empty.create');
    this.emptyAction.className = list.isFiltered ? '' : 'primary';
  }

  /** @param {number} found */
  #countWords(found) {
    const { list, speech, offer } = this.scene;
    if (!list.isComplete) return speech.say('list.loaded', { count: list.keys.length });
    const { all, active, unused } = list.totals();
    const words = [found === all ? speech.say('list.count', { count: all }) : speech.say('list.found', { count: found, total: all })];
    if (offer.hasStates) words.push(speech.say('list.active', { count: active }));
    if (unused > 0) words.push(speech.say('list.unused', { count: unused }));
    return words.join(' · ');
  }
}
