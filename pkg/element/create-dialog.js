// "Create API key": a name, a lifetime, and what it may do.

import { isOwnerId } from '../core/owner-id.js';
import { el, field, setText } from './dom.js';
import { FormDialog, note } from './dialog.js';
import { dateProblem, dateValue, endOf, endOfDay, isMeasured, MAX_YEARS } from './lifetime.js';

/** @typedef {import('./element.js').Scene} Scene */

const MAX_NAME = 100;
/** A character that one sees: no space, no zero-width one, no filler. */
const SEEN = /[^\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** What breaks a line, or turns the direction of writing so that a name reads as another one. */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** For a service that takes no name the client wants one all the same; it is not sent. */
const NAMELESS = 'API key';
const LIFETIMES = ['P7D', 'P30D', 'P3M', 'P6M', 'P1Y', 'date', 'never'];
const USUAL = 'P3M';

export class CreateDialog {
  /** @param {Scene} scene */
  constructor(scene) {
    const { speech, offer, scopes } = scene;
    const say = (/** @type {string} */ name) => speech.say(name);
    this.scene = scene;
    this.takesName = offer.asks('create', 'name');
    this.takesEnd = offer.capabilities.expiry;
    this.takesScopes = offer.capabilities.scopes && scopes.length > 0;
    this.takesEnvironment = offer.environments.length > 1;

    this.name = field({ id: 'key-name', label: say('create.name'), hint: say('create.nameHint'), control: el('input', { type: 'text', name: 'name', autocomplete: 'off', required: true, 'data-first': this.takesName }) });
    this.owner = field({ id: 'key-owner', label: say('create.owner'), hint: say('create.ownerHint'), control: el('input', { type: 'text', name: 'owner', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', required: true }) });
    this.environment = field({
      id: 'key-environment', label: say('create.environment'),
      control: el('select', { name: 'environment', autocomplete: 'off' }, offer.environments.map(({ name, prefix }) => el('option', { value: name }, speech.say(`create.${name}`, { prefix })))),
    });
    const lifetimes = LIFETIMES.filter((value) => isAllowed(value, offer.lifetimes.longest));
    const { usual = USUAL } = offer.lifetimes;
    this.usual = lifetimes.includes(usual) ? usual : lifetimes[0];
    this.lifetime = field({
      id: 'key-lifetime', label: say('create.lifetime'),
      control: el('select', { name: 'lifetime', autocomplete: 'off' }, lifetimes.map((value) => el('option', { value, selected: value === this.usual }, say(`create.${value}`)))),
    });
    this.end = el('p', { class: 'hint', role: 'status' });
    this.lifetime.element.append(this.end);
    this.date = field({ id: 'key-date', label: say('create.lastDay'), control: el('input', { type: 'date', name: 'date', autocomplete: 'off' }) });
    this.warning = note();
    this.scopes = scopes.map(({ name }, at) => el('input', { type: 'checkbox', name: 'scope', value: name, autocomplete: 'off', 'aria-describedby': `scope-${at}` }));
    const scopeFields = el('fieldset', { class: 'scopes', part: 'scopes' }, el('legend', {}, say('create.scopes')), el('p', { class: 'hint' }, say('create.scopesHint')),
      scopes.map(({ name, description }, at) => el('label', { class: 'tick' }, this.scopes[at],
        el('span', {}, el('code', { translate: 'no', dir: 'ltr' }, name), ' ', el('span', { class: 'hint', id: `scope-${at}` }, description)))));
    const terms = el('p');
    setText(terms, this.#terms());

    this.dialog = new FormDialog(scene, {
      name: 'create', title: say('create.title'), submit: say('create.submit'), busy: say('create.busy'),
      body: [terms, this.takesName && this.name.element, offer.hasOwners && this.owner.element, this.takesEnvironment && this.environment.element, this.takesEnd && [this.lifetime.element, this.date.element, this.warning.element], this.takesScopes && scopeFields]
        .flat().filter(Boolean),
    });
    this.lifetime.control.addEventListener('change', () => this.#showLifetime());
    for (const { control, setError } of [this.name, this.owner]) control.addEventListener('input', () => setError());
    this.date.control.addEventListener('input', () => this.#showLifetime());
    // Going back on purpose starts afresh; Escape and a lost session do not.
    this.dialog.cancel.addEventListener('click', () => this.forget());
  }

  /**
   * Asks, and runs `submit({ name, expiresIn, scopes })`. Resolves with its result, or `undefined`.
   * @param {(wish: { name: string, expiresIn: any, scopes: string[] | undefined }) => Promise<any>} submit
   * @param {(error: any, name: string) => Promise<string | undefined>} explain
   */
  async ask(submit, explain) {
    this.date.control.min = dateValue(new Date());
    this.date.control.max = dateValue(endOf(`P${MAX_YEARS}Y`));
    this.#showLifetime();
    const result = await this.dialog.open({ valid: () => this.#valid(), submit: () => submit(this.#values()), explain: (error) => explain(error, this.#values().name) });
    if (result) this.forget();
    return result;
  }

  get isOpen() {
    return this.dialog.element.open;
  }

  /** Empties the form. */
  forget() {
    this.dialog.form.reset();
    for (const { setError } of [this.name, this.owner, this.date]) setError();
  }

  /** What one should know of a key that cannot be told how long to live. */
  #terms() {
    const { speech, offer: { title, capabilities } } = this.scene;
    if (capabilities.oneKey) return speech.say('create.oneKey', { service: title });
    return capabilities.expiry ? '' : speech.say('create.endless', { service: title });
  }

  #values() {
    const lifetime = this.lifetime.control.value;
    const expiresIn = lifetime === 'date' ? endOfDay(this.date.control.value) : lifetime;
    const scopes = this.scopes.filter(({ checked }) => checked).map(({ value }) => value);
    return {
      name: this.takesName ? this.name.control.value.trim() : NAMELESS,
      expiresIn: this.takesEnd ? expiresIn : undefined,
      scopes: this.takesScopes && scopes.length > 0 ? scopes : undefined,
      ...this.scene.offer.hasOwners && { owner: this.owner.control.value.trim() },
      ...this.takesEnvironment && { environment: this.environment.control.value },
    };
  }

  /** Says when the key ends, and what is to be thought of that. */
  #showLifetime() {
    const { speech } = this.scene;
    const chosen = this.lifetime.control.value;
    this.date.element.hidden = chosen !== 'date';
    this.date.setError();
    const isDate = chosen === 'date' && !dateProblem(this.date.control.value);
    const end = isDate ? endOfDay(this.date.control.value) : chosen.startsWith('P') ? endOf(chosen) : undefined;
    const word = isDate ? 'create.endsWithDay' : chosen === this.usual ? 'create.endsUsual' : 'create.ends';
    this.end.textContent = end ? speech.say(word, { day: speech.day(end), relative: speech.ago(end) }) : '';
    const isLong = end !== undefined && end > endOf('P1Y');
    this.warning.say(chosen === 'never' ? speech.say('create.forever') : isLong ? speech.say('create.long') : '', true);
  }

  #valid() {
    const { speech } = this.scene;
    this.name.setError(this.takesName ? this.#nameProblem(this.name.control.value.trim()) : '');
    const isOwner = !this.scene.offer.hasOwners || isOwnerId(this.owner.control.value.trim());
    this.owner.setError(isOwner ? '' : speech.say('create.ownerless'));
    const wrong = !this.takesEnd || this.lifetime.control.value !== 'date' ? undefined
      // `value` of a half-typed date is empty; `badInput` tells it from none.
      : this.date.control.validity.badInput ? 'create.halfDate' : dateProblem(this.date.control.value);
    this.date.setError(wrong ? speech.say(wrong, { years: MAX_YEARS }) : '');
    const first = [this.name.control, this.owner.control, this.date.control].find((control) => control.hasAttribute('aria-invalid'));
    first?.focus();
    return !first;
  }

  /** @param {string} text */
  #nameProblem(text) {
    const { speech } = this.scene;
    const { length } = [...text];
    if (!SEEN.test(text)) return speech.say('create.nameless');
    if (length > MAX_NAME) return speech.say('create.nameLong', { most: MAX_NAME, count: length });
    return CONTROL.test(text) ? speech.say('create.nameControl') : '';
  }
}

/** Whether a lifetime is within the longest. One that cannot be measured here is left to the service. @param {string} value @param {string | null} [longest] */
function isAllowed(value, longest) {
  if (!longest || !isMeasured(longest) || value === 'date') return true;
  return value !== 'never' && endOf(value) <= endOf(longest);
}
