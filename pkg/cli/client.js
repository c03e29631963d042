// The client that a command works with: for a key from the chain, or signed in.

import { readFileSync } from 'node:fs';

import { KeyClient } from '../client.js';
import { failure } from '../errors.js';
import { call, core } from '../node/core.js';
import { CredentialFile } from '../node/credential-file.js';
import { environmentAddress, resolveKey } from '../node/resolve.js';
import { defineProvider, provider as builtin } from '../providers.js';
import { apiKey, password } from './ask.js';
import { warn } from './print.js';

/** A built-in service, or the one that a file declares. @param {any} options */
export function providerOf({ provider }) {
  const given = provider ?? (process.env.KEYLATCH_PROVIDER || 'keylatch');
  return given.endsWith('.json') ? defineProvider(declaration(given)) : builtin(given);
}

/** @param {string} file */
function declaration(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw failure('invalid_provider', file, `the file cannot be read (${/** @type {any} */ (error).code}).`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw failure('invalid_provider', file, 'the file is not JSON.');
  }
}

/** The address that was said, if one was. @param {any} options @returns {string | undefined} */
export function addressOf(options) {
  const { 'base-url': baseUrl, host } = options;
  if (baseUrl !== undefined && host !== undefined) throw failure('invalid_argument', '--host', 'it says the same as --base-url; use one of them.');
  return baseUrl ?? (host === undefined ? undefined : call(() => core().hostAddress(host)));
}

/**
 * @param {any} options
 * @returns {Promise<{ client: KeyClient, provider: any, source: { kind: string, name: string }, secret?: import('../secret.js').Secret, end: () => Promise<void> }>}
 */
export async function clientFor(options) {
  const provider = providerOf(options);
  const baseUrl = addressOf(options);
  const stay = async () => {};
  if (options['password-stdin']) {
    if (options.user === undefined) throw failure('invalid_argument', '--password-stdin', 'it needs --user, whose password it is.');
    if (options['api-key'] !== undefined) throw failure('invalid_argument', '--password-stdin', 'it does not go with --api-key; use one of them.');
  }
  if (options.user !== undefined && options['api-key'] === undefined) {
    // Who gives the password means it.
    const known = options['password-stdin'] ? undefined : await ownKey(provider, options.user, baseUrl);
    if (known) return { client: new KeyClient({ provider, baseUrl: baseUrl ?? known.baseUrl, credential: known.secret }), provider, ...known, end: stay };
    const client = await signIn(provider, options, baseUrl);
    // What was begun for one command ends with it.
    const end = async () => void (provider.endpoints?.signOut && (await client.signOut().catch(() => {})));
    return { client, provider, source: { kind: 'password', name: options.user }, end };
  }
  const credential = await credentialFor(options);
  return { client: new KeyClient({ provider, baseUrl, credential }), provider, source: credential.source, secret: credential.secret, end: stay };
}

/** @param {any} options */
export async function credentialFor(options) {
  const { profile, user } = options;
  const key = await apiKey(options['api-key']);
  const credential = await resolveKey(providerOf(options), { baseUrl: addressOf(options), profile, user, apiKey: key });
  warn(credential.warnings);
  return credential;
}

/** Runs the work with a client, and signs out after it. @param {any} options @param {(on: Awaited<ReturnType<typeof clientFor>>) => Promise<void>} work */
export async function withClient(options, work) {
  const on = await clientFor(options);
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
  if (!provider.files?.some((/** @type {any} */ file) => file.kind === 'conduce-config')) return undefined;
  const file = new CredentialFile(provider, { user, baseUrl });
  const found = await file.read();
  if (!found) return undefined;
  warn(found.warnings);
  return { ...found, source: { kind: 'file', name: file.path } };
}

/** @param {any} provider @param {any} options @param {string | undefined} baseUrl */
async function signIn(provider, { user, 'password-stdin': fromInput }, baseUrl) {
  if (!provider.capabilities.signIn) throw failure('invalid_argument', '--user', `${provider.title} has no sign-in by user and password. Use a key.`);
  const address = baseUrl ?? (await environmentAddress(provider)) ?? provider.baseUrl;
  needAddress(provider, address);
  const secret = await password(`${user}${address ? ` at ${new URL(address).host}` : ''}`, fromInput);
  return KeyClient.signIn({ provider, baseUrl: address, user, password: secret });
}
