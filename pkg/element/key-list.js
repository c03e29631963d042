// The keys that are loaded, what of them is shown, and in which order. Everything
// happens here in memory: a search is never sent.

import { isEnded } from './offer.js';

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */
/** @typedef {{ search: string, status: string, unused: boolean, soon: boolean, sort: string }} Filters */

const DAY = 86_400_000;
const UNUSED_DAYS = 90;
const SOON_DAYS = 30;
/** What can be sorted by; `-` before it is the other way round. The empty text is the order of the service. */
const SORTED = ['name', 'owner', 'status', 'createdAt', 'expiresAt', 'lastUsedAt'];
export const STATUSES = ['all', 'active', 'inactive', 'expired', 'revoked', 'disabled'];
/** @type {Readonly<Filters>} */
export const NO_FILTERS = Object.freeze({ search: '', status: 'all', unused: false, soon: false, sort: '' });

export class KeyList {
  /** In the order of the service, newest first. @type {KeyInfo[]} */
  keys = [];
  /** @type {Filters} */
  filters = { ...NO_FILTERS };
  /** The ids of the keys that are selected. @type {Set<string>} */
  selected = new Set();
  /** Whether any answer has come, and whether it was the last. */
  isLoaded = false;
  isComplete = false;
  /** The texts in which a search looks. @type {WeakMap<KeyInfo, string>} */
  #texts = new WeakMap();

  /** @param {string} id */
  get(id) {
    return this.keys.find((key) => key.id === id);
  }

  /** The key that this one was made from by a rotation. @param {string} id */
  predecessor(id) {
    return this.keys.find(({ replacedBy }) => replacedBy === id);
  }

  /** @param {KeyInfo[]} keys @param {boolean} isComplete */
  fill(keys, isComplete) {
    this.keys = keys;
    this.isLoaded = true;
    this.isComplete = isComplete;
    this.#keepSelection();
  }

  clear() {
    this.keys = [];
    this.isLoaded = false;
    this.isComplete = false;
    this.selected.clear();
  }

  /** Puts a new key on top. @param {KeyInfo} key */
  add(key) {
    this.keys = [key, ...this.keys.filter(({ id }) => id !== key.id)];
  }

  /** Shows what has become of a key. @param {KeyInfo} key */
  replace(key) {
    this.keys = this.keys.map((old) => old.id === key.id ? key : old);
    this.#keepSelection();
  }

  /** @param {string} id */
  remove(id) {
    this.keys = this.keys.filter((key) => key.id !== id);
    this.#keepSelection();
  }

  /** Only what can still be ended is selected. */
  #keepSelection() {
    const there = new Set(this.keys.filter((key) => !isEnded(key)).map(({ id }) => id));
    for (const id of this.selected) if (!there.has(id)) this.selected.delete(id);
  }

  get isFiltered() {
    const { search, status, unused, soon } = this.filters;
    return search.trim() !== '' || status !== 'all' || unused || soon;
  }

  /** Takes what can be used of these filters. @param {Partial<Filters>} given */
  filter({ search = '', status = 'all', unused = false, soon = false, sort = '' }) {
    this.filters = {
      search: String(search),
      status: STATUSES.includes(status) ? status : 'all',
      unused: Boolean(unused),
      soon: Boolean(soon),
      sort: SORTED.includes(sort.replace(/^-/, '')) ? sort : '',
    };
  }

  /** What is shown, in its order. */
  shown() {
    const { status, unused, soon, sort } = this.filters;
    const finds = this.#search();
    const found = this.keys.filter((key) => hasStatus(key, status) && (!unused || isUnused(key)) && (!soon || endsSoon(key)) && finds(key));
    return sort ? found.sort(comparison(sort)) : found;
  }

  /** Whether a text is a part of what anybody sees of a key: of its name, its owner, … @param {string} text */
  shows(text) {
    return this.keys.some((key) => this.#textOf(key).includes(text.toLowerCase()));
  }

  /** What there is in all. */
  totals(now = Date.now()) {
    return {
      all: this.keys.length,
      active: this.keys.filter(({ status }) => status === 'active').length,
      unused: this.keys.filter((key) => isUnused(key, now)).length,
    };
  }

  /** @returns {(key: KeyInfo) => boolean} */
  #search() {
    const text = this.filters.search.trim().toLowerCase();
    if (!text) return () => true;
    // A masked key, as it stands in the table or is left of a pasted one: services mask the
    // beginning in their own ways, and all show the end.
    const [, end] = /…(.+)$/.exec(text) ?? [];
    if (end) return ({ masked }) => masked?.toLowerCase().endsWith(end) ?? false;
    return (key) => this.#textOf(key).includes(text);
  }

  /** @param {KeyInfo} key */
  #textOf(key) {
    let text = this.#texts.get(key);
    if (text === undefined) {
      text = [key.name, key.id, key.masked, key.owner, ...key.scopes].join('\n').toLowerCase();
      this.#texts.set(key, text);
    }
    return text;
  }
}

/** Whether a key works and nobody has used it for long, or ever. @param {KeyInfo} key */
export function isUnused({ status, lastUsedAt, createdAt }, now = Date.now()) {
  const last = lastUsedAt ?? createdAt;
  return status === 'active' && last !== undefined && now - +last > UNUSED_DAYS * DAY;
}

/** Whether a key that works will end by itself before long. @param {KeyInfo} key */
function endsSoon({ status, expiresAt }, now = Date.now()) {
  return status === 'active' && expiresAt !== undefined && +expiresAt - now < SOON_DAYS * DAY;
}

/** @param {KeyInfo} key @param {string} status */
function hasStatus(key, status) {
  return status === 'all' || (status === 'inactive' ? isEnded(key) : key.status === status);
}

/** @param {string} sort @returns {(a: any, b: any) => number} */
function comparison(sort) {
  const member = sort.replace(/^-/, '');
  const direction = sort.startsWith('-') ? -1 : 1;
  const { compare } = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return (a, b) => {
    const [one, other] = [a[member], b[member]];
    // What is not there comes last, whichever way.
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    return direction * (typeof one === 'string' ? compare(one, other) : one - other);
  };
}
