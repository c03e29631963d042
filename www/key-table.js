// One key as one row.

import { byId, part, setIcon } from './dom.js';
import { formatDay, timeElement } from './format-time.js';
import { isEnded, labelOf } from './service.js';

const STATES = {
  active: { icon: 'check', word: 'Active' },
  expired: { icon: 'cross', word: 'Expired' },
  revoked: { icon: 'cross', word: 'Revoked' },
  unknown: { icon: 'question', word: 'Unknown' },
};
const SOON = 7 * 86400 * 1000;

/** Shows the columns of which the service has something to tell, in every row. */
export function showColumns(table, service) {
  const hidden = {
    name: !service.tells('name'),
    expiresAt: !service.capabilities.expiry,
    lastUsedAt: !service.tells('lastUsedAt'),
    actions: !['active', 'revoked'].some((status) => service.actionsOn({ status }).length),
  };
  table.dataset.hidden = Object.keys(hidden).filter((column) => hidden[column]).join(' ');
}

/** The row of a key. `data-id` on it is the id of the key. */
export function keyRow(key, service) {
  const row = byId('row-template').content.cloneNode(true).firstElementChild;
  row.dataset.id = key.id;
  row.classList.toggle('inactive', isEnded(key));

  part(row, 'name').textContent = key.name;
  part(row, 'replaced').hidden = !(key.replacedBy && key.status === 'active');
  const masked = part(row, 'masked');
  masked.textContent = key.masked ?? `ID ${key.id}`;
  // Each row has one header: where there are no names, it is the key.
  if (!service.tells('name')) masked.parentElement.setAttribute('role', 'rowheader');
  part(row, 'menu').setAttribute('aria-label', `Actions for ${labelOf(key)}`);

  const { icon, word } = STATES[key.status];
  const state = part(row, 'state');
  state.classList.add(key.status);
  state.title = stateTitle(key);
  setIcon(state.querySelector('svg'), icon);
  part(row, 'word').textContent = word;

  for (const cell of row.querySelectorAll('[data-time]')) fillTime(cell, key);
  return row;
}

function fillTime(cell, key) {
  const member = cell.dataset.time;
  const date = key[member];
  if (!date) {
    cell.textContent = { createdAt: 'Unknown', expiresAt: 'Never', lastUsedAt: 'Never' }[member];
    cell.classList.add('none');
    return;
  }
  const more = document.createElement('span');
  more.className = 'exact';
  more.textContent = formatDay(date);
  cell.append(timeElement(date), ' ', more);
  const soon = member === 'expiresAt' && key.status === 'active' && date - Date.now() < SOON;
  cell.classList.toggle('soon', soon);
}

function stateTitle(key) {
  if (key.status === 'revoked' && key.revokedAt) return `Revoked on ${formatDay(key.revokedAt)}`;
  if (key.status === 'expired' && key.expiresAt) return `Expired on ${formatDay(key.expiresAt)}`;
  if (key.status === 'unknown') return 'The service does not say in a known word whether this key works';
  if (key.replacedBy) return 'Active until its end; a newer key replaces it';
  return STATES[key.status].word;
}
