// create, list, rotate, revoke, delete.

import { hostname } from 'node:os';

import { core } from '../core.js';
import { attempt, failure } from '../errors.js';
import { checkKey, maskKey } from '../keys.js';
import { call, core as nodeCore } from '../node/core.js';
import { CredentialFile } from '../node/credential-file.js';
import { parse } from '../node/dotenv.js';
import { read } from '../node/files.js';
import { expand } from '../node/paths.js';
import { provider as builtin } from '../providers.js';
import { confirm, firstLine, warnOfInline } from './ask.js';
import { addressOf, providerOf, withClient } from './client.js';
import { clean, print, printJson, relative, say, style, table, warn } from './print.js';

/** @param {any} options */
export async function create(options) {
  const { name = `keylatch on ${hostname()}`.slice(0, 100), expires, scope } = options;
  await withOutput(options, async ({ client }, file) => {
    const { key, secret } = await client.create({ name, expiresIn: lifetime(expires), scopes: scope });
    if (!file) return show(options, key, secret);
    const text = secret.reveal();
    try {
      await file.write(text);
    } catch (thrown) {
      await takeBack(client, key, thrown);
    }
    written(options, key);
  });
}

/** @param {any} options */
export async function list(options) {
  const { status, search, json } = options;
  await withClient(options, async ({ client, provider }) => {
    const keys = [];
    for await (const key of client.list({ status, search })) keys.push(key);
    if (json) return printJson({ keys });
    if (keys.length === 0) return say(`No keys${status || search ? ' like that' : ''}. Make one with keylatch create.`);
    print(table(['ID', 'NAME', 'KEY', 'STATUS', 'CREATED', 'EXPIRES', 'LAST USED'], keys.map((key) => row(key, provider))));
  });
}

/** @param {any} options */
export async function rotate(options) {
  const { id } = idOf(options, options.positionals[0]);
  await withOutput(options, async ({ client }, file) => {
    if (!options.overlap) await confirm(`T${named(await client.get(id)).slice(1)} stops working at once. Rotate it?`, options.yes);
    const store = file && (async (/** @type {any} */ secret) => file.write(secret.expose()));
    const rotated = /** @type {any} */ (await client.rotate(id, { overlap: options.overlap, store }));
    const { key, secret } = rotated;
    const warning = rotated.warning && { code: rotated.warning.code, message: rotated.warning.message };
    // The only key, then: what its owner did not want to see is better than none.
    const lost = warning?.code === 'not_stored';
    if (lost) process.exitCode = 1;
    if (warning && !options.json) warn([warning, ...(lost && rotated.warning.cause ? [rotated.warning.cause] : [])]);
    if (file && !lost) written(options, key, warning);
    else show(options, key, secret, warning);
  });
}

/** @param {any} options */
export async function revoke(options) {
  const { id } = idOf(options, options.positionals[0]);
  await withClient(options, async ({ client }) => {
    await confirm(`T${named(await client.get(id)).slice(1)} stops working at once, for good. Revoke it?`, options.yes);
    const key = await client.revoke(id);
    if (options.json) return printJson({ key });
    say(`Revoked ${named(key)}.`);
  });
}

/** @param {any} options */
export async function deleteKey(options) {
  if (options.positionals[0] === '-' && options['api-key'] === '-') throw failure('invalid_argument', '-', 'standard input can give one key only.');
  const given = options.positionals[0] !== '-';
  // Conduce removes a key by the key itself. No list of it knows one by that.
  const { id, isKey } = idOf(options, given ? options.positionals[0] : await firstLine('The key to delete'));
  if (isKey && given) warnOfInline();
  await withClient(options, async ({ client }) => {
    const key = isKey ? { id: maskKey(id) } : await client.get(id);
    await confirm(`T${named(key).slice(1)} is gone for good then. Delete it?`, options.yes);
    await client.delete(id);
    if (options.json) return printJson({ deleted: key.id });
    say(`Deleted ${named(key)}.`);
  });
}

/**
 * What was given for an id, and whether it is the key itself. That is refused
 * where ids stand in addresses, which are logged, and for a key of another service.
 * @param {any} options @param {string} id
 */
function idOf(options, id) {
  const provider = providerOf(options);
  const { ok, certainty } = checkKey(provider, id);
  const isKey = ok && certainty !== 'unknown';
  // Whatever stands around it: `Bearer kl_…` would be sent as it is.
  const seen = attempt(() => core().resembled(id));
  const others = seen.filter((/** @type {string} */ of) => of !== provider.id && builtin(of).certainty === 'documented');
  const isNearly = isKey || seen.includes(provider.id);
  const isInAddress = Object.values(provider.endpoints ?? {}).some((/** @type {any} */ { path }) => path.includes('{id}'));
  if (isInAddress ? isNearly || others.length > 0 : !isKey && others.length > 0) throw failure('invalid_argument', 'id', 'that is a whole key. Give the id that keylatch list shows.');
  return { id, isKey };
}

