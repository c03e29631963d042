// The values of options, refused before anything is asked of anyone.

import { failure } from '../core/errors.js';
import { holdsKey } from '../keys/holds.js';
import { givenAddress, nameOfAddress, providerOf } from './client.js';
import { quotas, rates } from './limits.js';
import { duration, end } from './when.js';

const STATUSES = ['active', 'inactive', 'expired', 'revoked'];
/** One's own keys are never disabled, those of an application may be. @param {string} command */
const statusesOf = (command) => [...STATUSES, ...(command.startsWith('app ') ? ['disabled'] : []), 'all'];
const LONGEST_NAME = 100;

/** The words of which an option of a command takes one, where they are few. @param {string} option @param {string} command @returns {string[] | undefined} */
export function choicesOf(option, command) {
  return option === 'status' ? statusesOf(command) : CHOICES[option];
}

/** @type {Record<string, string[]>} */
const CHOICES = {
  scheme: ['bearer', 'basic', 'header'],
  environment: ['live', 'test'],
  algorithm: ['sha256', 'sha512'],
  input: ['whole', 'before_first', 'after_first', 'before_last', 'after_last', 'hex_bytes'],
  encoding: ['hex', 'base64', 'base64url'],
};

/** @type {Record<string, (value: any) => unknown>} What each may be, and what becomes of it. */
const VALUES = {
  expires: end,
  overlap: (value) => duration(value, '--overlap'),
  limit: (value) => (/^[1-9]\d{0,8}$/.test(value) ? Number(value) : wrong('--limit', 'use a whole number from 1.')),
  name,
  output: (value) => (value.trim() === '' ? wrong('--output', 'it is empty.') : value),
  metadata: (value) => objectOf(value, '--metadata'),
  prefix: (/** @type {string[]} */ values) => values.map(format),
  rate: rates,
  quota: quotas,
  'ends-within': (value) => (/^[1-9]\d{0,3}d$/.test(value) ? Number.parseInt(value, 10) : wrong('--ends-within', 'use a number of days such as 30d.')),
  user: (value) => (value.trim() === '' ? wrong('--user', 'it is empty.') : value),
};

/** The options of a command with their values understood. @param {Record<string, any>} options */
export function understood(options, command = '') {
  for (const [option, value] of Object.entries(options)) {
    const texts = option === 'api-key' || option === 'positionals' ? [] : [value].flat().filter((text) => typeof text === 'string');
    if (texts.some(holdsKey)) wrong(`--${option}`, 'that is, or holds, a key. It would be stored and shown as it is.');
  }
  for (const [option, value] of Object.entries(options)) {
    const choices = choicesOf(option, command);
    if (choices && !choices.includes(value)) wrong(`--${option}`, `use ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}.`);
  }
  return Object.fromEntries(Object.entries(options).map(([option, value]) => [option, VALUES[option]?.(value) ?? value]));
}

/** Where a key is sent must be an address and nothing else: it is shown, and stored beside keys. @param {any} options */
export function refuseOddAddress(options) {
  const provider = providerOf(options);
  const given = givenAddress(options, provider);
  if (given === undefined) return;
  const option = nameOfAddress(options, provider);
  const url = URL.canParse(given) ? new URL(given) : wrong(option, 'it is no address such as https://keys.example.com.');
  if (!['http:', 'https:'].includes(url.protocol)) wrong(option, 'it must begin with https:// or http://.');
  if (url.username || url.password) wrong(option, 'it must not hold a user or a password.');
  if (/[?#]/.test(given)) wrong(option, 'it must not have a query or a fragment.');
}

/** @param {string} value @param {string} option @returns {Record<string, unknown>} */
function objectOf(value, option) {
  try {
    const data = JSON.parse(value);
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data;
  } catch {
    // The same as of what is JSON, and no object.
  }
  return wrong(option, 'use a JSON object such as {"plan":"pro"}.');
}

/** How keys begin, and what they are for. @param {string} value */
function format(value) {
  const [, environment = 'live', prefix] = /^(?:(live|test)=)?(.*)$/.exec(value) ?? [];
  return { environment, prefix };
}

/** @param {string} value */
function name(value) {
  const length = [...value.trim()].length;
  if (length === 0 || length > LONGEST_NAME) wrong('--name', `use 1 to ${LONGEST_NAME} characters; it has ${length}.`);
  return value;
}

/** @param {string} option @param {string} why @returns {never} */
function wrong(option, why) {
  throw failure('invalid_argument', option, why);
}
