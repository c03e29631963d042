// Words, numbers and times in the language of one element.

import { english } from './words.js';

/** @typedef {import('./words.js').Word} Word */

const MINUTE = 60;
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['year', 365.25 * 86400], ['month', 30.44 * 86400], ['week', 7 * 86400],
  ['day', 86400], ['hour', 3600], ['minute', MINUTE],
];

export class Speech {
  /** @type {Record<string, Word>} */
  #words;

  /** @param {string} language A tag of BCP 47. @param {Readonly<Record<string, Word>>} [own] Words that replace the English ones. */
  constructor(language, own = {}) {
    this.#words = { ...english, ...own };
    this.language = known(language);
    this.plurals = new Intl.PluralRules(this.language);
    this.numbers = new Intl.NumberFormat(this.language);
    this.list = new Intl.ListFormat(this.language, { type: 'conjunction' });
    this.relative = new Intl.RelativeTimeFormat(this.language, { numeric: 'auto' });
    this.dayFormat = new Intl.DateTimeFormat(this.language, { dateStyle: 'medium' });
    this.momentFormat = new Intl.DateTimeFormat(this.language, { dateStyle: 'medium', timeStyle: 'short' });
    this.exactFormat = new Intl.DateTimeFormat(this.language, { dateStyle: 'full', timeStyle: 'long' });
  }

  /** Whether there is such a word. @param {string} name */
  has(name) {
    return Object.hasOwn(this.#words, name);
  }

  /** A sentence, filled in. @param {string} name @param {Record<string, string | number>} [values] */
  say(name, values = {}) {
    return this.#template(name, values).replace(/\{(\w+)\}/g, (_, key) => this.#text(values[key]));
  }

  /** The same with elements among its values. @param {string} name @param {Record<string, any>} values @returns {(string | Node)[]} */
  sayParts(name, values) {
    return this.#template(name, values).split(/\{(\w+)\}/).map((piece, at) => {
      if (at % 2 === 0) return piece;
      const value = values[piece];
      return typeof value === 'string' || typeof value === 'number' ? this.#text(value) : value;
    });
  }

  /** What went wrong: in the words of the element, where it has some for the code, else in the error's own. @param {any} error */
  problem(error) {
    const name = `error.${error?.code}`;
    return this.has(name) ? this.say(name) : String(error?.message ?? error);
  }

  /** `in 3 months`, `yesterday`, `just now`. @param {Date | number} date @param {number} [now] */
  ago(date, now = Date.now()) {
    const seconds = (+date - now) / 1000;
    const size = Math.abs(seconds);
    if (size < 45) return this.say(seconds > 0 ? 'time.soon' : 'time.now');
    // 0.98: what is a moment short of a whole unit is still called by it.
    const [unit, length] = UNITS.find(([, length]) => size >= length * 0.98) ?? ['minute', MINUTE];
    return this.relative.format(Math.round(seconds / length), unit);
  }

  /** `Nov 20, 2026`. @param {Date} date */
  day(date) {
    return this.dayFormat.format(date);
  }

  /** `Nov 20, 2026, 11:04 AM`. @param {Date} date */
  moment(date) {
    return this.momentFormat.format(date);
  }

  /** `Friday, November 20, 2026 at 11:04:09 AM GMT+1`. @param {Date} date */
  exact(date) {
    return this.exactFormat.format(date);
  }

  /** `4 minutes, 42 seconds`. @param {number} seconds */
  duration(seconds) {
    const parts = /** @type {[string, number][]} */ ([['minute', Math.floor(seconds / MINUTE)], ['second', seconds % MINUTE]]);
    const said = parts.filter(([unit, count]) => count > 0 || (unit === 'second' && seconds < 1))
      .map(([unit, count]) => new Intl.NumberFormat(this.language, { style: 'unit', unit, unitDisplay: 'long' }).format(count));
    return said.join(' ');
  }

  /** @param {string} name @param {Record<string, any>} values */
  #template(name, values) {
    const word = this.#words[name];
    if (typeof word === 'string') return word;
    return word?.[this.plurals.select(Number(values.count))] ?? word?.other ?? name;
  }

  /** @param {string | number | undefined} value */
  #text(value) {
    return typeof value === 'number' ? this.numbers.format(value) : value ?? '';
  }
}

/** The tag itself, or English where `Intl` does not accept it. @param {string} language */
function known(language) {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
