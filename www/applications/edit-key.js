// "Edit": what may be changed of a key while it goes on working.

import { el, field, FormDialog } from '/keylatch/dist/element/element-parts.js';
import { changedOf } from './changed.js';
import { endField } from './end.js';
import { limitsField } from './limits.js';
import { metadataField } from './metadata.js';
import { remainingPart } from './remaining.js';
import { scopesField } from './scopes.js';

/**
 * Asks, and changes it by `change(wish)`, which has what is another. Resolves with the key as it is then, or with `undefined`.
 * `scopes` are those of the application, `remaining()` tells what is left of the limits.
 */
export function editKey(scene, key, { scopes, remaining, change }) {
  const title = field({ id: 'edit-name', label: 'Name', control: el('input', { type: 'text', value: key.name, maxlength: 100, autocomplete: 'off', 'data-first': true }) });
  const may = scopesField(scopes, key.scopes);
  const from = field({
    id: 'edit-addresses', label: 'Networks', hint: 'Where it may be used from: one on a line. None: from anywhere.',
    control: el('textarea', { rows: 2, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', dir: 'ltr', placeholder: '192.0.2.0/24' }),
  });
  from.control.value = key.allowedAddresses.join('\n');
  const end = endField(scene, key.expiresAt);
  const data = metadataField('edit-metadata', key.metadata);
  const rows = limitsField(scene, 'Of this key alone. Without any it has those of the application.', key.limits);
  const values = () => {
    const own = rows.values();
    return {
      name: title.control.value.trim(), scopes: may.values(), allowedAddresses: from.control.value.split(/[\s,]+/).filter(Boolean), metadata: data.value(),
      limits: own.length > 0 ? own : key.limits?.length === 0 ? [] : null,
    };
  };
  const submit = () => {
    const changed = changedOf({ ...key, limits: key.limits ?? null }, values());
    const expiresAt = end.value();
    if (expiresAt) changed.expiresAt = expiresAt;
    return Object.keys(changed).length > 0 ? change(changed) : key;
  };
  return new FormDialog(scene, {
    name: 'edit', title: 'Edit key', submit: 'Save', busy: 'Saving…',
    body: [title.element, end.element, may.element, from.element, data.element, rows.element, remainingPart(scene, remaining, 'shared by all keys of the owner')],
  }).open({ valid: () => end.valid() && data.valid() && rows.valid(), submit });
}
