// "Do you really want to?", with the name of the key. The focus is on Cancel.

import { byId, part } from './dom.js';
import { openDialog } from './dialog.js';
import { isEnded, labelOf } from './service.js';

const QUESTIONS = {
  revoke: {
    title: 'Revoke this key?',
    text: 'Whatever uses it stops working at once. This cannot be undone; the key stays in the list, marked as revoked.',
    button: 'Revoke key',
  },
  delete: {
    title: 'Delete this key?',
    text: 'It disappears from the list for good. This cannot be undone.',
    button: 'Delete key',
  },
  // Where a service knows no revoking, deleting is what ends a key. So it may be
  // where nobody knows whether the key is active.
  deleteActive: {
    title: 'Delete this key?',
    text: 'Whatever uses it stops working at once, and it disappears from the list for good. This cannot be undone.',
    button: 'Delete key',
  },
};

/** Asks, and runs `submit` once the person agrees. Resolves with its result, or `undefined`. */
export function confirmAction(action, key, submit) {
  const dialog = byId('confirm-dialog');
  const question = QUESTIONS[action === 'delete' && !isEnded(key) ? 'deleteActive' : action];
  byId('confirm-title').textContent = question.title;
  part(dialog, 'text').textContent = question.text;
  part(dialog, 'name').textContent = labelOf(key);
  part(dialog, 'masked').textContent = key.name ? key.masked ?? '' : '';
  dialog.querySelector('[type=submit]').textContent = question.button;
  return openDialog(dialog, { submit });
}
