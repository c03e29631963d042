// Metadata, which the API is told with each check, as a field of a form.

import { el, field } from '/keylatch/dist/element/element-parts.js';

const LARGEST = 4096;

/** `value()` gives the object, `valid()` says what is wrong and puts the focus there. */
export function metadataField(id, metadata) {
  const it = field({
    id, label: 'Metadata', hint: 'What your API is told with each check: a JSON object.',
    control: el('textarea', { rows: 4, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }),
  });
  it.control.value = JSON.stringify(metadata, null, 2);
  it.control.addEventListener('input', () => it.setError());
  return {
    element: it.element,
    value: () => JSON.parse(it.control.value),
    valid() {
      const problem = problemOf(it.control.value);
      it.setError(problem);
      if (problem) it.control.focus();
      return !problem;
    },
  };
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
