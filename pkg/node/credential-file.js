// A file of keys in its owner's format: read, try, write, remove one key.

import { basename } from 'node:path';

import { failure, object } from '../core/errors.js';
import { checkKey } from '../entries/offline.js';
import { adopt, Secret } from '../core/secret.js';
import { call, core, fileFailed, notice, noticeOf, providerOf, withBytes, withPacked } from './core.js';
import { changedOnly, cutOf, dotenvPath, isBroken, misread, parse, tooOld } from './dotenv.js';
import { read, update } from './files.js';
import { display, expand, locate } from './paths.js';

export const PROFILES = '~/.config/keylatch/credentials.json';
const KINDS = ['text', 'conduce-config', 'profiles', 'dotenv'];
/** As long as any key, for a trial. */
export const STAND_IN = '0'.repeat(128);
/** Where no format is known, a word of so many characters counts as a key. */
const LONG = 16;

export class CredentialFile {
  // Bundling shortens names; this one is seen.
  static get name() {
    return 'CredentialFile';
  }

  #slot;
  #path;
  #data;
  /** A file of the service's own has nothing but its key, whatever that looks like. */
  #isOwn;
  #force;

  /**
   * @param {any} provider
   * @param {{ path?: string, kind?: string, profile?: string, user?: string, host?: string, baseUrl?: string | URL, force?: boolean }} [options]
   */
  constructor(provider, options = {}) {
    const { kind, profile, user, host, baseUrl, force = false } = object(options);
    for (const [member, text] of Object.entries({ path: options.path, kind, profile, user, host })) {
      if (text !== undefined && typeof text !== 'string') throw failure('invalid_argument', member, 'expected a string.');
    }
    if (kind !== undefined && !KINDS.includes(kind)) throw failure('invalid_argument', 'kind', `use ${KINDS.join(', ')}.`);
    const data = providerOf(provider);
    const own = data.files?.[0];
    const name = data.env?.[0];
    const path = options.path ?? own?.path ?? (name === undefined || !data.dotenv ? PROFILES : dotenvPath());
    if (path === '') throw failure('invalid_argument', 'path', 'it is empty.');
    this.#data = data;
    this.#path = expand(path);
    this.#isOwn = own !== undefined && locate(own.path).at === this.#path;
    this.#force = force;
    const isDotenv = /^\.env(\.|$)/.test(basename(this.#path)) || this.#path.endsWith('.env');
    const known = own && this.#isOwn ? own.kind : 'text';
    this.kind = kind ?? (isDotenv ? 'dotenv' : locate(PROFILES).at === this.#path ? 'profiles' : known);
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
    if (file.text === undefined) return undefined;
    const { secret, baseUrl, cut } = this.#find({ ...file, text: file.text });
    if (!secret) return undefined;
    const warnings = [...(file.shared ? [notice('file_readable_by_others', this.path)] : []), ...(cut ? [cut] : [])].map(noticeOf);
    return { secret, warnings, ...(baseUrl && { baseUrl }) };
  }

  /**
   * Does all of a write but its last step, so that an obstacle is known before a key is made.
   * Returns the key that the write would replace, if there is one.
   */
  async ready() {
    const { replaced } = await this.#edit(STAND_IN, true);
    return replaced;
  }

  /** @param {unknown} secret */
  async write(secret) {
    const text = typeof secret === 'string' ? secret : /** @type {any} */ (secret)?.expose?.();
    if (typeof text !== 'string' || text.trim() === '') throw failure('invalid_argument', 'secret', 'expected a key as a string or a Secret.');
    if (/[\0-\x1f\x7f]/.test(text)) throw failure('invalid_argument', 'secret', 'a key has no line break or other control character.');
    return this.#edit(text);
  }

  /** @returns {Promise<void>} */
  async remove() {
    const file = await read(this.#path);
    if (file.text === undefined && !file.notice) return;
    await this.#edit(undefined);
  }

  /**
   * @param {{ text: string, fault?: string }} file
   * @returns {{ secret?: Secret, baseUrl?: string, cut?: import('./core.js').RawNotice }}
   */
  #find(file) {
    const { text, fault } = file;
    if (this.kind === 'dotenv') {
      const variables = parse(text);
      if (!variables) throw fileFailed(tooOld(this.path));
      const name = String(this.#slot.name);
      const why = misread(file, variables, [name]);
      if (why) throw fileFailed(notice('file_not_understood', this.path, why));
      const value = variables[name]?.trim();
      return value ? { secret: new Secret(value), cut: cutOf(this.path, text, name) } : {};
    }
    if (this.kind === 'text' && fault && isBroken(text)) throw fileFailed(notice('file_not_understood', this.path, 'it is not UTF-8'));
    const [found, secret] = call(() => withPacked({ ...this.#slot, ...this.#content(text) }, (file) => core().readKeyFile(file)));
    if (found.reason === 'file_not_understood') throw fileFailed(found);
    return secret ? { secret: adopt(secret), baseUrl: found.baseUrl } : {};
  }

  /**
   * @param {string | undefined} key @param {boolean} [isTrial]
   * @returns {Promise<{ replaced?: Secret, warnings: import('./core.js').Notice[] }>}
   */
  async #edit(key, isTrial = false) {
    /** @type {Secret | undefined} */
    let replaced;
    const edit = (/** @type {import('./files.js').Read} */ before) => {
      const other = key === undefined ? undefined : this.#replaced(before);
      replaced = other?.expose() === key ? undefined : other;
      return { text: this.#edited(before.text ?? '', key) };
    };
    // A key alone is replaced whole.
    const warnings = await update(this.#path, edit, { keeps: this.kind !== 'text', isTrial });
    return { ...(replaced && { replaced }), warnings };
  }

  /** The file's text with the key, or without it. @param {string} text @param {string | undefined} key */
  #edited(text, key) {
    const edited = (/** @type {string} */ from, /** @type {any} */ slot, /** @type {string | undefined} */ value) => {
      const after = call(() => withBytes(value, 'secret', (bytes) => withPacked({ ...slot, ...this.#content(from) }, (file) => core().editKeyFile(file, bytes))));
      if (after.notice) throw fileFailed(after.notice);
      return after.text ?? `${JSON.stringify(after.json, null, 2)}\n`;
    };
    const written = edited(text, this.#slot, key);
    if (this.kind !== 'dotenv') return written;
    const address = key === undefined ? undefined : this.#addressFor(text);
    const whole = address ? edited(written, { ...this.#slot, name: address.name }, address.value) : written;
    if (!changedOnly(text, whole, { [String(this.#slot.name)]: key, ...(address && { [address.name]: address.value }) })) {
      throw fileFailed(notice('file_not_understood', this.path, 'the change would touch more than one variable'));
    }
    return whole;
  }

  /**
   * The variable that tells where the key beside it is to be sent, when the file
   * has to tell it and does not yet. A key beside another address would be sent there.
   * @param {string} text
   */
  #addressFor(text) {
    const { baseUrl } = this.#slot;
    const names = this.#data.envBaseUrl ?? [];
    if (!baseUrl || names.length === 0) return undefined;
    const variables = parse(text) ?? {};
    for (const name of names) {
      const named = variables[name]?.trim() && call(() => core().hostAddress(variables[name]));
      if (!named) continue;
      if (isSame(named, baseUrl)) return undefined;
      throw failure('invalid_argument', 'path', `${name} in ${this.path} names ${hostOf(named)}, and the key would be for ${hostOf(baseUrl)}. Use another file.`);
    }
    return isSame(baseUrl, this.#data.baseUrl) ? undefined : { name: names[0], value: baseUrl };
  }

  /**
   * The key that a write replaces. Of a file that is replaced whole, all must be
   * that key.
   * @param {import('./files.js').Read} before
   */
  #replaced({ text, isUnreadable, fault }) {
    if (text === undefined || text.trim() === '') return undefined;
    if (this.kind !== 'text') return this.#find({ text, fault }).secret;
    const word = text.trim();
    if (!isUnreadable && looksLikeKey(this.#data, word, this.#isOwn)) return new Secret(word);
    if (this.#isOwn || this.#force) return undefined;
    const raw = notice('file_not_of_keys', this.path, this.#data.title);
    throw Object.assign(fileFailed(raw), { reason: raw.reason });
  }

  /** @param {string} text */
  #content(text) {
    if (this.kind !== 'profiles') return { text };
    try {
      return { json: text.trim() === '' ? undefined : JSON.parse(text) };
    } catch {
      throw fileFailed(notice('file_not_understood', this.path, 'it is not JSON'));
    }
  }
}

/**
 * Whether a word may be a key of the service, so that to replace it loses nothing else.
 * @param {any} provider @param {string} word @param {boolean} isOwn whether it stands where nothing but a key does
 */
export function looksLikeKey(provider, word, isOwn) {
  const { ok, certainty } = /\s/.test(word) ? { ok: false, certainty: undefined } : checkKey(provider, word);
  return ok && (isOwn || certainty !== 'unknown' || word.length >= LONG);
}

/** @param {string} one @param {string | undefined} other */
const isSame = (one, other) => other !== undefined && normal(one) === normal(other);

/** @param {string} address */
const normal = (address) => (URL.canParse(address) ? new URL(address).href : address).replace(/\/+$/, '');

/** @param {string} address */
const hostOf = (address) => (URL.canParse(address) ? new URL(address).host : 'another address');
