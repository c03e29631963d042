// "Add an owner" and "Edit owner": what is kept beside a customer, and how much all its keys may
// use together.

import { el, field, FormDialog, isOwnerId } from '/keylatch/dist/element/element-parts.js';
import { changedOf } from './changed.js';
import { limitsField } from './limits.js';
import { metadataField } from './metadata.js';
import { remainingPart } from './remaining.js';

const TAKEN = 'owner_exists';
const TOGETHER = 'How much all keys of this owner may use together, besides what each may.';

/** Asks, and changes it by `change(wish)`, which has what is another. Resolves with the owner as it is then, or with `undefined`. */
export function editOwner(scene, owner, { remaining, change }) {
  const data = metadataField('owner-metadata', owner.metadata);
  const rows = limitsField(scene, TOGETHER, owner.limits);
  const values = () => ({ metadata: data.value(), limits: rows.values() });
  return new FormDialog(scene, {
    name: 'edit-owner', title: 'Edit owner', submit: 'Save', busy: 'Saving…',
    body: [el('p', { class: 'subject' }, el('bdi', {}, owner.id)), data.element, rows.element, remainingPart(scene, remaining)],
  }).open({ valid: () => data.valid() && rows.valid(), submit: () => change(changedOf(owner, values())) });
}

/** Asks, and makes it by `add(id, wish)`, unless `has(id)`. Resolves with the owner, or with `undefined`. */
export function addOwner(scene, { has, add }) {
  const id = field({ id: 'owner-id', label: 'Owner', hint: 'Your own id of the customer, for example cust_7.', control: el('input', { type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', required: true, 'data-first': true }) });
  const data = metadataField('owner-metadata', {});
  const rows = limitsField(scene, TOGETHER);
  id.control.addEventListener('input', () => id.setError());
  const text = () => id.control.value.trim();
  const valid = () => {
    const isId = isOwnerId(text());
    id.setError(isId ? '' : scene.speech.say('create.ownerless'));
    if (!isId) id.control.focus();
    return isId && data.valid() && rows.valid();
  };
  const submit = async () => {
    // What is there is changed by its own button, and not by chance.
    if (await has(text())) throw Object.assign(new Error(`There is an owner ${text()} already. Edit it in the list.`), { code: TAKEN });
    return add(text(), { metadata: data.value(), limits: rows.values() });
  };
  return new FormDialog(scene, { name: 'add-owner', title: 'Add an owner', submit: 'Add owner', busy: 'Adding…', body: [id.element, data.element, rows.element] })
    .open({ valid, submit, explain: async ({ code, message }) => (code === TAKEN ? message : undefined) });
}
