// The computer, as the chain in Rust asks about it: src/credential/host.rs.

import { KeyClient } from '../client.js';
import { KeylatchError } from '../errors.js';
import { Secret } from '../secret.js';
import { CredentialFile } from './credential-file.js';
import { notice } from './core.js';
import { readDotenv } from './dotenv.js';
import { read } from './files.js';
import { logIn, renew } from './login.js';
import { expand } from './paths.js';
import { askHidden } from './terminal.js';

/**
 * @typedef {{ provider: any, handle: any, baseUrl?: string, user?: string, profile?: string, host?: string,
 *   login?: object, signal?: AbortSignal, say: (text: string) => void }} Setting
 */

export class Host {
  #setting;

  /** @param {Setting} setting */
  constructor(setting) {
    this.#setting = setting;
  }

  /** @param {string} question @param {string} name @param {any} more */
  async ask(question, name, more) {
    switch (question) {
      case 'env':
        return { text: process.env[name] };
      case 'dotenv':
        return readDotenv();
      case 'file':
        return this.#file(name, more);
      case 'renew':
        return renew(this.#setting);
      case 'login':
        return logIn(this.#setting);
      case 'prompt':
        return this.#prompt(more);
      case 'accept':
        return this.#accept(new Secret(more.expose()));
      default:
        return this.#store(new Secret(more.expose()));
    }
  }

  /** @param {string} path @param {string} kind */
  async #file(path, kind) {
    const found = await read(expand(path));
    if (kind !== 'profiles' || found.text === undefined) return found;
    try {
      return { ...found, json: JSON.parse(found.text) };
    } catch {
      return { path: found.path, notice: notice('file_not_understood', found.path, 'it is not JSON') };
    }
  }

  /** @param {number} attempt */
  async #prompt(attempt) {
    const { provider, say, signal } = this.#setting;
    if (attempt > 0) say(`${provider.title} did not accept that key. Try again.`);
    else if (provider.keysPage) say(`A key for ${provider.title} is made at ${provider.keysPage}`);
    const text = await askHidden(`API key for ${provider.title}: `, signal);
    return text === undefined ? { notice: notice('not_a_terminal') } : { text };
  }

  /** @param {Secret} key */
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

  /** @param {Secret} key */
  async #store(key) {
    const file = fileFor(this.#setting);
    await file.write(key);
    this.#setting.say(`Stored in ${file.path}.`);
    return {};
  }
}

/**
 * Where a key is kept that came from a person: the service's own file, else
 * keylatch's. Not `.env`, which is a project's and easily committed.
 * @param {Setting} setting
 */
export function fileFor({ provider, profile, user, baseUrl }) {
  const path = provider.files?.[0]?.path ?? '~/.config/keylatch/credentials.json';
  return new CredentialFile(provider, { path, profile, user, baseUrl });
}

