// A file of keys in its owner's format: read, write, remove one key.

import { basename } from 'node:path';

import { failure } from '../errors.js';
import { Secret } from '../secret.js';
import { call, core, fileFailed, noticeOf, providerOf, secretOf } from './core.js';
import { changedOnly, dotenvPath, parse, tooOld } from './dotenv.js';
import { read, update } from './files.js';
import { display, expand } from './paths.js';

const PROFILES = '~/.config/keylatch/credentials.json';

export class CredentialFile {
  #slot;
  #path;

  /**
   * @param {any} provider
   * @param {{ path?: string, kind?: string, profile?: string, user?: string, host?: string, baseUrl?: string | URL }} [options]
   */
  constructor(provider, { path, kind, profile, user, host, baseUrl } = {}) {
    const { data } = providerOf(provider);
    const own = data.files?.[0];
    const name = data.env?.[0];
    if (path === undefined) path = own?.path ?? (name === undefined || !data.dotenv ? PROFILES : dotenvPath());
    this.#path = expand(path);
    const isDotenv = /^\.env(\.|$)/.test(basename(this.#path)) || this.#path.endsWith('.env');
    const known = own && expand(own.path) === this.#path ? own.kind : 'text';
    this.kind = kind ?? (isDotenv ? 'dotenv' : expand(PROFILES) === this.#path ? 'profiles' : known);
    if (this.kind === 'dotenv' && name === undefined) {
      throw failure('invalid_argument', 'path', `${data.title} reads no environment variable, so its key cannot stand in ${basename(this.#path)}.`);
    }
    const address = baseUrl === undefined ? host : String(baseUrl);
    const slot = { kind: this.kind, path: this.path, provider: data.id, name, profile, user };
    this.#slot = { ...slot, host: address?.replace(/^[a-z]+:\/\//i, '').replace(/\/$/, ''), baseUrl: baseUrl && String(baseUrl) };
  }

  /** The path, with `~` for the home. */
  get path() {
    return display(this.#path);
  }

  /** The key; `undefined` when the file has none, or is not there. */
  async read() {
    const file = await read(this.#path);
    if (file.notice) throw fileFailed(file.notice);
    const warnings = file.shared ? [noticeOf({ reason: 'file_readable_by_others', details: [this.path] })] : [];
    if (file.text === undefined) return undefined;
    if (this.kind === 'dotenv') {
      const variables = parse(file.text);
      if (!variables) throw fileFailed(tooOld(this.path));
      const text = variables[String(this.#slot.name)]?.trim();
      return text ? { secret: new Secret(text), warnings } : undefined;
    }
    const content = this.#content(file.text);
    const [found, secret] = call(() => core().readKeyFile({ ...this.#slot, ...content }));
    if (secret) return { secret: new Secret(secret.expose()), warnings, ...(found.baseUrl && { baseUrl: found.baseUrl }) };
    if (found.reason === 'file_not_understood') throw fileFailed(found);
    return undefined;
  }

  /** @param {unknown} secret @returns {Promise<void>} */
  async write(secret) {
    const text = typeof secret === 'string' ? secret : /** @type {any} */ (secret)?.expose?.();
    if (typeof text !== 'string' || text.trim() === '') throw failure('invalid_argument', 'secret', 'expected a key as a string or a Secret.');
    if (/[\0-\x1f\x7f]/.test(text)) throw failure('invalid_argument', 'secret', 'a key has no line break or other control character.');
    await this.#edit(text);
  }

  /** @returns {Promise<void>} */
  async remove() {
    const file = await read(this.#path);
    if (file.text === undefined && !file.notice) return;
    await this.#edit(undefined);
  }

  /** @param {string | undefined} key */
  #edit(key) {
    const edit = (/** @type {import('./files.js').Read} */ { text = '' }) => {
      const file = { ...this.#slot, ...this.#content(text) };
      const after = call(() => core().editKeyFile(file, key === undefined ? undefined : secretOf(key)));
      if (after.notice) throw fileFailed(after.notice);
      const written = after.text ?? `${JSON.stringify(after.json, null, 2)}\n`;
      if (this.kind === 'dotenv' && !changedOnly(text, written, String(this.#slot.name), key)) {
        throw fileFailed({ reason: 'file_not_understood', details: [this.path, 'the change would touch more than one variable'] });
      }
      return { text: written };
    };
    // A key alone is replaced whole.
    return update(this.#path, edit, this.kind !== 'text');
  }

  /** @param {string} text */
  #content(text) {
    if (this.kind !== 'profiles') return { text };
    try {
      return { json: text.trim() === '' ? undefined : JSON.parse(text) };
    } catch {
      throw fileFailed({ reason: 'file_not_understood', details: [this.path, 'it is not JSON'] });
    }
  }
}
