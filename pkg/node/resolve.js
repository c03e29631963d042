// resolveKey: the chain, remembered when it found something.

import { inspect } from 'node:util';

import { outcomeOf } from '../client/task.js';
import { asText, failure, object } from '../core/errors.js';
import { adopt } from '../core/secret.js';
import { Shared } from '../client/shared.js';
import { call, core, described, errorOf, noticeOf, providerOf, withBytes } from './core.js';
import { Host } from './host.js';
import { dropAccess } from './login.js';
import { workingDirectory } from './paths.js';

/** @typedef {Map<string, Shared<Credential>>} Known */

/** @type {WeakMap<object, Known>} */
const remembered = new WeakMap();

/** A key, and where it came from. `KeyClient` takes it as its `credential`. */
export class Credential {
  // Bundling shortens names; this one is seen.
  static get name() {
    return 'Credential';
  }

  #again;

  /** @param {any} found @param {((signal?: AbortSignal) => Promise<Credential>) | undefined} again */
  constructor({ secret, source, baseUrl, scheme, tried, warnings }, again) {
    /** @type {import('../core/secret.js').Secret} */
    this.secret = secret;
    this.source = source;
    this.tried = tried;
    this.warnings = warnings;
    if (baseUrl !== undefined) this.baseUrl = baseUrl;
    if (scheme !== undefined) this.scheme = scheme;
    this.#again = again;
  }

  /**
   * Reads the chain again; `undefined` when it gives the same key as before.
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<Credential | undefined>}
   */
  async refresh(options = {}) {
    const { signal } = object(options);
    const fresh = await this.#again?.(signal);
    return fresh && fresh.secret.expose() !== this.secret.expose() ? fresh : undefined;
  }

  [inspect.custom]() {
    return `Credential { ${this.source.kind}${this.source.name && ` ${this.source.name}`}, [redacted] }`;
  }
}

/** @param {any} provider @param {any} [options] @returns {Promise<Credential>} */
export async function resolveKey(provider, options = {}) {
  const data = providerOf(provider);
  const setting = settingOf(data, object(options));
  // What was passed is not looked for, so there is nothing to remember.
  if (options.apiKey !== undefined || options.fresh) return walk(setting, options);
  const name = JSON.stringify([workingDirectory(), setting.baseUrl, setting.user, setting.profile, options.strict, options.interactive]);
  let known = remembered.get(data);
  if (!known) remembered.set(data, (known = new Map()));
  // The signal was for this call; a reading later on has its own.
  const anew = (/** @type {AbortSignal | undefined} */ signal) => again(data, name, () => resolveKey(provider, { ...options, signal }));
  return once(known, name, (signal) => walk({ ...setting, signal }, options, anew)).wait(setting.signal);
}

/** @param {object} data @param {string} name @param {() => Promise<Credential>} resolve */
function again(data, name, resolve) {
  remembered.get(data)?.delete(name);
  dropAccess();
  return resolve();
}

/**
 * One search at a time. A key that was found is remembered, a failure is not.
 * @param {Known} known @param {string} name @param {(signal: AbortSignal) => Promise<Credential>} work
 */
function once(known, name, work) {
  const shared = known.get(name);
  if (shared && !shared.isAbandoned) return shared;
  const search = new Shared(work);
  known.set(name, search);
  search.outcome.catch(() => {
    if (known.get(name) === search) known.delete(name);
  });
  return search;
}

/**
 * The chain, once.
 * @param {import('./host.js').Setting} setting @param {any} options @param {(signal?: AbortSignal) => Promise<Credential>} [again]
 */
export async function walk(setting, { apiKey, strict, interactive, fresh }, again) {
  const { provider, baseUrl, user, profile } = setting;
  const host = new Host(setting, apiKey !== undefined);
  // A variable that is cut to nothing is not simply empty.
  const told = (/** @type {import('./core.js').RawNotice} */ raw) => (raw.reason === 'dotenv_empty' && host.cuts.find((cut) => cut.details[1] === raw.details[1])) || raw;
  const how = JSON.stringify({ baseUrl, user, profile, strict, interactive, fresh });
  try {
    const [found, secret] = await withBytes(apiKey, 'apiKey', (key) => outcomeOf(core().resolveCredential(described(provider), host, how, key)));
    return new Credential(
      {
        secret: adopt(secret),
        source: { kind: found.kind, name: found.name },
        baseUrl: baseUrl ?? found.baseUrl,
        scheme: found.token ? 'bearer' : undefined,
        tried: found.tried.map(told).map(noticeOf),
        warnings: [...found.warnings, ...host.cuts.filter(({ details }) => found.kind === 'dotenv' && details[1] === found.name)].map(noticeOf),
      },
      again,
    );
  } catch (caught) {
    const raw = host.failure ? host.failure.thrown : caught;
    const { tried } = /** @type {any} */ (raw) ?? {};
    throw errorOf(Array.isArray(tried) ? { .../** @type {any} */ (raw), tried: tried.map(told) } : raw);
  }
}

/**
 * @param {any} provider @param {any} options
 * @returns {import('./host.js').Setting}
 */
export function settingOf(provider, options) {
  const { baseUrl, host, user, profile, login, keychain, signal, say } = options;
  if (say !== undefined && typeof say !== 'function') throw failure('invalid_argument', 'say', 'expected a function.');
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') throw failure('invalid_argument', 'signal', 'expected an AbortSignal.');
  if (signal?.aborted) throw failure('aborted');
  return {
    provider,
    baseUrl: baseUrl !== undefined ? asText(baseUrl, 'baseUrl', 'it is not a URL.') : host !== undefined ? call(() => core().hostAddress(asText(host, 'host', 'expected a string.'))) : environmentAddress(provider),
    user,
    profile: profile ?? (process.env.KEYLATCH_PROFILE || undefined),
    login,
    keychain,
    signal,
    say: say === undefined ? (text) => void process.stderr.write(`${text}\n`) : (text) => told(say, text),
  };
}

/** @param {(text: string) => void} say the user's @param {string} text */
function told(say, text) {
  try {
    say(text);
  } catch {
    throw failure('invalid_argument', 'say', 'the function threw an error.');
  }
}

/**
 * The address that the service's variables name. Not `.env`: what that names is
 * for the key beside it alone, which the chain sees to.
 * @param {any} provider @returns {string | undefined}
 */
export function environmentAddress({ envBaseUrl = [] }) {
  const text = envBaseUrl.map((/** @type {string} */ name) => process.env[name]?.trim()).find(Boolean);
  return text && call(() => core().hostAddress(text));
}
