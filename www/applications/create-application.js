// "Create application": what it is called, and what its keys are like.

import { el, field, FormDialog } from '/keylatch/dist/element/element-parts.js';
import { limitsField } from './limits.js';

/** As long as a key may live, in words. */
export const LIFETIMES = { P7D: '7 days', P30D: '30 days', P3M: 'Three months', P6M: 'Six months', P1Y: 'One year', never: 'Without an end' };
/** In order, for that the default is not above the longest. */
const ORDER = Object.keys(LIFETIMES);
const PREFIX = /^[a-z0-9_]{1,23}_$/;
const SCOPE = /^[a-z0-9:._-]{1,64}$/;

/** Asks, and makes it by `create(wish)`. Resolves with the application, or with `undefined`. */
export function createApplication(scene, create) {
  const text = (attributes) => el('input', { type: 'text', autocomplete: 'off', ...attributes });
  const code = { autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' };
  const lifetimes = (chosen) => el('select', { autocomplete: 'off' }, ORDER.map((value) => el('option', { value, selected: value === chosen }, LIFETIMES[value])));

  const name = field({ id: 'app-name', label: 'Name', hint: 'The API that you protect, for example “Acme API”.', control: text({ required: true, maxlength: 100, 'data-first': true }) });
  const prefix = field({ id: 'app-prefix', label: 'Key prefix', hint: 'What its keys begin with. Small letters, digits and _, with _ at the end.', control: text({ ...code, required: true, placeholder: 'acme_live_' }) });
  const usual = field({ id: 'app-lifetime', label: 'A new key lives', control: lifetimes('P3M') });
  const longest = field({ id: 'app-longest', label: 'At most', control: lifetimes('never') });
  const scopes = field({ id: 'app-scopes', label: 'Scopes', hint: 'What keys may be allowed: one on a line, then what it means. None: a key may have any.', control: el('textarea', { ...code, rows: 3, autocomplete: 'off', placeholder: 'mesh:read Look at meshes' }) });
  const limits = limitsField(scene, 'How much each key may use.');
  for (const { control, setError } of [name, prefix, longest, scopes]) control.addEventListener('input', () => setError());

  const values = () => ({
    name: name.control.value.trim(),
    formats: [{ prefix: prefix.control.value.trim(), environment: /test|dev|sandbox/.test(prefix.control.value) ? 'test' : 'live' }],
    defaultLifetime: usual.control.value,
    longestLifetime: longest.control.value === 'never' ? null : longest.control.value,
    scopes: scopesOf(scopes.control.value),
    limits: limits.values(),
  });
  const valid = () => {
    const bad = scopesOf(scopes.control.value).find((scope) => !SCOPE.test(scope.name));
    name.setError(name.control.value.trim() ? '' : 'Give the application a name.');
    prefix.setError(PREFIX.test(prefix.control.value.trim()) ? '' : 'A prefix has 2 to 24 characters of a-z, 0-9 and _, the last of them _, such as acme_live_.');
    longest.setError(ORDER.indexOf(usual.control.value) > ORDER.indexOf(longest.control.value) ? 'A new key would live longer than that.' : '');
    scopes.setError(bad ? `“${bad.name}” is no scope: a scope has a-z, 0-9 and : . _ -, such as mesh:read.` : '');
    const wrong = [name, prefix, longest, scopes].find(({ control }) => control.hasAttribute('aria-invalid'));
    wrong?.control.focus();
    return !wrong && limits.valid();
  };
  const dialog = new FormDialog(scene, {
    name: 'create-application', title: 'Create application', submit: 'Create application', busy: 'Creating…',
    body: [name.element, prefix.element, el('div', { class: 'pair' }, usual.element, longest.element), scopes.element, limits.element],
  });
  return dialog.open({ valid, submit: () => create(values()) });
}

/** `mesh:read Look at meshes` is a scope and its description. */
function scopesOf(text) {
  return text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const [, name, description] = /^(\S+)\s*(.*)$/.exec(line);
    return { name, description };
  });
}
