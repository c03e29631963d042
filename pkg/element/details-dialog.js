// All that is known of one key, and what has happened to it.

import { button, el, showModal, timeElement } from './dom.js';
import { isEnded, labelOf } from './offer.js';
import { statusMark } from './row.js';

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */
/** @typedef {import('./element.js').Scene} Scene */

/**
 * Shows the details until they are closed. Resolves with the action that was chosen for the key, or with `undefined`;
 * `go(id)` is called instead for another key whose details are wanted.
 * @param {Scene} scene @param {KeyInfo} key @param {(id: string) => void} go
 * @returns {Promise<string | undefined>}
 */
export function showDetails(scene, key, go) {
  const { speech, offer, root } = scene;
  const actions = offer.actionsOn(key).map((action) => button(
    { part: 'button', 'data-action': action, class: ['edit', 'enable', 'rotate'].includes(action) ? undefined : 'quiet dangerous' }, speech.say(`action.${action === 'rotate' && offer.capabilities.oneKey ? 'replace' : action}`)));
  const close = button({ class: 'primary', part: 'button primary', 'data-first': true }, speech.say('action.close'));
  const dialog = el('dialog', { class: 'details', part: 'dialog', 'aria-labelledby': 'details-title' },
    el('h2', { id: 'details-title' }, ...speech.sayParts('details.title', { name: el('bdi', {}, labelOf(key)) })),
    el('dl', { class: 'facts' }, facts(scene, key).map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value)))),
    el('h3', {}, speech.say('details.history')),
    el('ol', { class: 'history', role: 'list' }, history(scene, key).map(([date, words]) => el('li', {}, el('span', {}, words), ' ', el('span', { class: 'when' }, timeElement(speech, date), ' ', el('span', { class: 'exact' }, speech.moment(date)))))),
    el('div', { class: 'buttons' }, actions, close));
  root.append(dialog);
  showModal(dialog);
  return new Promise((resolve) => {
    /** @type {string | undefined} */
    let chosen;
    dialog.addEventListener('click', (/** @type {any} */ { target }) => {
      const other = target.closest('[data-go]')?.dataset.go;
      chosen = target.closest('[data-action]')?.dataset.action;
      if (other) dialog.addEventListener('close', () => go(other), { once: true });
      if (other || chosen || target === close) dialog.close();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(chosen);
    });
  });
}

/** @param {Scene} scene @param {KeyInfo} key @returns {[string, any][]} */
function facts(scene, key) {
  const { speech, offer, list } = scene;
  const say = (/** @type {string} */ name) => speech.say(name);
  const predecessor = list.predecessor(key.id);
  const mark = statusMark(scene);
  mark.show(key);
  /** @type {[string, any][]} */
  const all = [
    [say('column.masked'), key.masked ? code(key.masked) : undefined],
    [say('details.id'), code(key.id)],
    [say('column.owner'), key.owner],
    [say('column.status'), mark.element],
    [say('details.scopes'), offer.capabilities.scopes ? scopesOf(scene, key) : undefined],
    [say('details.networks'), key.allowedAddresses?.length ? code(key.allowedAddresses.join(', ')) : undefined],
    [say('details.replaces'), predecessor && link(predecessor)],
    [say('details.replacedBy'), key.replacedBy && link(list.get(key.replacedBy), key.replacedBy)],
  ];
  return all.filter(([, value]) => value);
}

/** What a key may do, each with its description where there is one. @param {Scene} scene @param {Pick<KeyInfo, 'scopes'>} key */
export function scopesOf({ speech, scopes }, key) {
  if (key.scopes.length === 0) return speech.say('reveal.noScopes');
  return el('ul', { role: 'list', class: 'granted' }, key.scopes.map((name) => {
    const description = scopes.find((scope) => scope.name === name)?.description;
    return el('li', {}, code(name), description ? [' ', el('span', { class: 'hint' }, description)] : undefined);
  }));
}

/** What has happened, and what will, in that order. @param {Scene} scene @param {KeyInfo} key @returns {[Date, any][]} */
function history({ speech, list }, key) {
  const predecessor = list.predecessor(key.id);
  const successor = key.replacedBy && list.get(key.replacedBy);
  const masked = (/** @type {KeyInfo} */ other) => code(other.masked ?? labelOf(other));
  const isExpired = key.status === 'expired' || (key.expiresAt && +key.expiresAt <= Date.now());
  /** @type {[Date | undefined | '', any][]} */
  const all = [
    [key.createdAt, predecessor ? speech.sayParts('details.succeeded', { key: masked(predecessor) }) : speech.say('details.created')],
    [key.lastUsedAt, key.lastUsedAddress ? speech.sayParts('details.usedFrom', { address: code(key.lastUsedAddress) }) : speech.say('details.used')],
    [successor && successor.createdAt, successor && speech.sayParts('details.replaced', { key: masked(successor) })],
    [key.revokedAt, speech.say('details.revoked')],
    [isEnded(key) && !isExpired ? undefined : key.expiresAt, speech.say(isExpired ? 'details.expired' : 'details.expires')],
  ];
  return /** @type {[Date, any][]} */ (all.filter(([date]) => date)).sort(([a], [b]) => +a - +b);
}

/** @param {KeyInfo | undefined} other @param {string} [id] */
function link(other, id) {
  if (!other) return id ? code(id) : undefined;
  return button({ class: 'link', 'data-go': other.id }, code(other.masked ?? labelOf(other)));
}

/** @param {string} text */
const code = (text) => el('code', { translate: 'no', dir: 'ltr' }, text);
