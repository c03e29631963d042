// Keys to import, as a file has them: a JSON object on each line, or CSV (RFC 4180) with the names
// in its first line.

import { failure } from '../core/errors.js';

/** @typedef {{ line: number, key?: any, message?: string }} Row a key, or why it is none */

const MEMBERS = ['hash', 'idPart', 'owner', 'name', 'environment', 'scopes', 'metadata', 'limits', 'allowedAddresses', 'createdAt', 'expiresAt'];
const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s?(Z|[+-]\d\d(?::?\d\d)?)$/i;

/** @param {string} text @returns {Iterable<Row>} */
export function rowsOf(text) {
  return text.trimStart().startsWith('{') ? jsonLines(text) : csv(text);
}

/** @param {string} text @returns {Generator<Row>} */
function* jsonLines(text) {
  let line = 0;
  for (const one of text.split(/\r?\n/)) {
    line += 1;
    if (one.trim() === '') continue;
    let value;
    try {
      value = JSON.parse(one);
    } catch {
      value = undefined;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) yield { line, message: 'This is no JSON object.' };
    else yield understood(line, value);
  }
}

/** @param {string} text @returns {Generator<Row>} */
function* csv(text) {
  /** @type {string[] | undefined} */
  let names;
  for (const { line, cells } of recordsOf(text)) {
    if (!names) {
      names = cells.map((cell) => cell.trim());
      const odd = names.find((name) => !MEMBERS.includes(camel(name)));
      if (odd !== undefined || !names.includes('hash')) throw failure('invalid_argument', 'file', `its first line must name the columns: hash, owner, and what there is of ${MEMBERS.slice(1).filter((name) => name !== 'owner').map(snake).join(', ')}.`);
      continue;
    }
    if (cells.length !== names.length) yield { line, message: `It has ${cells.length} columns; the first line names ${names.length}.` };
    // An empty cell is a value that there is not.
    else yield understood(line, Object.fromEntries(names.flatMap((name, at) => (cells[at] === '' ? [] : [[name, cells[at]]]))));
  }
}

/** The records of CSV, with the lines on which they begin. @param {string} text @returns {Generator<{ line: number, cells: string[] }>} */
function* recordsOf(text) {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  let [line, cells] = [1, /** @type {string[]} */ ([])];
  let start = line;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) throw failure('invalid_argument', 'file', `line ${line} is no CSV: a quote in a cell is written twice, and the cell stands in quotes.`);
    const [whole, quoted, plain, end] = found;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',' && cell.lastIndex < text.length) continue;
    if (end === ',') cells.push('');
    if (cells.length > 1 || cells[0].trim() !== '') yield { line: start, cells };
    cells = [];
    start = line;
  }
}

/** A key as `keys.import` takes it. @param {number} line @param {Record<string, any>} given @returns {Row} */
function understood(line, given) {
  /** @type {Record<string, any>} */
  const key = {};
  for (const [name, value] of Object.entries(given)) {
    const member = camel(name);
    if (!MEMBERS.includes(member)) return { line, message: `There is no "${name.slice(0, 40)}": there are ${MEMBERS.map(snake).join(', ')}.` };
    if (value === null) continue;
    try {
      key[member] = valueOf(member, value);
    } catch {
      return { line, message: `${snake(member)} is ${/At$/.test(member) ? 'no time with its zone, such as 2027-01-31T18:00:00Z' : 'no JSON such as {"plan":"pro"} or [{"name":"calls","kind":"quota","limit":500,"refill":"day"}]'}.` };
    }
  }
  const missing = ['hash', 'owner'].find((name) => typeof key[name] !== 'string');
  return missing ? { line, message: `${missing} is missing.` } : { line, key };
}

/** @param {string} member @param {any} value */
function valueOf(member, value) {
  if (/At$/.test(member)) return moment(value);
  const isText = typeof value === 'string';
  if (member === 'limits') return limitsOf(isText ? JSON.parse(value) : value);
  if (member === 'metadata') return isText ? JSON.parse(value) : value;
  return isText && ['scopes', 'allowedAddresses'].includes(member) ? value.split(/\s+/).filter(Boolean) : value;
}

/** Databases write a space for the T, and of a zone the hours alone. @param {any} text */
function moment(text) {
  const [, day, time, zone] = MOMENT.exec(text) ?? [];
  const [, hours, minutes = '00'] = /^([+-]\d\d):?(\d\d)?$/.exec(zone ?? '') ?? [];
  const found = new Date(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  if (zone === undefined || Number.isNaN(found.getTime())) throw new TypeError('no time');
  return found;
}

/** @param {any[]} limits */
const limitsOf = (limits) => limits.map((limit) => Object.fromEntries(Object.entries(limit).map(([name, value]) => [camel(name), value])));

/** As JavaScript names things. @param {string} name */
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** As a database does. @param {string} name */
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
