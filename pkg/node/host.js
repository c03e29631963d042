// The computer, as the chain in Rust asks about it: src/credential/host.rs.

import { KeyClient } from '../client/client.js';
import { KeylatchError } from '../core/errors.js';
import { ANY, checkKey, faultOf } from '../keys/check.js';
import { adopt } from '../core/secret.js';
import { printed } from './command.js';
import { CredentialFile, PROFILES } from './credential-file.js';
import { notice, packed, providerOf } from './core.js';
import { isBroken, readDotenv } from './dotenv.js';
import { read } from './files.js';
import { fromKeychain } from './keychain.js';
import { KeychainLogin } from './keychain-login.js';
import { logIn, renew } from './login.js';
import { locate } from './paths.js';
import { askHidden } from './terminal.js';

/**
 * @typedef {{ provider: any, baseUrl?: string, user?: string, profile?: string, host?: string,
 *   login?: object, keychain?: boolean, signal?: AbortSignal, say: (text: string) => void }} Setting
 */

export class Host {
  #setting;
  #hasKey;
  /** Why the key that was typed last was refused. */
  #refusal = '';
  /** @type {import('./core.js').RawNotice[]} Variables of `.env` that are read in part; the variable is the second detail. */
  cuts = [];
  /** What was thrown while a question was answered: it ends the chain. @type {{ thrown: unknown } | undefined} */
  failure;

  /** @param {Setting} setting @param {boolean} hasKey was passed, and is not looked for */
  constructor(setting, hasKey) {
    this.#setting = setting;
    this.#hasKey = hasKey;
  }

  /** @param {string} question @param {string} name @param {any} more */
  async ask(question, name, more) {
    try {
      return { bytes: packed((await this.#answer(question, name, more)) ?? {}) };
    } catch (thrown) {
      this.failure = { thrown };
      return {};
    }
  }

  /** @param {string} question @param {string} name @param {any} more @returns {Promise<any>} */
  async #answer(question, name, more) {
    switch (question) {
      case 'env':
        return { text: process.env[name] };
      case 'command':
        return printed(more, name, this.#setting.signal);
      case 'keychain':
        return fromKeychain(name, this.#setting.signal);
      case 'dotenv':
        return this.#dotenv();
      case 'file':
        return this.#file(name, more);
      case 'renew':
        return renew(this.#setting);
      case 'login':
        return logIn(this.#setting);
      case 'prompt':
        return this.#prompt(more);
      case 'check':
        return this.#check(more);
      case 'accept':
        return this.#accept(adopt(more));
      default:
        return this.#store(adopt(more));
    }
  }

  async #dotenv() {
    const { provider, signal } = this.#setting;
    const names = /** @type {string[]} */ (provider.env ?? []);
    // A key was found, and the chain only looks for reasons to warn: a pipe is not read for that.
    const mayBePipe = !this.#hasKey && !names.some((name) => process.env[name]?.trim());
    const found = /** @type {any} */ (await readDotenv(names, { signal, mayBePipe }));
    this.cuts = found.cuts ?? [];
    return answer(found);
  }

  /** @param {string} path @param {string} kind */
  async #file(path, kind) {
    const { at, notice: nowhere } = locate(path);
    if (nowhere) return { path, notice: nowhere };
    const found = await read(at, { signal: this.#setting.signal });
    const { text } = found;
    if (text === undefined) return answer(found);
    const refused = (/** @type {string} */ why) => ({ path: found.path, notice: notice('file_not_understood', found.path, why) });
    if (kind === 'text' && found.fault && isBroken(text)) return refused('it is not UTF-8');
    if (kind !== 'profiles') return answer(found);
    try {
      return { ...answer(found), json: text.trim() === '' ? undefined : JSON.parse(text) };
    } catch {
      return refused('it is not JSON');
    }
  }

  /** @param {number} asked */
  async #prompt(asked) {
    const { provider, say, signal } = this.#setting;
    if (asked > 0) say(`${this.#refusal} Try again.`);
    else {
      // Nobody is asked for a key that could not be kept.
      await placeFor(this.#setting).ready();
      if (provider.keysPage) say(`A key for ${provider.title} is made at ${provider.keysPage}`);
    }
    const text = await askHidden(`API key for ${provider.title}: `, signal);
    if (text === undefined) return { notice: notice('not_a_terminal') };
    const found = checkKey(provider, text.trim());
    this.#refusal = found.ok ? `${provider.title} did not accept that key.` : found.problems.map(({ message }) => message).join(' ');
    return { text };
  }

  /** @param {Uint8Array} key wiped */
  #check(key) {
    const { provider } = this.#setting;
    const bytes = Buffer.from(key.buffer, key.byteOffset, key.length);
    try {
      // What the catalogue knows of a key warns in checks, and ends no search.
      return { text: faultOf(provider.formatOnly ? providerOf(ANY) : provider, bytes.toString()) };
    } finally {
      bytes.fill(0);
    }
  }

  /** @param {import('../core/secret.js').Secret} key */
  async #accept(key) {
    const { provider, baseUrl, signal } = this.#setting;
    if (!provider.capabilities.validate) return {};
    const client = new KeyClient({ provider, baseUrl, credential: key });
    try {
      const { valid } = await client.validate(key, { signal });
      return valid ? {} : { notice: notice('prompt_refused', provider.title) };
    } catch (thrown) {
      // Where the key itself asks, a refusal may come as one.
      const refused = thrown instanceof KeylatchError && ['unauthorized', 'forbidden'].includes(thrown.code);
      if (refused) return { notice: notice('prompt_refused', provider.title) };
      throw thrown;
    }
  }

  /** @param {import('../core/secret.js').Secret} key */
  async #store(key) {
    const place = placeFor(this.#setting);
    await place.write(key);
    this.#setting.say(`Stored in ${place.path}.`);
    return {};
  }
}

/** What Rust wants to know of a file. @param {any} read */
const answer = ({ path, text, json, shared, notice }) => ({ path, text, json, shared, notice });

/** Where a key of this setting is kept. @param {Setting} setting */
export const placeFor = (setting) => (setting.keychain ? new KeychainLogin(setting) : fileFor(setting));

/**
 * Where a key is kept that came from a person: the service's own file, else
 * keylatch's. Not `.env`, which is a project's and easily committed.
 * @param {Setting} setting
 */
export function fileFor({ provider, profile, user, baseUrl }) {
  const path = provider.files?.[0]?.path ?? PROFILES;
  return new CredentialFile(provider, { path, profile, user, baseUrl });
}

