// Rotating a key: how long the old one lives on, and what that means. Where a
// user has one key at a time, the old one goes before the new one comes.

import { byId, part } from './dom.js';
import { openDialog } from './dialog.js';
import { formatDay } from './format-time.js';
import { labelOf } from './service.js';

const HOUR = 3600 * 1000;
const OVERLAPS = { PT0S: 0, PT1H: HOUR, P1D: 24 * HOUR, P7D: 7 * 24 * HOUR };
const when = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

const dialog = byId('rotate-dialog');
const form = dialog.querySelector('form');

/** Asks for the overlap, where there can be one, and runs `submit(overlap)`. Resolves with its result, or `undefined`. */
export function askRotation(service, key, submit) {
  const { oneKey, overlap } = service.capabilities;
  const words = oneKey ? 'Regenerate and replace' : 'Rotate key';
  form.reset();
  byId('rotate-title').textContent = words;
  dialog.querySelector('[type=submit]').textContent = words;
  dialog.querySelector('[type=submit]').className = oneKey ? 'danger' : 'primary';
  byId('rotate-overlap').hidden = !overlap;
  part(dialog, 'name').textContent = labelOf(key);
  part(dialog, 'masked').textContent = key.name ? key.masked ?? '' : '';
  part(dialog, 'heritage').hidden = oneKey;
  part(dialog, 'expiry').textContent = key.expiresAt
    ? `the same end, ${formatDay(key.expiresAt)}`
    : 'no expiry either';
  form.onchange = () => showEffect(service, key);
  showEffect(service, key);
  return openDialog(dialog, { submit: () => submit(overlap ? form.elements.overlap.value : undefined) });
}

function showEffect({ title, capabilities }, key) {
  const overlap = form.elements.overlap.value;
  const effect = byId('rotate-effect');
  effect.textContent = capabilities.oneKey
    ? `${title} allows one key per user, so the old key is deleted first and stops working at once. Whatever uses it fails until it has the new key.`
    : effectOf(overlap, key.expiresAt);
  effect.classList.toggle('warn', overlap === 'PT0S');
}

/** What becomes of the old key, as a sentence. */
export function effectOf(overlap, expiresAt, now = Date.now()) {
  const length = OVERLAPS[overlap];
  if (!length) return 'The old key stops working at once. Whatever uses it fails until it has the new key.';
  const end = new Date(now + length);
  if (expiresAt && expiresAt <= end) {
    return `The old key works until its own end, ${when.format(expiresAt)}: a rotation never makes a key live longer.`;
  }
  return `The old key works until ${when.format(end)}, so there is time to bring the new key everywhere.`;
}
