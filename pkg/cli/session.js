// login, logout, whoami, resolve.

import { KeyClient } from '../client/client.js';
import { failure, KeylatchError } from '../core/errors.js';
import { fileFor, placeFor } from '../node/host.js';
import { isKeychainName } from '../node/keychain.js';
import { KeychainLogin } from '../node/keychain-login.js';
import { resolveKey } from '../node/resolve.js';
import { keyByLogin } from '../node/key-by-login.js';
import * as browser from '../node/session.js';
import { apiKey, confirm } from './ask.js';
import { credentialFor, givenAddress, keepsByUser, needAddress, providerOf, withClient } from './client.js';
import { named, until } from './describe.js';
import { watched } from './ending.js';
import { print, printJson, say, style, warn } from './print.js';
import { clean } from './text.js';

/** @param {any} options */
export async function login(options) {
  const provider = providerOf(options);
  const baseUrl = givenAddress(options, provider);
  const { json, profile, user, keychain } = options;
  if (user !== undefined && !keepsByUser(provider)) {
    const instead = provider.capabilities.signIn ? ' To make one with a password, use keylatch create --user.' : '';
    throw failure('invalid_argument', '--user', `login stores a key, and the keys of ${provider.title} are not kept by user.${instead}`);
  }
  if (keychain) await refuseOrWarn(provider, options);
  needAddress(provider, baseUrl ?? provider.baseUrl);
  const done = (/** @type {any} */ source, /** @type {string} */ stored) => {
    if (json) printJson({ provider: provider.id, source, stored });
    else say(`Logged in to ${provider.title}; stored in ${stored}.`);
  };
  const kept = () => placeFor({ provider, baseUrl, profile, user, keychain, say });
  if (options['api-key'] !== undefined) {
    const file = kept();
    await file.ready();
    const key = /** @type {string} */ (await apiKey(options['api-key'], [provider]));
    await accepted(provider, baseUrl, key);
    await file.write(key);
    return done({ kind: 'argument', name: '' }, file.path);
  }
  const { browser: isAsked = false, device = false, 'no-browser': noBrowser = false } = options;
  if (!provider.login && (isAsked || device || noBrowser)) {
    const file = kept();
    const key = await createdBy(provider, file, { baseUrl: /** @type {string} */ (baseUrl ?? provider.baseUrl), open: !noBrowser, device, say });
    if (!json) say(`Created ${named(key)}${until(key)}.`);
    return done({ kind: 'login', name: '' }, file.path);
  }
  if (provider.login) {
    const { source, warnings } = await browser.login(provider, { baseUrl, open: !noBrowser, device });
    warn(warnings);
    return done({ kind: 'login', name: '' }, source.name);
  }
  const { source } = await promptFor(provider, { baseUrl, profile, user, keychain });
  // The prompt itself has said where it stored the key.
  if (json) done(source, kept().path);
  else say(`Logged in to ${provider.title}.`);
}

/**
 * What a keychain is not for, and what would be found before it.
 * @param {any} provider @param {any} options
 */
async function refuseOrWarn(provider, options) {
  const { user, profile, 'api-key': given } = options;
  if (user !== undefined) throw failure('invalid_argument', '--keychain', 'it keeps one key for each service and profile, and none by user.');
  if (provider.login && given === undefined) throw failure('invalid_argument', '--keychain', `a login at ${provider.title} is kept where its own client looks for it. Give a key, with --api-key -.`);
  const own = fileFor({ provider, profile, say });
  if (provider.files?.length && (await own.read())) warn([{ message: `The key in ${own.path} is found before that in the keychain. keylatch logout removes it.` }]);
}

/**
 * Makes a key by a login at the service's own issuer, and keeps it.
 * @param {any} provider @param {ReturnType<typeof placeFor>} file @param {Parameters<typeof keyByLogin>[1]} how
 */
