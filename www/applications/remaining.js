// How much is left of limits at this moment, as a part of a form.

import { el } from '/keylatch/dist/element/element-parts.js';

/** What `ask()` tells, once it is known. Nothing where there are no limits. */
export function remainingPart(scene, ask) {
  const part = el('div', { class: 'remaining', role: 'status', hidden: true });
  ask().then((limits) => show(scene, part, limits), (error) => show(scene, part, [], `How much is left is not known: ${error.message}`));
  return part;
}

function show({ speech }, part, limits, note) {
  part.hidden = limits.length === 0 && !note;
  part.replaceChildren(el('h3', {}, 'Left now'), note ? el('p', { class: 'hint' }, note)
    : el('dl', { class: 'facts' }, limits.map((limit) => el('div', {}, el('dt', {}, limit.name), el('dd', {}, wordsOf(speech, limit))))));
}

/** `2 of 3, all again in 12 days` */
function wordsOf(speech, { of, kind, limit, remaining, resetSeconds }) {
  const words = [`${speech.numbers.format(remaining)} of ${speech.numbers.format(limit)}`];
  // A rate is there again sooner than anybody has read it.
  if (kind === 'quota' && resetSeconds !== null && remaining < limit) words.push(`all again ${speech.ago(new Date(Date.now() + resetSeconds * 1000))}`);
  if (of === 'owner') words.push('shared by all keys of the owner');
  return words.join(', ');
}
