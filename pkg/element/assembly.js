// What one element is made of, put together anew whenever service, language or words change.

import { Actions } from './actions.js';
import { CheckBox } from './check-box.js';
import { el } from './dom.js';
import { ListView } from './list-view.js';
import { Loader } from './loader.js';
import { offerOf } from './offer.js';
import { Speech } from './speech.js';

/** @typedef {{ name: string, description?: string }} Scope */
/** What every part of one element shares. @typedef {{ root: ShadowRoot, speech: Speech, offer: import('./offer.js').Offer, list: import('./key-list.js').KeyList, scopes: Scope[] }} Scene */

/** Of keylatch-server. */
const SCOPES = ['keys:read', 'keys:write'];

/**
 * @param {{
 *   root: ShadowRoot, language: string, words: Record<string, import('./words.js').Word>, provider: any, scopes: Scope[] | undefined, services: string[],
 *   list: import('./key-list.js').KeyList, host: import('./actions.js').Host, filters: () => unknown,
 * }} given `host` is what the parts may do with the element, `filters` tells those of the list.
 */
export function assemble({ root, language, words, provider, scopes, services, list, host, filters }) {
  const speech = new Speech(language, words);
  const offer = offerOf(provider);
  /** @type {Scene} */
  const scene = { root, speech, offer, list, scopes: scopes ?? SCOPES.map((name) => ({ name, description: speech.say(`scope.${name}`) })) };
  const view = new ListView(scene, {
    onAction: (action, key) => actions.act(action, key),
    onCreate: () => actions.create(),
    onMany: () => actions.endMany(),
    onFilter: () => host.emit('filtered', { filters: filters() }),
  });
  const loader = new Loader(scene, view, host);
  const actions = new Actions(scene, view, host);
  const check = new CheckBox(scene, {
    others: services,
    onSwitch: (id) => host.emit('service', { provider: id }),
    onCheck: ({ ok }) => host.emit('checked', { ok }),
  });
  const signedOut = el('slot', { name: 'signed-out' }, el('p', { class: 'lead' }, speech.say('list.signedOut')));
  const unlisted = el('p', { class: 'lead' }, speech.say('list.unlisted', { service: offer.title }));
  const toast = el('p', { class: 'toast', part: 'toast', role: 'status' });
  const frame = el('div', { class: 'frame', part: 'base' }, signedOut, unlisted, view.element, check.element, toast);
  return { scene, view, check, frame, signedOut, unlisted, toast, loader, actions };
}
