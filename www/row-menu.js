// The "three dots" of a row: one menu, shown at the button that asks for it
// (the menu button pattern of the ARIA Authoring Practices).

import { byId } from './dom.js';

const menu = byId('row-menu');
const GAP = 4;
let opener;

/** Makes the buttons inside `table` open the menu with what `offers(id)` names; `choose(action, id)` is called with the choice. */
export function startRowMenu(table, { offers, choose }) {
  table.addEventListener('click', (event) => {
    const button = event.target.closest('[data-menu]');
    if (button) toggle(button);
  });
  table.addEventListener('keydown', (event) => {
    const button = event.target.closest('[data-menu]');
    if (!button || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
    event.preventDefault();
    open(button, event.key === 'ArrowUp' ? -1 : 0);
  });
  menu.addEventListener('click', (event) => {
    const item = event.target.closest('[data-action]');
    if (!item) return;
    const { id } = opener.closest('[data-id]').dataset;
    close();
    choose(item.dataset.action, id);
  });
  menu.addEventListener('keydown', onKey);
  document.addEventListener('pointerdown', (event) => {
    if (opener && !menu.contains(event.target) && !opener.contains(event.target)) close({ refocus: false });
  });
  for (const type of ['scroll', 'resize']) addEventListener(type, place, { passive: true });

  function toggle(button) {
    if (opener === button) close();
    else open(button, 0);
  }

  function open(button, focused) {
    close({ refocus: false });
    const offered = offers(button.closest('[data-id]').dataset.id);
    if (!offered.length) return;
    for (const item of menu.children) item.hidden = !offered.includes(item.dataset.action);
    opener = button;
    button.setAttribute('aria-expanded', 'true');
    menu.setAttribute('aria-label', button.getAttribute('aria-label'));
    menu.showPopover();
    place();
    items().at(focused).focus();
  }
}

/** Closes the menu if it is open. */
export function close({ refocus = true } = {}) {
  if (!opener) return;
  const button = opener;
  opener = undefined;
  button.setAttribute('aria-expanded', 'false');
  menu.hidePopover();
  if (refocus) button.focus();
}

function items() {
  return [...menu.children].filter((item) => !item.hidden);
}

/** Below the button and flush with its right edge, or above it where there is no room. */
function place() {
  if (!opener) return;
  const button = opener.getBoundingClientRect();
  // From where it stood last there may be less room, and it would be narrower.
  menu.style.left = '0';
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = button.bottom + GAP;
  const top = below + height > innerHeight ? button.top - GAP - height : below;
  menu.style.left = `${Math.max(GAP, button.right - width)}px`;
  menu.style.top = `${Math.max(GAP, top)}px`;
}

function onKey(event) {
  const all = items();
  const at = all.indexOf(document.activeElement);
  const go = (index) => {
    event.preventDefault();
    all.at(index % all.length).focus();
  };
  switch (event.key) {
    case 'ArrowDown': return go(at + 1);
    case 'ArrowUp': return go(at - 1);
    case 'Home': return go(0);
    case 'End': return go(-1);
    case 'Escape': event.preventDefault(); return close();
    // From the button on, so that Tab goes where it would without the menu.
    case 'Tab': return close();
  }
  if (event.key.length === 1 && event.key !== ' ') {
    const letter = event.key.toLowerCase();
    const found = all.findIndex((item) => item.textContent.trim().toLowerCase().startsWith(letter));
    if (found >= 0) go(found);
  }
}
