// "Do you really want to?", with the name of the key. The focus is on Cancel.

import { el } from './dom.js';
import { FormDialog } from './dialog.js';
import { isEnded, labelOf } from './offer.js';

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */
/** @typedef {import('./element.js').Scene} Scene */

/** @typedef {'revoke' | 'delete' | 'disable' | 'enable'} Action */

const SHOWN = 5;

/** Asks, and runs `submit` once the person agrees. Resolves with its result, or `undefined`. @param {Scene} scene @param {Action} action @param {KeyInfo} key @param {() => Promise<any>} submit */
export function confirmAction(scene, action, key, submit) {
  const { speech } = scene;
  // Where a service knows no revoking, deleting is what ends a key. So it may be
  // where nobody knows whether the key is active.
  const text = action === 'delete' && !isEnded(key) ? 'delete.activeText' : `${action}.text`;
  return new FormDialog(scene, {
    name: 'confirm', title: speech.say(`${action}.title`), submit: speech.say(`${action}.button`), busy: speech.say(`${action}.busy`), isDangerous: action !== 'enable', isAlert: true,
    body: [el('p', {}, speech.say(text)), subject(key)],
  }).open({ submit });
}

/**
 * The same for several keys. `submit(tell)` ends them; `tell(done)` says how far it is.
 * @param {Scene} scene @param {'revoke' | 'delete'} action @param {KeyInfo[]} keys @param {(tell: (done: number) => void) => Promise<any>} submit
 */
export function confirmMany(scene, action, keys, submit) {
  const { speech } = scene;
  const count = keys.length;
  const busy = (/** @type {number} */ done) => speech.say('many.busy', { done, count });
  const rest = count - SHOWN;
  const dialog = new FormDialog(scene, {
    name: 'confirm', title: speech.say(`many.${action}Title`, { count }), submit: speech.say(`many.${action}Button`, { count }), busy: busy(0), isDangerous: true, isAlert: true,
    body: [
      el('p', {}, speech.say(`many.${action}Text`)),
      el('div', { class: 'subjects' }, keys.slice(0, rest > 1 ? SHOWN : count).map(subject), rest > 1 ? el('p', { class: 'hint' }, speech.say('many.more', { count: rest })) : undefined),
    ],
  });
  return dialog.open({ submit: () => submit((done) => dialog.say(busy(done))) });
}

/** Which key it is about. @param {KeyInfo} key */
export function subject(key) {
  return el('p', { class: 'subject' }, el('bdi', { 'data-name': true }, labelOf(key)), ' ', el('code', { 'data-masked': true, translate: 'no', dir: 'ltr' }, key.name ? key.masked ?? '' : ''));
}
