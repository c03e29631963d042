// One key as one row. A row shows one key after another, as a fast scroll has no time to
// make elements: what differs between two keys is written into those that are there.

import { button, el, icon, setIcon, showTime } from './dom.js';
import { isUnused } from './key-list.js';
import { isEnded, labelOf } from './offer.js';

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */
/** @typedef {import('./element.js').Scene} Scene */
/** A part that can show any key. @typedef {{ element: any, show: (key: KeyInfo) => void }} Shown */
/** @typedef {{ id: string, width: string, isSorted?: boolean, cell: (scene: Scene) => Shown }} Column */

/** @type {Record<string, string>} */
const STATES = { active: 'check', disabled: 'cross', expired: 'cross', revoked: 'cross', unknown: 'question' };
const SOON = 7 * 86_400_000;

/** The columns that have something to show, each with what makes its cell. @param {Scene} scene @returns {Column[]} */
export function columnsOf({ offer }) {
  const hasNames = offer.tells('name');
  const acts = ['active', 'revoked'].some((status) => offer.actionsOn({ status: /** @type {any} */ (status) }).length > 0);
  const time = (/** @type {'createdAt' | 'expiresAt' | 'lastUsedAt'} */ member) => (/** @type {Scene} */ scene) => timeCell(scene, member);
  /** @type {[boolean, Column][]} */
  const columns = [
    [offer.ending !== undefined, { id: 'select', width: '2.75rem', cell: selectCell }],
    [hasNames, { id: 'name', width: 'minmax(9rem, 2.4fr)', isSorted: true, cell: (scene) => headCell(scene, 'name', nameText()) }],
    [true, { id: 'masked', width: 'minmax(8.75rem, 1.3fr)', cell: hasNames ? maskedCell : (scene) => headCell(scene, 'masked', maskedCode(scene)) }],
    [offer.hasOwners, { id: 'owner', width: 'minmax(6rem, 1fr)', isSorted: true, cell: ownerCell }],
    [true, { id: 'status', width: 'minmax(7rem, 1fr)', isSorted: offer.hasStates, cell: statusCell }],
    [offer.tells('createdAt'), { id: 'createdAt', width: 'minmax(7rem, 1fr)', isSorted: true, cell: time('createdAt') }],
    [offer.capabilities.expiry, { id: 'expiresAt', width: 'minmax(7rem, 1fr)', isSorted: true, cell: time('expiresAt') }],
    [offer.tells('lastUsedAt'), { id: 'lastUsedAt', width: 'minmax(7rem, 1fr)', isSorted: true, cell: time('lastUsedAt') }],
    [acts, { id: 'actions', width: '3.25rem', cell: menuCell }],
  ];
  return columns.flatMap(([isThere, column]) => isThere ? [column] : []);
}

/** @param {Scene} scene @param {Column[]} columns @returns {Shown} */
export function keyRow(scene, columns) {
  const element = el('tr', { role: 'row', part: 'row' });
  const cells = columns.map(({ id, cell }) => {
    const made = cell(scene);
    made.element.dataset.column = id;
    // For the rows that are cards, where there is no room for columns.
    made.element.dataset.label = scene.speech.say(`column.${id}`);
    if (!made.element.hasAttribute('role')) made.element.setAttribute('role', 'cell');
    element.append(made.element);
    return made;
  });
  return {
    element,
    show(key) {
      element.dataset.id = key.id;
      element.className = isEnded(key) ? 'inactive' : scene.offer.ending ? 'selectable' : '';
      for (const cell of cells) cell.show(key);
    },
  };
}

/** @param {Scene} scene @returns {Shown} */
function selectCell({ speech, list }) {
  const box = el('input', { type: 'checkbox', 'data-select': true, autocomplete: 'off' });
  const target = el('label', { class: 'target' }, box);
  return {
    element: el('td', { class: 'select' }, target),
    show(key) {
      target.hidden = isEnded(key);
      box.checked = list.selected.has(key.id);
      box.setAttribute('aria-label', speech.say('row.select', { name: labelOf(key) }));
    },
  };
}

/** The cell that says which key it is, and opens its details. @param {Scene} scene @param {string} kind @param {Shown} name @returns {Shown} */
function headCell(scene, kind, name) {
  const title = button({ class: 'title', 'data-details': true, 'aria-haspopup': 'dialog' }, el('bdi', { 'data-name': true }, name.element));
  const under = el('p', { class: 'sub' });
  return {
    element: el('th', { role: 'rowheader', scope: 'row', class: kind }, title, under),
    show(key) {
      name.show(key);
      if (kind === 'name') title.title = labelOf(key);
      const words = underWords(scene, key);
      if (words.length > 0 || under.firstChild) under.replaceChildren(...words);
    },
  };
}

