// "Create application" and "Edit application": what it is called, and what its keys are like.

import { el, field, FormDialog } from '/keylatch/dist/element/element-parts.js';
import { changedOf } from './changed.js';
import { limitsField } from './limits.js';

/** As long as a key may live, in words. */
export const LIFETIMES = { P7D: '7 days', P30D: '30 days', P3M: 'Three months', P6M: 'Six months', P1Y: 'One year', never: 'Without an end' };
/** In order, for that the default is not above the longest. */
const ORDER = Object.keys(LIFETIMES);
const FAILURES = { deny: 'Refuse the key', allow: 'Let the key pass' };
const PREFIX = /^[a-z0-9_]{1,23}_$/;
const SCOPE = /^[a-z0-9:._-]{1,64}$/;
const CREATE = { name: 'create-application', title: 'Create application', submit: 'Create application', busy: 'Creating…' };
const EDIT = { name: 'edit-application', title: 'Edit application', submit: 'Save', busy: 'Saving…' };

/** Asks, and makes it by `create(wish)`. Resolves with the application, or with `undefined`. */
export const createApplication = (scene, create) => ask(scene, CREATE, {}, create);

/** Asks, and changes it by `change(wish)`, which has what is another. Resolves with the application as it is then, or with `undefined`. */
export const editApplication = (scene, info, change) => ask(scene, EDIT, info, (wish) => {
  const changed = changedOf(info, wish);
  return Object.keys(changed).length > 0 ? change(changed) : info;
});

function ask(scene, words, info, send) {
  const isNew = info.id === undefined;
  const code = { autocapitalize: 'none', spellcheck: 'false', dir: 'ltr', autocomplete: 'off' };
  const select = (options, chosen) => el('select', { autocomplete: 'off' }, Object.entries(options).map(([value, label]) => el('option', { value, selected: value === chosen }, label)));
  const lifetimes = (chosen) => select(chosen in LIFETIMES ? LIFETIMES : { [chosen]: chosen, ...LIFETIMES }, chosen);
  const lines = (rows, text, placeholder) => {
    const area = el('textarea', { ...code, rows, placeholder });
    // By its default, so that a form that is reset has it again.
    area.defaultValue = text;
    return area;
  };
  const stays = isNew ? '' : ' Keys that are there stay as they are.';

  const name = field({ id: 'app-name', label: 'Name', hint: 'The API that you protect, for example “Acme API”.', control: el('input', { type: 'text', autocomplete: 'off', required: true, maxlength: 100, value: info.name, 'data-first': true }) });
  const prefixes = field({
    id: 'app-prefixes', label: 'Key prefixes', hint: `What its keys begin with, one on a line: small letters, digits and _, with _ at the end. Behind the prefix of keys for tests stands “test”.${isNew ? '' : ' Keys whose prefix is left out are no longer known to guards.'}`,
    control: lines(2, (info.formats ?? []).map(lineOf).join('\n'), 'acme_live_'),
  });
  const usual = field({ id: 'app-lifetime', label: 'A new key lives', control: lifetimes(info.defaultLifetime ?? 'P3M') });
  const longest = field({ id: 'app-longest', label: 'At most', control: lifetimes(info.longestLifetime ?? 'never') });
  const scopes = field({
    id: 'app-scopes', label: 'Scopes', hint: `What keys may be allowed: one on a line, then what it means. None: a key may have any.${stays}`,
    control: lines(3, (info.scopes ?? []).map((scope) => `${scope.name} ${scope.description}`.trim()).join('\n'), 'mesh:read Look at meshes'),
  });
  const limits = limitsField(scene, 'How much each key may use that has no limits of its own.', info.limits);
  const failure = field({ id: 'app-failure', label: 'When a quota cannot be counted', hint: 'Because the database does not answer.', control: select(FAILURES, info.onLimiterFailure) });
  const checked = [name, prefixes, longest, scopes];
  for (const { control, setError } of checked) control.addEventListener('input', () => setError());

  const values = () => ({
    name: name.control.value.trim(),
    formats: linesOf(prefixes.control.value).map(formatOf),
    defaultLifetime: usual.control.value,
    longestLifetime: longest.control.value === 'never' ? null : longest.control.value,
    scopes: linesOf(scopes.control.value).map(scopeOf),
    limits: limits.values(),
    onLimiterFailure: failure.control.value,
  });
  const valid = () => {
    const { formats, scopes: all } = values();
    const wrong = all.find((scope) => !SCOPE.test(scope.name));
    name.setError(name.control.value.trim() ? '' : 'Give the application a name.');
    prefixes.setError(formats.length > 0 && formats.every(isFormat) ? '' : 'A prefix has 2 to 24 characters of a-z, 0-9 and _, the last of them _, such as acme_live_. Behind it may stand “test” or “live”.');
    longest.setError(isLonger(usual.control.value, longest.control.value) ? 'A new key would live longer than that.' : '');
    scopes.setError(wrong ? `“${wrong.name}” is no scope: a scope has a-z, 0-9 and : . _ -, such as mesh:read.` : '');
    const first = checked.find(({ control }) => control.hasAttribute('aria-invalid'));
    first?.control.focus();
    return !first && limits.valid();
  };
  const body = [name.element, prefixes.element, el('div', { class: 'pair' }, usual.element, longest.element), scopes.element, limits.element, failure.element];
  return new FormDialog(scene, { ...words, body }).open({ valid, submit: () => send(values()) });
}

const linesOf = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);

/** What keys are for, by how they begin, where nobody says it. */
const usualFor = (prefix) => (/test|dev|sandbox/.test(prefix) ? 'test' : 'live');

const lineOf = ({ prefix, environment }) => (environment === usualFor(prefix) ? prefix : `${prefix} ${environment}`);

/** `acme_live_`, or `acme_qa_ test`. */
function formatOf(line) {
  const [prefix, environment = usualFor(prefix), ...more] = line.split(/\s+/);
  return { environment: [environment, ...more].join(' '), prefix };
}

const isFormat = ({ environment, prefix }) => PREFIX.test(prefix) && ['live', 'test'].includes(environment);

/** `mesh:read Look at meshes` is a scope and its description. */
function scopeOf(line) {
  const [, name, description] = /^(\S+)\s*(.*)$/.exec(line);
  return { name, description };
}

/** Lifetimes that are not in the list are left to the server. */
const isLonger = (one, other) => [one, other].every((text) => ORDER.includes(text)) && ORDER.indexOf(one) > ORDER.indexOf(other);
