// The client that a command works with: for a key from the chain, or signed in.

import { readFileSync } from 'node:fs';

import { KeyClient } from '../client/client.js';
import { failure, isError } from '../core/errors.js';
import { checkKey } from '../keys/check.js';
import { call, core } from '../node/core.js';
import { CredentialFile } from '../node/credential-file.js';
import { decode } from '../node/decode.js';
import { environmentAddress, resolveKey } from '../node/resolve.js';
import { defineProvider, provider as builtin } from '../core/providers.js';
import { apiKey, password } from './ask.js';
import { watched } from './ending.js';
import { warn } from './print.js';

/** A built-in service, or the one that a file declares. @param {any} options */
export function providerOf({ provider }) {
  const given = provider ?? (process.env.KEYLATCH_PROVIDER || 'keylatch');
  return given.endsWith('.json') ? declared(given) : builtin(given);
}

/** @type {Map<string, any>} Read once in a command. */
const declarations = new Map();

/** @param {string} file */
function declared(file) {
  let found = declarations.get(file);
  if (!found) declarations.set(file, (found = defineProvider(declaration(file))));
  return found;
}

/** @param {string} file */
function declaration(file) {
  let read;
  try {
    read = decode(readFileSync(file));
  } catch (error) {
    throw failure('invalid_provider', file, `the file cannot be read (${/** @type {any} */ (error).code}).`);
  }
  if (read.text.trim() === '') throw failure('invalid_provider', file, 'the file is empty.');
  try {
    return JSON.parse(read.text);
  } catch {
    throw failure('invalid_provider', file, read.isUnreadable ? `${read.fault}.` : 'the file is not JSON.');
  }
}

/** The address that was said, if one was. @param {any} options @returns {string | undefined} */
export function addressOf(options) {
  const { 'base-url': baseUrl, host } = options;
  if (baseUrl !== undefined && host !== undefined) throw failure('invalid_argument', '--host', 'it says the same as --base-url; use one of them.');
  return baseUrl ?? (host === undefined ? undefined : call(() => core().hostAddress(host)));
}

/** The address that was said, or else that of the environment. @param {any} options @param {any} provider @returns {string | undefined} */
export const givenAddress = (options, provider) => addressOf(options) ?? environmentAddress(provider);

/** What says where the service is. @param {any} options @param {any} [provider] @returns {string} */
export function nameOfAddress(options, provider) {
  if (options['base-url'] !== undefined) return '--base-url';
  if (options.host !== undefined) return '--host';
  const names = /** @type {string[]} */ (provider?.envBaseUrl ?? []);
  return names.find((name) => process.env[name]?.trim()) ?? (names[0] ? `--base-url or ${names[0]}` : '--base-url');
}

/**
 * @param {any} options
 * @param {(address: string | undefined) => Promise<void>} [before] is called when the address is known, before anything is asked of the service, or a password of the person
 * @returns {Promise<{ client: KeyClient, provider: any, source: { kind: string, name: string }, secret?: import('../core/secret.js').Secret, end: () => Promise<void> }>}
 */
export async function clientFor(options, before = async () => {}) {
  const provider = providerOf(options);
  const baseUrl = addressOf(options);
  const stay = async () => {};
  if (options['password-stdin']) {
    if (options.user === undefined) throw failure('invalid_argument', '--password-stdin', 'it needs --user, whose password it is.');
    if (options['api-key'] !== undefined) throw failure('invalid_argument', '--password-stdin', 'it does not go with --api-key; use one of them.');
  }
  if (options.user !== undefined && options['api-key'] === undefined) {
    // A password on the command line wins over a stored key.
    const known = options['password-stdin'] ? undefined : await ownKey(provider, options.user, baseUrl);
    if (known) {
      const client = new KeyClient({ provider, baseUrl: baseUrl ?? known.baseUrl, credential: known.secret, fetch: watched });
      await before(client.baseUrl);
      return { client, provider, ...known, end: stay };
    }
    const client = await signIn(provider, options, baseUrl, before);
    // What was begun for one command ends with it.
    const end = async () => void (provider.endpoints?.signOut && (await client.signOut().catch(() => {})));
    return { client, provider, source: { kind: 'password', name: options.user }, end };
  }
  const { credential, issuer } = await found(options);
  needAddress(provider, baseUrl ?? credential.baseUrl ?? provider.baseUrl);
  const client = new KeyClient({ provider: issuer, baseUrl, credential, fetch: watched });
  await before(client.baseUrl);
  return { client, provider, source: credential.source, secret: credential.secret, end: stay };
}

