// Where a new key goes: to a file, to the system's keychain or to standard output. That is tried before
// there is a key, and whatever can fail for another reason comes after it.

import { fstatSync, readSync, statSync } from 'node:fs';

import { failure } from '../core/errors.js';
import { CredentialFile } from '../node/credential-file.js';
import { isKeychainName, KeychainKey } from '../node/keychain.js';
import { known, named, until } from './describe.js';
import { isCommittable } from './git.js';
import { print, printJson, say, warn } from './print.js';
import { exposed } from './stdout.js';

/** @typedef {{ code: string, message: string }} Warning */

/** @param {any} options @param {any} provider @returns {File | Output} */
export function sinkFor(options, provider) {
  const { output } = options;
  return output === undefined || output === '-' ? new Output(options) : new File(options, provider);
}

class File {
  #options;
  #provider;
  /** @type {CredentialFile | KeychainKey | undefined} */
  #file;
  /** The key that it replaced, masked. @type {string | undefined} */
  #replaced;

  /** @param {any} options @param {any} provider */
  constructor(options, provider) {
    this.#options = options;
    this.#provider = provider;
    // Refuses at once what the path alone tells.
    this.#at(undefined);
  }

  /** @param {string | undefined} address that the key will be for */
  async ready(address) {
    const { output } = this.#options;
    this.#file = this.#at(address);
    await this.#file.ready();
    if (isKeychainName(output) || !isCommittable(output)) return;
    warn([{ message: `Git does not ignore ${output}: add it to .gitignore, so that the key is not committed.` }]);
  }

  /** @param {string} text */
  async put(text) {
    const { replaced, warnings } = await /** @type {CredentialFile | KeychainKey} */ (this.#file).write(text);
    this.#replaced = replaced?.mask();
    warn(warnings);
  }

  /** Tells what became of it. @param {any} key @param {Warning} [warning] */
  async finish(key, warning) {
    const { output, json } = this.#options;
    const replaced = this.#replaced;
    if (json) return printJson({ key: known(key), output, replaced, warning });
    say(`Created ${named(key)} in ${output}${replaced ? ` in place of ${replaced}` : ''}${until(key)}.`);
    const [variable] = this.#provider.env ?? [];
    if (isKeychainName(output) && variable) say(`It is found there with ${variable}='${/** @type {KeychainKey} */ (this.#file).path}'.`);
  }

  /** @param {string | undefined} baseUrl */
  #at(baseUrl) {
    const { output: path, user, profile, force } = this.#options;
    if (isKeychainName(path)) return new KeychainKey(this.#provider, path, { force });
    return new CredentialFile(this.#provider, { path, user, profile, force, baseUrl });
  }
}

/** The key alone; with `--json` a document, which is closed when everything is known. */
class Output {
  #json;
  #isOpen = false;

  /** @param {{ json?: boolean }} options */
  constructor({ json = false }) {
    this.#json = json;
  }

  async ready() {
    if (isClosed()) throw failure('invalid_argument', '--output', 'standard output is closed, so nobody would see the new key. Name a file.');
  }

  /** @param {string} text @param {any} key */
  async put(text, key) {
    if (!this.#json) return exposed(`${text}\n`);
    this.#isOpen = true;
    await exposed(JSON.stringify({ key: known(key), secret: text }, null, 2).slice(0, -'\n}'.length));
  }

  /** @param {any} key @param {Warning} [warning] */
  async finish(key, warning) {
    if (!this.#json) return say(`Created ${named(key)}${until(key)}. It is shown only now.`);
    const more = warning && JSON.stringify({ warning }, null, 2).slice('{'.length, -'\n}'.length);
    if (this.#isOpen) print(`${more ? `,${more}` : ''}\n}`);
    this.#isOpen = false;
  }
}

/** A key that could not be put where it was to go, and not be ended either. @param {any} options @param {any} key @param {string} secret @param {Warning} warning */
export async function showLost({ json }, key, secret, warning) {
  const text = json ? JSON.stringify({ key: known(key), secret, warning }, null, 2) : secret;
  // Better where it was not expected than nowhere.
  await exposed(`${text}\n`).catch(() => void process.stderr.write(`${text}\n`));
}

/**
 * Whether standard output is closed: then Node opens the null device in its
 * place, to read and write; a shell that is told to send a key there opens it to write only.
 */
function isClosed() {
  try {
    const out = fstatSync(1);
    return out.isCharacterDevice() && out.rdev === statSync('/dev/null').rdev && readSync(1, Buffer.alloc(1)) === 0;
  } catch {
    return false;
  }
}