/** What stands under the name. @param {Scene} scene @param {KeyInfo} key @returns {(string | Node)[]} */
function underWords({ speech, list, offer }, { replacedBy, scopes }) {
  if (replacedBy) {
    const successor = list.get(replacedBy);
    if (!successor) return [speech.say('row.replaced')];
    return [button({ class: 'link', 'data-go': replacedBy }, ...speech.sayParts('row.replacedBy', { key: code(successor.masked ?? labelOf(successor)) }))];
  }
  return offer.capabilities.scopes && scopes.length > 0 ? speech.sayParts('row.scopes', { scopes: code(scopes.join(', ')) }) : [];
}

/** @returns {Shown} */
function nameText() {
  const element = document.createTextNode('');
  // One without a name is called by what is known of it: this is the word on a button.
  return { element, show: (key) => { element.data = labelOf(key); } };
}

/** @param {Scene} scene @returns {Shown} */
function maskedCode({ speech }) {
  const start = document.createTextNode('');
  const end = document.createTextNode('');
  return {
    element: code(el('span', { class: 'start' }, start), end),
    show({ masked, id }) {
      const text = masked ?? speech.say('row.id', { id });
      const at = Math.max(0, text.indexOf('…'));
      start.data = text.slice(0, at);
      end.data = text.slice(at);
    },
  };
}

/** @param {Scene} scene @returns {Shown} */
function maskedCell(scene) {
  const { element, show } = maskedCode(scene);
  return { element: el('td', {}, element), show };
}

/** @returns {Shown} */
function ownerCell() {
  const text = document.createTextNode('');
  return { element: el('td', {}, el('bdi', {}, text)), show: ({ owner }) => { text.data = owner ?? ''; } };
}

/** @param {...(string | Node)} contents */
const code = (...contents) => el('code', { translate: 'no', dir: 'ltr' }, ...contents);

/** The sign and the word of a state. @param {Scene} scene @returns {Shown} */
export function statusMark({ speech }) {
  const sign = icon('check');
  const word = document.createTextNode('');
  const element = el('span', {}, sign, el('span', { 'data-word': true }, word));
  return {
    element,
    show({ status }) {
      element.className = `state ${status}`;
      element.setAttribute('part', `status status-${status}`);
      setIcon(sign, STATES[status]);
      word.data = speech.say(`status.${status}`);
    },
  };
}

/** @param {Scene} scene @returns {Shown} */
function statusCell(scene) {
  const mark = statusMark(scene);
  const since = document.createTextNode('');
  const exact = el('span', { class: 'exact' }, since);
  return {
    element: el('td', { class: 'status' }, mark.element, exact),
    show(key) {
      mark.show(key);
      mark.element.title = statusTitle(scene, key);
      exact.hidden = !(key.status === 'revoked' && key.revokedAt);
      if (key.revokedAt) since.data = scene.speech.day(key.revokedAt);
    },
  };
}

/** @param {Scene} scene @param {KeyInfo} key */
function statusTitle({ speech }, { status, revokedAt, expiresAt, replacedBy }) {
  if (status === 'revoked' && revokedAt) return speech.say('status.revokedOn', { day: speech.day(revokedAt) });
  if (status === 'expired' && expiresAt) return speech.say('status.expiredOn', { day: speech.day(expiresAt) });
  if (status === 'unknown') return speech.say('status.unknownWhy');
  return speech.say(replacedBy ? 'status.replaced' : `status.${status}`);
}

/** @param {Scene} scene @param {'createdAt' | 'expiresAt' | 'lastUsedAt'} member @returns {Shown} */
function timeCell({ speech }, member) {
  const time = el('time', {}, '');
  const day = document.createTextNode('');
  const none = document.createTextNode('');
  const contents = {
    moment: [time, ' ', el('span', { class: 'exact' }, day)],
    none: [none],
    over: [el('span', { 'aria-hidden': 'true' }, '—'), el('span', { class: 'visually-hidden' }, speech.say('time.over'))],
  };
  const element = el('td');
  /** @type {keyof typeof contents | undefined} */
  let shown;
  return {
    element,
    show(key) {
      const date = key[member];
      // The end that a revoked key would have had is nothing to wait for.
      const kind = member === 'expiresAt' && key.status === 'revoked' ? 'over' : date ? 'moment' : 'none';
      if (kind !== shown) element.replaceChildren(...contents[kind]);
      shown = kind;
      element.className = kind === 'moment' ? '' : 'none';
      if (kind === 'none') none.data = speech.say(member === 'createdAt' ? 'time.unknown' : 'time.never');
      if (kind !== 'moment' || !date) return;
      const isSoon = member === 'expiresAt' && key.status === 'active' && +date - Date.now() < SOON;
      const isIdle = member === 'lastUsedAt' && isUnused(key);
      if (isSoon || isIdle) element.className = 'soon';
      showTime(speech, time, date);
      day.data = speech.day(date);
    },
  };
}

/** @param {Scene} scene @returns {Shown} */
function menuCell({ speech }) {
  const opener = button({ class: 'icon-button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-controls': 'row-menu', 'data-menu': true }, icon('dots'));
  return {
    element: el('td', { class: 'row-actions' }, opener),
    show: (key) => opener.setAttribute('aria-label', speech.say('row.actions', { name: labelOf(key) })),
  };
}
