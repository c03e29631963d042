// "Delete application": it takes all keys of all customers with it, so its name is to be typed.

import { el, field, FormDialog } from '/keylatch/dist/element/element-parts.js';

/** Asks, and deletes it by `remove()`. Resolves with `true`, or with `undefined`. */
export function deleteApplication(scene, { name }, remove) {
  const typed = field({ id: 'delete-name', label: 'Name of the application', hint: 'Type it, to be sure that it is this one.', control: el('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', required: true }) });
  typed.control.addEventListener('input', () => typed.setError());
  const valid = () => {
    const isSame = typed.control.value.trim() === name;
    typed.setError(isSame ? '' : `Type the name as it stands here: ${name}`);
    if (!isSame) typed.control.focus();
    return isSame;
  };
  return new FormDialog(scene, {
    name: 'confirm', title: 'Delete this application?', submit: 'Delete application', busy: 'Deleting…', isDangerous: true, isAlert: true,
    body: [
      el('p', {}, 'Every key that it has issued stops working at once. All that belongs to it is gone: keys, owners, management keys. This cannot be undone.'),
      el('p', { class: 'subject' }, el('bdi', {}, name)), typed.element,
    ],
  }).open({
    valid,
    async submit() {
      await remove();
      return true;
    },
  });
}
