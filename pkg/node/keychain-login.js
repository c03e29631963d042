// The key of a login in the system's keychain. keylatch's own file says that it is there, and for which address.

import { CredentialFile, PROFILES } from './credential-file.js';
import { isKeychainName, KeychainKey } from './keychain.js';

/** One for each service and profile, as in the file. */
export class KeychainLogin {
  #file;
  #key;

  /** @param {import('./host.js').Setting} setting */
  constructor({ provider, profile, user, baseUrl }) {
    this.#file = new CredentialFile(provider, { path: PROFILES, profile, user, baseUrl });
    this.#key = new KeychainKey(provider, `keychain:keylatch/${provider.id}/${profile ?? 'default'}`);
  }

  get path() {
    return this.#key.path;
  }

  async ready() {
    const replaced = await this.#key.ready();
    await this.#file.ready();
    return replaced;
  }

  /** @param {string | import('../core/secret.js').Secret} secret */
  async write(secret) {
    const written = await this.#key.write(secret);
    try {
      await this.#file.write(this.path);
    } catch (thrown) {
      // Nothing would look for it there.
      await this.#key.remove();
      throw thrown;
    }
    return written;
  }

  /** What the file names: the key of a login, or another one that a person has written there. */
  async named() {
    const found = (await this.#file.read())?.secret.expose();
    return found !== undefined && isKeychainName(found) ? found : undefined;
  }

  /** Only what a login has made there; of another one the file alone forgets. */
  async remove() {
    if ((await this.named()) === this.path) await this.#key.remove();
    await this.#file.remove();
  }
}