async function createdBy(provider, file, how) {
  if (!provider.capabilities.create) throw failure('invalid_argument', how.device ? '--device' : '--browser', `${provider.title} has no login of its own. Use a key.`);
  await file.ready();
  const { key, secret, revoke } = await keyByLogin(provider, how);
  try {
    await file.write(secret.reveal());
  } catch (thrown) {
    // Nobody has it.
    await revoke();
    throw thrown;
  }
  return key;
}

/** The chain's own prompt, as if nothing had been found before it. @param {any} provider @param {any} options */
async function promptFor(provider, options) {
  const found = await resolveKey(provider, { ...options, interactive: 'prompt', fresh: true });
  warn(found.warnings);
  return found;
}

/** @param {any} provider @param {string | undefined} baseUrl @param {string} key */
async function accepted(provider, baseUrl, key) {
  const client = new KeyClient({ provider, baseUrl, credential: key, fetch: watched });
  if (!provider.capabilities.validate) return;
  const { valid } = await client.validate(key);
  if (!valid) throw failure('unauthorized', provider.title, 'the key is not valid there, so it was not stored.');
}

/** @param {any} options */
export async function logout(options) {
  const provider = providerOf(options);
  const { profile, user, yes, json } = options;
  const baseUrl = givenAddress(options, provider);
  const file = fileFor({ provider, baseUrl, profile, user, say });
  const found = await file.read();
  const known = found && !isKeychainName(found.secret.expose());
  const inKeychain = new KeychainLogin({ provider, baseUrl, profile, user, say });
  const named = await inKeychain.named();
  const where = [...(known ? [`the key in ${file.path}`] : []), ...(named ? [named] : []), ...(provider.login ? ['the stored login'] : [])];
  const removed = [];
  if (where.length) await confirm(`${provider.title}: forget ${where.join(' and ')}?`, yes);
  if (known) {
    await file.remove();
    removed.push(file.path);
  }
  if (named) {
    await inKeychain.remove();
    removed.push(named);
  }
  const path = provider.login && (await browser.logout(provider));
  if (path) removed.push(path);
  if (json) return printJson({ provider: provider.id, removed });
  say(removed.length ? `Removed from ${removed.join(' and ')}.` : `Nothing is stored for ${provider.title}.`);
}

/** @param {any} options */
export async function whoami(options) {
  await withClient(options, async ({ client, provider, source, secret }) => {
    let account;
    if (provider.capabilities.whoami) account = await client.whoami();
    // A password has proved itself by signing in.
    else if (secret) await alive(client, provider, source, secret);
    if (options.json) return printJson({ provider: provider.id, account, valid: true, source });
    const who = account ? clean(account.user ?? account.id) : 'a key that works; the service does not say whose';
    print(`${provider.title}: ${who}`);
    say(`from ${source.kind}${source.name && ` ${source.name}`}`);
  });
}

/** @param {KeyClient} client @param {any} provider @param {{ kind: string, name: string }} source @param {import('../core/secret.js').Secret} secret */
async function alive(client, provider, source, secret) {
  const { valid } = await client.validate(secret);
  if (!valid) throw failure('unauthorized', provider.title, `the key from ${source.name || source.kind} is not valid there.`);
}

/** @param {any} options */
export async function resolve(options) {
  const { json, explain } = options;
  let credential;
  try {
    credential = await credentialFor(options);
  } catch (thrown) {
    if (explain && !json && thrown instanceof KeylatchError && 'tried' in thrown) explainTried(/** @type {any} */ (thrown).tried);
    throw thrown;
  }
  const { source, tried, warnings, baseUrl } = credential;
  const masked = credential.secret.mask();
  if (json) return printJson({ provider: providerOf(options).id, source, masked, baseUrl, tried, warnings });
  if (explain) explainTried(tried);
  print(`${explain ? style('green', '✓ ') : ''}${source.kind}${source.name && ` ${source.name}`}: ${masked}${baseUrl ? ` for ${baseUrl}` : ''}`);
}

/** @param {{ message: string }[]} tried */
function explainTried(tried) {
  for (const { message } of tried) print(`${style('dim', '-')} ${message}`);
}

