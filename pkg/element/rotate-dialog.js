// Rotating a key: how long the old one lives on, and what that means. Where a
// user has one key at a time, the old one goes before the new one comes.

import { el } from './dom.js';
import { FormDialog, note } from './dialog.js';
import { labelOf } from './offer.js';

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */
/** @typedef {import('./element.js').Scene} Scene */

const HOUR = 3_600_000;
/** @type {Record<string, number>} */
const OVERLAPS = { PT0S: 0, PT1H: HOUR, P1D: 24 * HOUR, P7D: 7 * 24 * HOUR };

/** Asks for the overlap, where there can be one, and runs `submit(overlap)`. Resolves with its result, or `undefined`. @param {Scene} scene @param {KeyInfo} key @param {(overlap?: string) => Promise<any>} submit */
export function askRotation(scene, key, submit) {
  const { speech, offer } = scene;
  const { oneKey, overlap } = offer.capabilities;
  const words = speech.say(oneKey ? 'rotate.replaceTitle' : 'rotate.title');
  const name = el('span', {}, el('strong', {}, el('bdi', { 'data-name': true }, labelOf(key))), key.name && key.masked ? [' ', el('code', { translate: 'no', dir: 'ltr' }, key.masked)] : undefined);
  const end = key.expiresAt ? speech.say('rotate.sameEnd', { day: speech.day(key.expiresAt) }) : speech.say('rotate.noEnd');
  const choices = el('fieldset', { class: 'choices', hidden: !overlap }, el('legend', {}, speech.say('rotate.overlap')),
    Object.keys(OVERLAPS).map((value, at) => {
      const radio = el('input', { type: 'radio', name: 'overlap', value, 'data-first': at === 0 && !oneKey });
      radio.checked = at === 0;
      return el('label', {}, radio, ` ${speech.say(`rotate.${value}`)}`);
    }));
  const effect = note();
  const chosen = () => choices.querySelector(':checked').value;
  const showEffect = () => effect.say(
    oneKey ? speech.say('rotate.oneKey', { service: offer.title }) : effectOf(speech, chosen(), key.expiresAt), oneKey || chosen() === 'PT0S');
  choices.addEventListener('change', showEffect);
  showEffect();
  return new FormDialog(scene, {
    name: 'rotate', title: words, submit: words, busy: speech.say('rotate.busy'), isDangerous: oneKey,
    body: [el('p', {}, ...speech.sayParts(oneKey ? 'rotate.replaceText' : 'rotate.text', { name, end })), choices, effect.element],
  }).open({ submit: () => submit(overlap ? chosen() : undefined) });
}

/** What becomes of the old key, as a sentence. @param {import('./speech.js').Speech} speech @param {string} overlap @param {Date} [expiresAt] */
function effectOf(speech, overlap, expiresAt) {
  const length = OVERLAPS[overlap];
  if (!length) return speech.say('rotate.atOnce');
  const end = new Date(Date.now() + length);
  return expiresAt && expiresAt <= end
    ? speech.say('rotate.ownEnd', { moment: speech.moment(expiresAt) })
    : speech.say('rotate.until', { moment: speech.moment(end) });
}
