// One key as one row.

import { button, el, icon, timeElement } from './dom.js';
import { isUnused } from './key-list.js';
import { isEnded, labelOf } from './offer.js';

/** @typedef {import('../index.js').KeyInfo} KeyInfo */
/** @typedef {import('./element.js').Scene} Scene */

const STATES = { active: 'check', expired: 'cross', revoked: 'cross', unknown: 'question' };
const SOON = 7 * 86_400_000;

/**
 * The columns that have something to show, each with what its cell holds.
 * @param {Scene} scene
 * @returns {{ id: string, width: string, isSorted?: boolean, cell: (key: KeyInfo) => any }[]}
 */
export function columnsOf(scene) {
  const { offer } = scene;
  const hasNames = offer.tells('name');
  const acts = ['active', 'revoked'].some((status) => offer.actionsOn({ status: /** @type {any} */ (status) }).length > 0);
  /** @type {[boolean, any][]} */
  const columns = [
    [offer.ending !== undefined, { id: 'select', width: '2.75rem', cell: (/** @type {KeyInfo} */ key) => selectCell(scene, key) }],
    [hasNames, { id: 'name', width: 'minmax(9rem, 2.4fr)', isSorted: true, cell: (/** @type {KeyInfo} */ key) => headCell(scene, key, key.name, 'name') }],
    [true, {
      id: 'masked',
      width: 'minmax(8.75rem, 1.3fr)',
      cell: (/** @type {KeyInfo} */ key) => hasNames ? el('td', {}, maskedCode(scene, key)) : headCell(scene, key, maskedCode(scene, key), 'masked'),
    }],
    [true, { id: 'status', width: 'minmax(7rem, 1fr)', isSorted: offer.hasStates, cell: (/** @type {KeyInfo} */ key) => statusCell(scene, key) }],
    [offer.tells('createdAt'), { id: 'createdAt', width: 'minmax(7rem, 1fr)', isSorted: true, cell: (/** @type {KeyInfo} */ key) => timeCell(scene, key, 'createdAt') }],
    [offer.capabilities.expiry, { id: 'expiresAt', width: 'minmax(7rem, 1fr)', isSorted: true, cell: (/** @type {KeyInfo} */ key) => timeCell(scene, key, 'expiresAt') }],
    [offer.tells('lastUsedAt'), { id: 'lastUsedAt', width: 'minmax(7rem, 1fr)', isSorted: true, cell: (/** @type {KeyInfo} */ key) => timeCell(scene, key, 'lastUsedAt') }],
    [acts, { id: 'actions', width: '3.25rem', cell: (/** @type {KeyInfo} */ key) => menuCell(scene, key) }],
  ];
  return columns.flatMap(([isThere, column]) => isThere ? [column] : []);
}

/** @param {Scene} scene @param {ReturnType<typeof columnsOf>} columns @param {KeyInfo} key */
export function keyRow(scene, columns, key) {
  const { offer } = scene;
  const row = el('tr', { role: 'row', part: 'row', 'data-id': key.id, class: isEnded(key) ? 'inactive' : offer.ending && 'selectable' });
  for (const { id, cell } of columns) {
    const made = cell(key);
    made.dataset.column = id;
    // For the rows that are cards, where there is no room for columns.
    made.dataset.label = scene.speech.say(`column.${id}`);
    if (!made.hasAttribute('role')) made.setAttribute('role', 'cell');
    row.append(made);
  }
  return row;
}

/** @param {Scene} scene @param {KeyInfo} key */
function selectCell({ speech, list }, key) {
  const box = el('input', { type: 'checkbox', 'data-select': true, autocomplete: 'off', 'aria-label': speech.say('row.select', { name: labelOf(key) }) });
  box.checked = list.selected.has(key.id);
  return el('td', { class: 'select' }, isEnded(key) ? undefined : el('label', { class: 'target' }, box));
}

/** The cell that says which key it is, and opens its details. @param {Scene} scene @param {KeyInfo} key @param {any} name @param {string} kind */
function headCell({ speech, list, offer }, key, name, kind) {
  const under = el('p', { class: 'sub' });
  if (key.replacedBy) {
    const successor = list.get(key.replacedBy);
    under.append(successor
      ? button({ class: 'link', 'data-go': key.replacedBy }, ...speech.sayParts('row.replacedBy', { key: code(successor.masked ?? labelOf(successor)) }))
      : speech.say('row.replaced'));
  } else if (offer.capabilities.scopes && key.scopes.length > 0) under.append(...speech.sayParts('row.scopes', { scopes: code(key.scopes.join(', ')) }));
  return el('th', { role: 'rowheader', scope: 'row', class: kind },
    button({ class: 'title', 'data-details': true, title: typeof name === 'string' ? name : undefined, 'aria-haspopup': 'dialog' }, el('bdi', { 'data-name': true }, name)), under);
}

/** @param {Scene} scene @param {KeyInfo} key */
const maskedCode = ({ speech }, { masked, id }) => code(masked ?? speech.say('row.id', { id }));

/** @param {string} text */
const code = (text) => el('code', { translate: 'no', dir: 'ltr' }, text);

/** @param {Scene} scene @param {KeyInfo} key */
export function statusMark({ speech }, { status }) {
  return el('span', { class: `state ${status}`, part: `status status-${status}` }, icon(STATES[status]), el('span', { 'data-word': true }, speech.say(`status.${status}`)));
}

/** @param {Scene} scene @param {KeyInfo} key */
function statusCell(scene, key) {
  const mark = statusMark(scene, key);
  mark.title = statusTitle(scene, key);
  const day = key.status === 'revoked' && key.revokedAt ? scene.speech.day(key.revokedAt) : undefined;
  return el('td', { class: 'status' }, mark, day && el('span', { class: 'exact' }, day));
}

/** @param {Scene} scene @param {KeyInfo} key */
function statusTitle({ speech }, { status, revokedAt, expiresAt, replacedBy }) {
  if (status === 'revoked' && revokedAt) return speech.say('status.revokedOn', { day: speech.day(revokedAt) });
  if (status === 'expired' && expiresAt) return speech.say('status.expiredOn', { day: speech.day(expiresAt) });
  if (status === 'unknown') return speech.say('status.unknownWhy');
  return speech.say(replacedBy ? 'status.replaced' : `status.${status}`);
}

/** @param {Scene} scene @param {KeyInfo} key @param {'createdAt' | 'expiresAt' | 'lastUsedAt'} member */
function timeCell({ speech }, key, member) {
  // The end that a revoked key would have had is nothing to wait for.
  if (member === 'expiresAt' && key.status === 'revoked') {
    return el('td', { class: 'none' }, el('span', { 'aria-hidden': 'true' }, '—'), el('span', { class: 'visually-hidden' }, speech.say('time.over')));
  }
  const date = key[member];
  if (!date) return el('td', { class: 'none' }, speech.say(member === 'createdAt' ? 'time.unknown' : 'time.never'));
  const isSoon = member === 'expiresAt' && key.status === 'active' && +date - Date.now() < SOON;
  const isIdle = member === 'lastUsedAt' && isUnused(key);
  return el('td', { class: isSoon || isIdle ? 'soon' : undefined }, timeElement(speech, date), ' ', el('span', { class: 'exact' }, speech.day(date)));
}

/** @param {Scene} scene @param {KeyInfo} key */
function menuCell({ speech }, key) {
  const attributes = { class: 'icon-button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-controls': 'row-menu', 'data-menu': true, 'aria-label': speech.say('row.actions', { name: labelOf(key) }) };
  return el('td', { class: 'row-actions' }, button(attributes, icon('dots')));
}
