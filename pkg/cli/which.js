// Which key is meant: by its id, its name, its last four characters, or itself.

import { failure, isError } from '../core/errors.js';
import { resembled } from '../keys/check.js';
import { isDocumented } from '../keys/holds.js';
import { checkKey, maskKey } from '../entries/offline.js';
import { firstLine, hidden, warnOfInline } from './ask.js';
import { isTime } from './when.js';

/** @typedef {{ text: string, isKey: boolean, isTyped: boolean }} Meant */

/**
 * What was given for a key. The key itself is taken from standard input only, or
 * where the service knows its keys by themselves: elsewhere it would stand in an
 * address, which is logged.
 * @param {any} options @param {any} provider
 * @returns {Promise<Meant>}
 */
export async function meant(options, provider) {
  const [given] = options.positionals;
  if (given === '-' && (options['api-key'] === '-' || options['password-stdin'])) throw failure('invalid_argument', '-', 'standard input can give one thing only.');
  if (given.trim() === '') throw failure('invalid_argument', 'id', 'it is empty.');
  const isTyped = given !== '-';
  // A terminal would show what is typed, and be closed before it can be asked to confirm.
  const fromInput = async () => (process.stdin.isTTY ? (await hidden('The key')).trim() : firstLine('The key'));
  const text = isTyped ? given : await fromInput();
  const found = checkKey(provider, text);
  const isKey = found.ok && found.certainty !== 'unknown';
  const seen = isKey ? [] : resembled(text);
  const isWhole = isKey || seen.includes(provider.id);
  const isOthers = seen.some((/** @type {string} */ id) => id !== provider.id && isDocumented(id));
  const isPart = !found.ok && found.certainty === 'documented' && !found.problems.some(({ code }) => UNLIKE.includes(code));
  if (!isTyped && !found.ok && (isWhole || isPart)) throw failure('invalid_argument', '-', found.problems.map(({ message }) => message).join(' '));
  if (!isTyped && isOthers) throw failure('invalid_argument', '-', 'that is a key of another service.');
  if (isTyped && (isOthers || (isWhole && isInAddress(provider)))) throw failure('invalid_argument', 'id', `that is a whole key. ${INSTEAD}`);
  if (isTyped && isPart) throw failure('invalid_argument', 'id', `that is most of a key. ${INSTEAD}`);
  if (isTyped && isKey) warnOfInline();
  return { text, isKey, isTyped };
}

const INSTEAD = 'Give the id that keylatch list shows, or - and the key by standard input.';
/** What a name has wrong as a key; and a key that is masked, which says which it is. */
const UNLIKE = ['wrong_prefix', 'placeholder', 'empty'];

/** @param {any} provider */
const isInAddress = (provider) => Object.values(provider.endpoints ?? {}).some((/** @type {any} */ { path }) => path.includes('{id}'));

/**
 * The one key that is meant.
 * @param {import('../client/client.js').KeyClient} client @param {any} provider @param {Meant} meant
 * @param {'active' | 'inactive'} state of those that the command can do something with
 */
export async function find(client, provider, { text, isKey, isTyped }, state) {
  if (isKey && !isInAddress(provider)) return { id: text, masked: maskKey(text) };
  // What came by standard input may be a key that no format tells, so it is not sent as an id.
  const byId = isTyped && !isKey ? await got(client, provider, text) : undefined;
  if (byId) return byId;
  const all = [];
  for await (const key of client.list()) if (isMeant(key, isKey ? maskKey(text) : text)) all.push(key);
  const fit = all.filter(({ status }) => (status === 'active' || status === undefined || status === /** @type {string} */ ('unknown')) === (state === 'active'));
  const found = fit.length > 0 ? fit : all;
  if (found.length === 1) return found[0];
  if (found.length === 0) throw Object.assign(failure('not_found', '', ''), { message: `${provider.title} has no key with this id, name or last four characters.` });
  const list = found.map(({ id, masked, createdAt }) => `${id}${masked ? ` (${masked})` : ''}${isTime(createdAt) ? ` of ${createdAt.toISOString().slice(0, 10)}` : ''}`);
  throw failure('invalid_argument', 'id', `${found.length} keys are meant by this. Say which by its id: ${list.join(', ')}.`);
}

/** @param {import('../client/client.js').KeyClient} client @param {any} provider @param {string} id */
async function got(client, provider, id) {
  if (!provider.endpoints?.get) return undefined;
  try {
    return await client.get(id);
  } catch (thrown) {
    // What is no id at all may be refused as one.
    if (isError(thrown) && ['not_found', 'invalid_request'].includes(thrown.code)) return undefined;
    throw thrown;
  }
}

/** @param {any} key @param {string} text */
function isMeant({ id, name, masked }, text) {
  return id === text || name === text || (masked !== undefined && (masked === text || (/^\S{4}$/.test(text) && masked.endsWith(text))));
}
