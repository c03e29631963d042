// "Edit": what may be changed of a key while it goes on working.

import { el, field, FormDialog } from '/keylatch/dist/element/element-parts.js';
import { limitsField } from './limits.js';

const LARGEST = 4096;

/** Asks, and changes it by `change(wish)`. Resolves with the key as it is then, or with `undefined`. */
export function editKey(scene, { name, metadata, limits = [] }, change) {
  const title = field({ id: 'edit-name', label: 'Name', control: el('input', { type: 'text', value: name, maxlength: 100, autocomplete: 'off', 'data-first': true }) });
  const data = field({
    id: 'edit-metadata', label: 'Metadata', hint: 'What your API is told with each check: a JSON object.',
    control: el('textarea', { rows: 4, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }),
  });
  data.control.value = JSON.stringify(metadata, null, 2);
  const rows = limitsField(scene, 'Of this key alone. Without any it has those of the application.', limits);
  data.control.addEventListener('input', () => data.setError());
  const valid = () => {
    const problem = problemOf(data.control.value);
    data.setError(problem);
    if (problem) data.control.focus();
    return !problem && rows.valid();
  };
  const values = () => {
    const own = rows.values();
    return { name: title.control.value.trim(), metadata: JSON.parse(data.control.value), limits: own.length > 0 ? own : null };
  };
  return new FormDialog(scene, { name: 'edit', title: 'Edit key', submit: 'Save', busy: 'Saving…', body: [title.element, data.element, rows.element] })
    .open({ valid, submit: () => change(values()) });
}

/** What is wrong with a text as metadata. */
function problemOf(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `This is no JSON: ${error.message}.`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'Metadata is an object, such as {"plan": "pro"}.';
  return new TextEncoder().encode(JSON.stringify(value)).length > LARGEST ? `Metadata has ${LARGEST} bytes at most.` : '';
}
