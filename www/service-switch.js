// The choice of a service. It stands in the address (`#lambda`), so that a
// reload, a bookmark and the back button keep to it. Links and not a select:
// walking through a select by arrow keys would choose each on the way, and
// choosing a service forgets the key of the one before.

import { byId } from './dom.js';
import { services } from './service.js';

const list = byId('services');
let current;

/**
 * Builds the links and calls `choose(service)` for the one in the address, now and whenever it changes.
 * While `isHeld()`, the choice stays. `moved()` is called when the address has changed and the service has not.
 */
export function startServiceSwitch(choose, isHeld, moved) {
  list.replaceChildren(...services.map(item));
  let hash = location.hash;
  addEventListener('hashchange', () => {
    // What an open dialog asks or shows belongs to this service, be it a key
    // that is seen only once. The links are out of reach then; the back button is not.
    if (isHeld() || document.querySelector('dialog[open]')) return history.replaceState(null, '', hash || `#${current.id}`);
    ({ hash } = location);
    if (current !== chosen()) follow();
    else moved();
  });
  return follow();

  function follow() {
    current = chosen();
    for (const link of list.querySelectorAll('a')) {
      if (link.hash === `#${current.id}`) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    return choose(current);
  }
}

/** Chooses a service, as its link does. */
export function switchTo(id) {
  location.hash = id;
}

function chosen() {
  return services.find(({ id }) => `#${id}` === location.hash) ?? services[0];
}

function item({ id, title }) {
  const entry = document.createElement('li');
  const link = document.createElement('a');
  link.href = `#${id}`;
  link.textContent = title;
  entry.append(link);
  return entry;
}