/** @param {any} options */
export const credentialFor = async (options) => (await found(options)).credential;

/**
 * The key, and of whose keys it is one: of the service's own or, where a command takes another kind as well, of that. The own comes first.
 * @param {any} options
 */
async function found(options) {
  const { profile, user, otherKeys } = options;
  const own = providerOf(options);
  const kinds = otherKeys ? [own, defineProvider(otherKeys)] : [own];
  const key = await apiKey(options['api-key'], kinds);
  const setting = { baseUrl: addressOf(options), profile, user, apiKey: key };
  const issuer = key === undefined ? undefined : (kinds.find((kind) => checkKey(kind, key).ok) ?? own);
  const { credential, kind } = await resolved(issuer ? [issuer] : kinds, setting);
  warn(credential.warnings);
  return { credential, issuer: kind };
}

/** The first key that there is. @param {any[]} kinds @param {any} setting */
async function resolved(kinds, setting) {
  /** @type {any[]} */
  const failures = [];
  for (const kind of kinds) {
    try {
      return { credential: await resolveKey(kind, setting), kind };
    } catch (error) {
      if (!isError(error) || error.code !== 'no_credential') throw error;
      failures.push(error);
    }
  }
  // Whoever has none is told of every place, once.
  const places = new Map(failures.flatMap(({ tried }) => tried).map((notice) => [notice.message, notice]));
  throw Object.assign(failures[0], { tried: [...places.values()] });
}

/**
 * Runs the work with a client, and signs out after it.
 * @param {any} options
 * @param {(on: Awaited<ReturnType<typeof clientFor>>) => Promise<void>} work
 * @param {(address: string | undefined) => Promise<void>} [before]
 */
export async function withClient(options, work, before) {
  const on = await clientFor(options, before);
  try {
    await work(on);
  } finally {
    await on.end();
  }
}

/** Before a person is asked for something that could not be sent. @param {any} provider @param {string | undefined} address */
export function needAddress(provider, address) {
  if (address !== undefined) return;
  const [name] = provider.envBaseUrl ?? [];
  const orSet = name ? `, or set ${name} in the environment (in .env it counts for a key in .env alone)` : '';
  throw failure('invalid_argument', '--base-url', `say where ${provider.title} is${orSet}.`);
}

/**
 * The key of a user in the service's own file, if it keeps keys by user: as
 * Conduce's client does, that comes before the password.
 * @param {any} provider @param {string} user @param {string | undefined} baseUrl
 */
async function ownKey(provider, user, baseUrl) {
  if (!keepsByUser(provider)) return undefined;
  const file = new CredentialFile(provider, { user, baseUrl });
  const found = await file.read();
  if (!found) return undefined;
  warn(found.warnings);
  return { ...found, source: { kind: 'file', name: file.path } };
}

/** Whether its own file has a key for each user. @param {any} provider @returns {boolean} */
export const keepsByUser = (provider) => provider.files?.some((/** @type {any} */ file) => file.kind === 'conduce-config') ?? false;

/** @param {any} provider @param {any} options @param {string | undefined} baseUrl @param {(address: string | undefined) => Promise<void>} before */
async function signIn(provider, { user, 'password-stdin': fromInput }, baseUrl, before) {
  if (!provider.capabilities.signIn) throw failure('invalid_argument', '--user', `${provider.title} has no sign-in by user and password. Use a key.`);
  const address = baseUrl ?? environmentAddress(provider) ?? provider.baseUrl;
  needAddress(provider, address);
  await before(address);
  const secret = await password(`${user}${address ? ` at ${new URL(address).host}` : ''}`, fromInput);
  return KeyClient.signIn({ provider, baseUrl: address, user, password: secret });
}
