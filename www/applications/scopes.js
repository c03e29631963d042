// What a key may do, as a part of a form: to be ticked where the application says which scopes
// there are, else to be written.

import { el, field } from '/keylatch/dist/element/element-parts.js';

/** `values()` gives the scopes. */
export function scopesField(listed, own) {
  return listed.length > 0 ? ticked(listed, own) : written(own);
}

function ticked(listed, own) {
  // A key keeps what is no scope of the application any more, until somebody takes it away.
  const gone = own.filter((name) => !listed.some((scope) => scope.name === name)).map((name) => ({ name, description: 'No scope of the application any more' }));
  const boxes = [...listed, ...gone].map(({ name, description }, at) => ({
    description, box: el('input', { type: 'checkbox', value: name, checked: own.includes(name), autocomplete: 'off', 'aria-describedby': `edit-scope-${at}` }),
  }));
  return {
    element: el('fieldset', { class: 'scopes' }, el('legend', {}, 'Scopes'), boxes.map(({ box, description }, at) => el('label', { class: 'tick' }, box,
      el('span', {}, el('code', { translate: 'no', dir: 'ltr' }, box.value), ' ', el('span', { class: 'hint', id: `edit-scope-${at}` }, description))))),
    // As the server has them, in order.
    values: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value).sort(),
  };
}

function written(own) {
  const it = field({
    id: 'edit-scopes', label: 'Scopes', hint: 'What it may do: one on a line, such as mesh:read.',
    control: el('textarea', { rows: 2, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }),
  });
  it.control.value = own.join('\n');
  return { element: it.element, values: () => it.control.value.split(/[\s,]+/).filter(Boolean).sort() };
}
