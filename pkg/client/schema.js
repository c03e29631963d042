// Schemas as data: a table names the fields of an object and says what may stand in
// each. One interpreter checks plain data against it, fills in the defaults, and names
// the field that is wrong.

import { failure } from '../core/errors.js';

/**
 * What may stand in a field. `is`, `from`, `item`, `each`, `table` or `choose` tells the kind of value.
 * @typedef {object} Row
 * @property {string} [is] its kind, as `kindOf` has it
 * @property {boolean} [empty] a text may be empty
 * @property {string[]} [words] the texts that there are
 * @property {number} [from] the least whole number
 * @property {number} [to] the greatest whole number
 * @property {Row} [item] an array of these
 * @property {Row} [each] an object of any names, with these values
 * @property {(name: string, path: string, known: any) => any} [within] checks such a name; returns what rules know there
 * @property {Table} [table] an object of these members
 * @property {boolean} [open] other members are not looked at
 * @property {(value: any, path: string) => Row} [choose] the row for a value
 * @property {any} [or] the default; a field without one must be there, unless a rule says otherwise
 * @property {(value: any, path: string, known: any, before: any) => any} [rule] checks the value, and returns it as it
 *   is kept; `before` holds the members that were read before it
 * @property {RegExp} [like] what a text must match, asked after the rule
 * @property {string} [why] the sentence when it does not
 *
 * @typedef {{ [name: string]: Row }} Table
 */

/**
 * A value, as its row wants it. A member that is not there is `undefined`.
 * @param {Row} row @param {any} value @param {string} path @param {any} known @param {any} [before]
 * @returns {any}
 */
export function read(row, value, path, known, before) {
  if (value == null && 'or' in row) return row.or;
  if (row.choose) return read(row.choose(value, path), value, path, known);
  const { is, words, from, to, item, each, within, table, rule } = row;
  let out = value;
  if (is) {
    expect(value, path, is, is === 'a boolean' ? 'true or false' : is);
    if (value === '' && !row.empty) wrong(path, 'it is empty.');
    if (words && !words.includes(value)) noSuch('word', path, words);
  } else if (from !== undefined && to !== undefined) {
    if (value == null) wrong(path, 'it is missing.');
    if (!Number.isInteger(value) || value < from || value > to) wrong(path, `expected a whole number from ${from} to ${to}.`);
  } else if (item) {
    /** @type {any[]} */
    const items = expect(value, path, 'an array');
    out = items.map((one, number) => read(item, one, `${path}[${number}]`, known));
  } else if (each) {
    out = Object.fromEntries(Object.entries(expect(value, path, 'an object')).map(([name, one]) => {
      const at = join(path, name);
      return [name, read(each, one, at, within ? within(name, at, known) : known)];
    }));
  } else if (table) {
    // Whatever else stands for an object has no members, so the first that must be there is missing.
    if (!row.open) only(value, table, path);
    out = {};
    for (const name of Object.keys(table)) {
      const found = read(table[name], member(value, name), join(path, name), known, out);
      if (found !== undefined) out[name] = found;
    }
  }
  if (rule) out = rule(out, path, known, before);
  if (row.like && !row.like.test(value)) wrong(path, String(row.why));
  return out;
}

/** The member of what may be no object. @param {any} of @param {string} name */
export function member(of, name) {
  return kindOf(of) === 'an object' && Object.hasOwn(of, name) ? of[name] : undefined;
}

/**
 * Refuses members that nothing would read: mostly typing errors.
 * @param {any} value @param {object} table @param {string} path
 */
export function only(value, table, path) {
  const names = kindOf(value) === 'an object' ? Object.keys(value) : [];
  const other = names.find((name) => !Object.hasOwn(table, name));
  if (other !== undefined) noSuch('field', join(path, other), Object.keys(table));
}

/** The value, if it is of this kind. @param {any} value @param {string} path @param {string} kind @param {string} [called] */
export function expect(value, path, kind, called = kind) {
  if (value == null) wrong(path, 'it is missing.');
  const found = kindOf(value);
  return found === kind ? value : wrong(path, `expected ${called}, found ${found}.`);
}

/** @param {any} value */
export function kindOf(value) {
  if (value == null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** @param {string} path @param {string} name */
export function join(path, name) {
  return path ? `${path}.${name}` : name;
}

/** @param {string} what @param {string} path @param {string[]} names that there are @returns {never} */
export function noSuch(what, path, names) {
  return wrong(path, `there is no such ${what}. Known are ${names.join(', ')}.`);
}

/** @param {string} path @param {string} why @returns {never} */
export function wrong(path, why) {
  throw failure('invalid_provider', path || 'the top', why);
}
