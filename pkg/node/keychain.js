// A key in the system's keychain: its name, and the same that is done with a file of keys.

import { failure } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { holdsKey } from '../keys/holds.js';
import { fileFailed, notice, noticeOf, providerOf } from './core.js';
import { looksLikeKey, STAND_IN } from './credential-file.js';
import { asked } from './keychain-process.js';

/** How it is named, in a variable, in keylatch's own file and as an output. */
const PREFIX = 'keychain:';
/** The account, where none is named. */
const DEFAULT = 'default';

/** @typedef {import('./keychain-process.js').Name} Name */

/** @param {unknown} text */
export const isKeychainName = (text) => typeof text === 'string' && text.startsWith(PREFIX);

/**
 * `SERVICE` or `SERVICE/ACCOUNT`, or what is wrong with it, which never repeats it: somebody may have pasted a key.
 * @param {string} text @returns {Name | string}
 */
function nameIn(text) {
  const [, service, account = DEFAULT] = /^([^/]*)(?:\/(.*))?$/s.exec(text.trim()) ?? [];
  if (!service || !account) return `say which, as ${PREFIX}SERVICE or ${PREFIX}SERVICE/ACCOUNT.`;
  if (/\p{Cc}/u.test(text.trim())) return 'there is a control character in its name.';
  return holdsKey(text) ? 'there is a key in its name, where the service and account belong.' : { service, account };
}

/**
 * For the chain: the key of this name, as it stands behind the prefix.
 * @param {string} text @param {AbortSignal | undefined} signal
 * @returns {Promise<{ text?: string, path?: string, notice?: import('./core.js').RawNotice }>}
 */
export async function fromKeychain(text, signal) {
  const name = nameIn(text);
  if (typeof name === 'string') return { notice: notice('keychain_failed', `${PREFIX}…`, name.replace(/\.$/, '')) };
  const path = `${name.service}/${name.account}`;
  const { found, notice: why } = await asked('read', name, { signal });
  const key = found?.replace(/\r?\n$/, '');
  return key?.trim() ? { text: key, path } : { notice: why ?? notice('keychain_without_key', path) };
}

/** One key there. It has the methods of a `CredentialFile`. */
export class KeychainKey {
  #data;
  #name;
  #force;

  /** @param {any} provider @param {string} written with its prefix @param {{ force?: boolean }} [options] */
  constructor(provider, written, { force = false } = {}) {
    const name = nameIn(written.slice(PREFIX.length));
    if (typeof name === 'string') throw failure('invalid_argument', 'path', name);
    this.#data = providerOf(provider);
    this.#name = name;
    this.#force = force;
  }

  /** As it is named elsewhere. */
  get path() {
    return `${PREFIX}${this.#name.service}/${this.#name.account}`;
  }

  /** @param {{ signal?: AbortSignal }} [options] */
  async read({ signal } = {}) {
    const found = this.#known((await this.#asked('read', { signal })).found);
    return found && { secret: found, warnings: [] };
  }

  /** Writes something beside it and takes it away again, so that the keychain is known to be there and unlocked before a key is made. */
  async ready() {
    const { found } = await this.#asked('try', { secret: STAND_IN });
    return this.#replaced(found);
  }

  /** @param {string | Secret} secret */
  async write(secret) {
    const text = typeof secret === 'string' ? secret : secret.expose();
    const { found } = await this.#asked('write', { secret: text });
    return { ...(found !== text && { replaced: this.#known(found) }), warnings: [] };
  }

  /** Whether there was one. */
  async remove() {
    return (await this.#asked('remove')).removed === true;
  }

  /** @param {'read' | 'try' | 'write' | 'remove'} operation @param {{ secret?: string, signal?: AbortSignal }} [more] */
  async #asked(operation, more) {
    const answer = await asked(operation, this.#name, more);
    if (answer.notice) throw Object.assign(fileFailed(answer.notice), { message: `The keychain cannot be used: ${noticeOf(answer.notice).message}.` });
    return answer;
  }

  /** @param {string | undefined} text */
  #known(text) {
    return text?.trim() ? new Secret(text.trim()) : undefined;
  }

  /** What a write would replace. What another program keeps there is not lost unasked. @param {string | undefined} text */
  #replaced(text) {
    const known = this.#known(text);
    if (!known || this.#force || looksLikeKey(this.#data, known.expose(), false)) return known;
    const raw = notice('file_not_of_keys', this.path, this.#data.title);
    throw Object.assign(fileFailed(raw), { reason: raw.reason, message: `The keychain was left as it was: ${noticeOf(raw).message}.` });
  }
}
