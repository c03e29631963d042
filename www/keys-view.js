// The list of keys: what is loaded, what is filtered, and what to say when
// there is nothing, not yet, or not any more.

import { byId, setText } from './dom.js';
import { refreshTimes } from './format-time.js';
import { keyRow, showColumns } from './key-table.js';
import { close as closeMenu, startRowMenu } from './row-menu.js';

const PAGE = 50;
const TYPING_PAUSE = 200;
const TICK = 20_000;

const filters = byId('filters');
const search = byId('search');
const status = byId('status');
const frame = byId('table-frame');
const rows = byId('rows');
const more = byId('more');

/** `onAction(action, key)` is called with the choice from a row's menu, `onCreate()` from the empty list. */
export class KeysView {
  #session;
  #keys = [];
  #loaded = false;
  #cursor;
  #ahead;
  #loading;
  #retry;

  constructor(session, { onAction, onCreate }) {
    this.#session = session;
    startRowMenu(rows, {
      offers: (id) => session.service.actionsOn(this.key(id)),
      choose: (action, id) => onAction(action, this.key(id)),
    });

    let typing;
    const reload = () => { clearTimeout(typing); this.load(); };
    search.addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(reload, TYPING_PAUSE); });
    status.addEventListener('change', reload);
    filters.addEventListener('submit', (event) => { event.preventDefault(); reload(); });
    more.addEventListener('click', () => this.#more());
    byId('banner-retry').addEventListener('click', () => this.#retry?.());
    byId('empty-action').addEventListener('click', () => {
      if (!this.#filtered) return onCreate();
      this.resetFilters();
      this.load();
      search.focus();
    });
    setInterval(() => this.#tick(), TICK);
    document.addEventListener('visibilitychange', () => this.#tick());
  }

  /** Brings what surrounds the keys in line with what the service can do. */
  show(service) {
    const { isHere, title, capabilities } = service;
    byId('keys-title').textContent = isHere ? 'API keys' : `${title} API keys`;
    byId('keys-lead').textContent = capabilities.expiry
      ? 'A key lets a program act for you. Set an end date and rotate it regularly.'
      : 'A key lets a program act for you. These have no end date: replace or delete what is no longer used.';
    byId('search-field').hidden = !service.tells('name');
    byId('status-field').hidden = !service.hasStates;
    showColumns(byId('table'), service);
    byId('row-menu').querySelector('[data-action="rotate"]').textContent = capabilities.oneKey ? 'Regenerate and replace…' : 'Rotate…';
  }

  key(id) {
    return this.#keys.find((key) => key.id === id);
  }

  /** Puts the focus on the menu button of a key's row, or on the title when there is none. */
  focusRow(id) {
    (this.#row(id)?.querySelector('[data-menu]') ?? byId('keys-title')).focus();
  }

  /** Loads the list anew from the start, at least `count` keys of it. */
  async load(count = PAGE) {
    const started = this.#begin();
    const { signal } = started;
    const options = { status: status.value, search: search.value.trim() || undefined, signal };
    try {
      this.#cursor = await this.#session.call((client) => client.list(options));
      this.#ahead = undefined;
      const keys = await this.#pull(count);
      if (signal.aborted) return;
      this.#keys = keys;
      this.#loaded = true;
      closeMenu({ refocus: false });
      const focused = document.activeElement?.closest('#rows [data-id]')?.dataset.id;
      rows.replaceChildren(...this.#rowsOf(keys));
      this.#end(started);
      if (focused) this.focusRow(focused);
    } catch (error) {
      this.#fail(started, error, () => this.load(count));
    }
  }

  /** Loads again as much as is there. */
  renew() {
    return this.load(Math.max(PAGE, this.#keys.length));
  }

  /** Shows an error above the table, with a way to try again. */
  complain(error, retry) {
    this.#fail(this.#begin(), error, retry);
  }

  /** Puts a new key on top; when the filters would hide it, they give way. */
  add(key) {
    if (this.#filtered) {
      this.resetFilters();
      return this.load();
    }
    this.#keys.unshift(key);
    rows.prepend(...this.#rowsOf([key]));
    this.#show();
  }

  /** Shows what has become of a key. */
  replace(key) {
    const at = this.#keys.findIndex(({ id }) => id === key.id);
    if (at < 0) return;
    const row = this.#row(key.id);
    const focused = row.contains(document.activeElement);
    this.#keys[at] = key;
    row.replaceWith(...this.#rowsOf([key]));
    if (focused) this.focusRow(key.id);
  }

  /** Takes a key out. Returns the one that has moved into its place, if any. */
  remove(id) {
    const at = this.#keys.findIndex((key) => key.id === id);
    if (at < 0) return undefined;
    this.#row(id).remove();
    this.#keys.splice(at, 1);
    this.#show();
    return this.#keys[at] ?? this.#keys.at(-1);
  }

  /** Forgets all keys, for the next person. */
  clear() {
    this.#loading?.abort();
    this.#keys = [];
    this.#loaded = false;
    this.#cursor = undefined;
    this.#ahead = undefined;
    closeMenu({ refocus: false });
    rows.replaceChildren();
    setText(byId('count'));
    byId('banner').hidden = true;
  }

  resetFilters() {
    filters.reset();
  }

  get #filtered() {
    return search.value.trim() !== '' || status.value !== 'all';
  }

  #rowsOf(keys) {
    return keys.map((key) => keyRow(key, this.#session.service));
  }

  #row(id) {
    return rows.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  async #more() {
    const started = this.#begin();
    const first = this.#keys.length;
    try {
      const keys = await this.#pull(PAGE);
      if (started.signal.aborted) return;
      this.#keys.push(...keys);
      rows.append(...this.#rowsOf(keys));
      this.#end(started);
      if (keys.length) this.focusRow(this.#keys[first].id);
    } catch (error) {
      // An iterator that has failed is at its end: go the whole way again.
      this.#fail(started, error, () => this.load(first + PAGE));
    }
  }

  /** The next `count` keys, and one to know whether there are more. */
  async #pull(count) {
    const keys = [];
    const cursor = this.#cursor;
    const next = () => this.#session.call(() => cursor.next());
    let entry = this.#ahead ?? await next();
    while (!entry.done && keys.length < count) {
      keys.push(entry.value);
      entry = await next();
    }
    if (cursor === this.#cursor) this.#ahead = entry;
    return keys;
  }

  #begin() {
    this.#loading?.abort();
    this.#loading = new AbortController();
    frame.setAttribute('aria-busy', 'true');
    byId('banner-retry').disabled = true;
    more.disabled = true;
    if (!this.#loaded) this.#show();
    return this.#loading;
  }

  #end(started, problem = '') {
    if (this.#loading !== started) return;
    this.#loading = undefined;
    frame.setAttribute('aria-busy', 'false');
    byId('banner-retry').disabled = false;
    more.disabled = false;
    byId('banner').hidden = !problem;
    byId('banner-text').textContent = problem;
    this.#show(problem);
  }

  #fail(started, error, retry) {
    if (started.signal.aborted) return;
    this.#retry = retry;
    this.#end(started, error.code === 'unauthorized' ? '' : error.message);
  }

  /** Brings everything around the rows in line with what is loaded. */
  #show(problem = '') {
    const { length } = this.#keys;
    byId('skeleton').hidden = this.#loaded || problem !== '';
    byId('table').hidden = length === 0;
    frame.hidden = length === 0 && problem !== '';
    byId('empty').hidden = !this.#loaded || length > 0;
    more.hidden = length === 0 || this.#ahead === undefined || this.#ahead.done === true;
    if (!this.#loaded) return;

    const unit = length === 1 ? 'key' : 'keys';
    setText(byId('count'), length === 0 ? '' : more.hidden ? `${length} ${unit}` : `${length} ${unit} shown`);
    const { create, oneKey } = this.#session.service.capabilities;
    byId('create').hidden = !create || (oneKey && length > 0);
    const filtered = this.#filtered;
    byId('empty-action').hidden = !filtered && !create;
    byId('empty-title').textContent = filtered ? 'No key matches' : 'No API keys yet';
    byId('empty-text').textContent = filtered
      ? 'No key has this name and status.'
      : create ? 'Create one to let a program act for you. You will see it exactly once.' : 'Keys are made by hand, on the page of the service.';
    byId('empty-action').textContent = filtered ? 'Clear filters' : 'Create your first key';
  }

  /** Time goes on: says it anew, and asks after keys whose end has passed. */
  async #tick() {
    if (document.hidden || this.#session.state !== 'signed-in') return;
    refreshTimes(rows);
    const over = this.#keys.filter(({ status, expiresAt }) => status === 'active' && expiresAt <= Date.now());
    for (const { id } of over) {
      try {
        this.replace(await this.#session.call((client) => client.get(id)));
      } catch {
        return; // The next tick asks again.
      }
    }
  }
}
