// The "three dots" of a row: one menu, shown at the button that asks for it
// (the menu button pattern of the ARIA Authoring Practices).

import { button, el } from './dom.js';

const GAP = 4;

export class RowMenu {
  /** The button that it was opened by. @type {any} */
  #opener;

  /**
   * @param {import('./element.js').Scene} scene
   * @param {{ offers: (id: string) => string[], choose: (action: string, id: string) => void }} steps
   *   `offers` names what can be done with a key, `choose` is called with the choice.
   */
  constructor({ root, speech, offer }, { offers, choose }) {
    this.root = root;
    this.offers = offers;
    const rotate = offer.capabilities.oneKey ? 'action.replace' : 'action.rotate';
    const item = (/** @type {string} */ action, /** @type {string} */ word) => button(
      { role: 'menuitem', tabindex: -1, 'data-action': action, class: ['revoke', 'delete'].includes(action) ? 'dangerous' : undefined }, speech.say(word));
    this.element = el('div', { id: 'row-menu', class: 'menu', part: 'menu', role: 'menu', popover: 'manual' },
      item('details', 'action.details'), item('edit', 'action.edit'), item('rotate', rotate), item('disable', 'action.disable'), item('enable', 'action.enable'), item('revoke', 'action.revoke'), item('delete', 'action.delete'));
    this.element.addEventListener('click', (/** @type {any} */ event) => {
      const chosen = event.target.closest('[data-action]');
      if (!chosen) return;
      const { id } = this.#opener.closest('[data-id]').dataset;
      this.close();
      choose(chosen.dataset.action, id);
    });
    this.element.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.#onKey(event));
  }

  /** Makes the buttons inside a table open it. @param {any} table */
  serve(table) {
    table.addEventListener('click', (/** @type {any} */ { target }) => {
      const opener = target.closest('[data-menu]');
      if (opener) this.#toggle(opener);
    });
    table.addEventListener('keydown', (/** @type {any} */ event) => {
      const opener = event.target.closest('[data-menu]');
      if (!opener || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
      event.preventDefault();
      this.#open(opener, event.key === 'ArrowUp' ? -1 : 0);
    });
  }

  /** From when the element is in a page. */
  start() {
    document.addEventListener('pointerdown', this.#outside);
    // Of whatever scrolls.
    addEventListener('scroll', this.#follow, { passive: true, capture: true });
    addEventListener('resize', this.#follow, { passive: true });
  }

  stop() {
    this.close({ refocus: false });
    document.removeEventListener('pointerdown', this.#outside);
    removeEventListener('scroll', this.#follow, { capture: true });
    removeEventListener('resize', this.#follow);
  }

  close({ refocus = true } = {}) {
    if (!this.#opener) return;
    const opener = this.#opener;
    this.#opener = undefined;
    opener.setAttribute('aria-expanded', 'false');
    if (this.element.isConnected) this.element.hidePopover();
    if (refocus) opener.focus();
  }

  /** Closes it if it was opened in this row. @param {any} row */
  leave(row) {
    if (this.#opener && row.contains(this.#opener)) this.close({ refocus: false });
  }

  /** @param {any} opener */
  #toggle(opener) {
    if (this.#opener === opener) this.close();
    else this.#open(opener, 0);
  }

  /** @param {any} opener @param {number} focused */
  #open(opener, focused) {
    this.close({ refocus: false });
    const offered = this.offers(opener.closest('[data-id]').dataset.id);
    for (const item of this.element.children) item.hidden = !offered.includes(item.dataset.action);
    this.#opener = opener;
    opener.setAttribute('aria-expanded', 'true');
    this.element.setAttribute('aria-label', opener.getAttribute('aria-label'));
    this.element.showPopover();
    this.#place();
    this.#items().at(focused)?.focus();
  }

  #items() {
    return [...this.element.children].filter((item) => !item.hidden);
  }

  /** Nothing of it is at the element itself: events from within a shadow tree seem to come from its host. */
  #outside = (/** @type {Event} */ event) => {
    const path = event.composedPath();
    if (this.#opener && !path.includes(this.element) && !path.includes(this.#opener)) this.close({ refocus: false });
  };

  #follow = () => {
    if (this.#opener && !this.#opener.isConnected) this.close({ refocus: false });
    else this.#place();
  };

  /** Below the button and flush with its end, or above it where there is no room. */
  #place() {
    if (!this.#opener) return;
    const at = this.#opener.getBoundingClientRect();
    const { style } = this.element;
    // From where it stood last there may be less room, and it would be narrower.
    style.left = '0';
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = at.bottom + GAP;
    const isRightToLeft = getComputedStyle(this.element).direction === 'rtl';
    const left = isRightToLeft ? Math.min(at.left, innerWidth - width - GAP) : at.right - width;
    style.left = `${Math.max(GAP, left)}px`;
    style.top = `${Math.max(GAP, below + height > innerHeight ? at.top - GAP - height : below)}px`;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const all = this.#items();
    const at = all.indexOf(this.root.activeElement);
    const go = (/** @type {number} */ index) => {
      event.preventDefault();
      all.at(index % all.length).focus();
    };
    switch (event.key) {
      case 'ArrowDown': return go(at + 1);
      case 'ArrowUp': return go(at - 1);
      case 'Home': return go(0);
      case 'End': return go(-1);
      case 'Escape': event.preventDefault(); return this.close();
      // From the button on, so that Tab goes where it would without the menu.
      case 'Tab': return this.close();
    }
    if (event.key.length !== 1 || event.key === ' ') return;
    const letter = event.key.toLowerCase();
    const found = all.findIndex((item) => item.textContent.trim().toLowerCase().startsWith(letter));
    if (found >= 0) go(found);
  }
}
