// How much is left of limits at this moment, as a part of a form.

import { el } from '/keylatch/dist/element/element-parts.js';

/** What `ask()` tells, once it is known. Nothing where there are no limits. `ofOwner`: what is to be said of limits of the owner. */
export function remainingPart({ speech }, ask, ofOwner) {
  const part = el('div', { class: 'remaining', role: 'status', hidden: true });
  const show = (content) => {
    part.hidden = false;
    part.replaceChildren(el('h3', {}, 'Left now'), content);
  };
  const row = (limit) => el('div', {}, el('dt', {}, limit.name), el('dd', {}, wordsOf(speech, limit, ofOwner)));
  ask().then((limits) => limits.length > 0 && show(el('dl', { class: 'facts' }, limits.map(row))), (error) => show(el('p', { class: 'hint' }, `How much is left is not known: ${error.message}`)));
  return part;
}

/** `2 of 3, all again in 12 days` */
function wordsOf(speech, { of, kind, limit, remaining, resetSeconds }, ofOwner) {
  const words = [`${speech.numbers.format(remaining)} of ${speech.numbers.format(limit)}`];
  // A rate is there again sooner than anybody has read it.
  if (kind === 'quota' && resetSeconds !== null && remaining < limit) words.push(`all again ${speech.ago(new Date(Date.now() + resetSeconds * 1000))}`);
  if (of === 'owner' && ofOwner) words.push(ofOwner);
  return words.join(', ');
}