/**
 * Runs the work with a client, and with the file that its new key goes to: it
 * stands there for the address that it works at.
 * @param {any} options
 * @param {(on: Awaited<ReturnType<typeof import('./client.js').clientFor>>, file: CredentialFile | undefined) => Promise<void>} work
 */
async function withOutput(options, work) {
  const { output: path, user, profile } = options;
  const at = (/** @type {string | undefined} */ baseUrl) => (path === undefined ? undefined : new CredentialFile(providerOf(options), { path, user, profile, baseUrl }));
  // Before anything is made or asked for: a key that cannot be written would be lost.
  at(addressOf(options));
  await withClient(options, async (on) => {
    const file = at(on.client.baseUrl);
    if (file?.kind === 'dotenv') await refuseOtherAddress(on, path);
    await work(on, file);
  });
}

/**
 * A key beside another address in `.env` would be sent there by the next command.
 * @param {{ client: any, provider: any }} on @param {string} path
 */
async function refuseOtherAddress({ client, provider }, path) {
  const { text = '' } = await read(expand(path));
  const variables = parse(text) ?? {};
  for (const name of provider.envBaseUrl ?? []) {
    const named = variables[name]?.trim() && call(() => nodeCore().hostAddress(variables[name]));
    if (!named || !URL.canParse(named)) continue;
    const { href } = new URL(named);
    if (href.replace(/\/+$/, '') !== client.baseUrl.replace(/\/+$/, '')) {
      throw failure('invalid_argument', '--output', `${name} in ${path} names ${new URL(href).host}, and the key would be for ${new URL(client.baseUrl).host}. Use another file.`);
    }
  }
}

/** The key itself, alone on standard output. @param {any} options @param {any} key @param {any} secret @param {object} [warning] */
function show({ json }, key, secret, warning) {
  process.stdout.prependListener('error', () => {
    process.exitCode = 1;
    say(`The new key ${clean(key.id)} was made, and nobody has seen it. Revoke or delete it.`);
  });
  if (json) return printJson({ key, secret: secret.reveal(), warning });
  say(`Created ${named(key)}${until(key)}. It is shown only now:`);
  print(secret.reveal());
}

/** @param {any} options @param {any} key @param {object} [warning] */
function written({ json, output }, key, warning) {
  if (json) return printJson({ key, output, warning });
  say(`Created ${named(key)} in ${output}${until(key)}.`);
}

/**
 * A key that could not be written is nobody's: it is ended rather than printed
 * where its owner did not want it.
 * @param {any} client @param {any} key @param {unknown} thrown
 * @returns {Promise<never>}
 */
async function takeBack(client, key, thrown) {
  const { revoke } = client.provider.capabilities;
  try {
    await (revoke ? client.revoke(key.id) : client.delete(key.id));
    say(`The new key ${key.id} was ${revoke ? 'revoked' : 'deleted'} again, because it could not be written.`);
  } catch {
    say(`The new key ${key.id} could not be written, nor revoked: revoke it.`);
  }
  throw thrown;
}

/** @param {any} key */
function named(key) {
  const name = key.name ? `"${clean(key.name)}" ` : '';
  return `the key ${name}(${clean(key.masked ?? key.id)})`;
}

/** @param {any} key */
function until({ expiresAt }) {
  return expiresAt ? `, good until ${expiresAt.toISOString().slice(0, 10)}` : '';
}

/** @param {any} key @param {any} provider */
function row(key, provider) {
  const colour = key.status === 'active' ? 'green' : 'red';
  const status = style(colour, key.status);
  const never = provider.capabilities.expiry ? 'never' : '-';
  return [clean(key.id), clean(key.name || '-'), clean(key.masked ?? '-'), status, relative(key.createdAt, '-'), relative(key.expiresAt, never), relative(key.lastUsedAt, '-')];
}

/** A date is a moment, anything else a duration. @param {string | undefined} text */
function lifetime(text) {
  if (text === undefined || !/^\d{4}-\d\d-\d\d/.test(text)) return text;
  const date = new Date(text);
  // JavaScript counts on from the end of a month: 31 February would be 3 March.
  const day = text.slice(0, 10);
  const exists = new Date(day).toJSON()?.startsWith(day) && !Number.isNaN(date.getTime());
  if (!exists) throw failure('invalid_argument', '--expires', 'there is no such date.');
  return date;
}
