// create, list, rotate, revoke, delete.

import { hostname } from 'node:os';

import { failure, isError } from '../core/errors.js';
import { confirm } from './ask.js';
import { providerOf, withClient } from './client.js';
import { known, Named, named } from './describe.js';
import { keepLost, takeBack } from './lost.js';
import { print, printJson, relative, say, style, table, warn } from './print.js';
import { sinkFor } from './sink.js';
import { clean } from './text.js';
import { unbroken } from './unbroken.js';
import { find, meant } from './which.js';

/** @param {any} options */
export async function create(options) {
  const { name = `keylatch on ${hostname()}`.slice(0, 100), expires, scope } = options;
  const { title, capabilities } = providerOf(options);
  if (expires !== undefined && expires !== 'never' && !capabilities.expiry) throw failure('invalid_argument', '--expires', `${title} has no expiry for keys.`);
  if (scope !== undefined && !capabilities.scopes) throw failure('invalid_argument', '--scope', `${title} has no scopes.`);
  await withSink(options, async ({ client }, sink) => {
    await unbroken(async (signal) => {
      const { key, secret } = await client.create({ name, expiresIn: expires, scopes: scope, signal });
      const text = secret.reveal();
      try {
        await sink.put(text, key);
      } catch (thrown) {
        const { revoke } = capabilities;
        const end = (/** @type {string} */ id) => /** @type {Promise<unknown>} */ (revoke ? client.revoke(id) : client.delete(id));
        return takeBack(options, { end, ended: revoke ? 'revoked' : 'deleted' }, { text, key }, thrown);
      }
      await sink.finish(key);
    });
  });
}

/** @param {any} options */
export async function list(options) {
  const { status, search, limit = Infinity, json } = options;
  await withClient(options, async ({ client, provider }) => {
    const keys = [];
    let isMore = false;
    for await (const key of client.list({ status, search })) {
      isMore = keys.length === limit;
      if (isMore) break;
      keys.push(key);
    }
    if (json) return printJson({ keys: keys.map(known) });
    if (keys.length === 0) return say(status || search ? 'No keys like that.' : 'No keys. Make one with keylatch create.');
    print(table(['ID', 'NAME', 'KEY', 'STATUS', 'CREATED', 'EXPIRES', 'LAST USED'], keys.map((key) => row(key, provider)), 1));
    if (isMore) say(`There are more than these ${limit}.`);
  });
}

/** @param {any} options */
export async function rotate(options) {
  const { overlap, yes } = options;
  const { title, capabilities } = providerOf(options);
  if (overlap !== undefined && !capabilities.overlap) throw failure('invalid_argument', '--overlap', `${title} ends the old key at once, so there is no overlap.`);
  const which = await meant(options, providerOf(options));
  await withSink(options, async ({ client, provider }, sink) => {
    const old = await find(client, provider, which, 'active');
    if (!overlap) await confirm(`${Named(old)} stops working at once. Rotate it?`, yes);
    /** @type {{ text: string, key: any, isOut: boolean } | undefined} */
    let made;
    const store = async (/** @type {any} */ secret, /** @type {any} */ key) => {
      made = { text: secret.expose(), key, isOut: false };
      await sink.put(made.text, key);
      made.isOut = true;
    };
    await unbroken(async (signal) => {
      try {
        const { key, warning } = /** @type {any} */ (await client.rotate(old.id, { overlap, store, signal }));
        if (warning?.code === 'not_stored') return await keepLost(options, made, warning);
        if (warning && !options.json) warn([warning]);
        await sink.finish(key, warning && { code: warning.code, message: warning.message });
      } catch (thrown) {
        if (made?.isOut) await sink.finish(made.key);
        if (!made || made.isOut || (isError(thrown) && thrown.code === 'store_failed')) throw thrown;
        // It could neither be put away nor ended, and nobody else has it.
        await keepLost(options, made, thrown);
      }
    });
  });
}

/** @param {any} options */
export async function revoke(options) {
  const which = await meant(options, providerOf(options));
  await withClient(options, async ({ client, provider }) => {
    const { id } = await agreed(client, provider, which, 'active', 'stops working at once, for good. Revoke it?', options);
    const key = await client.revoke(id);
    if (options.json) return printJson({ key: known(key) });
    say(`Revoked ${named(key)}.`);
  });
}

/** @param {any} options */
export async function deleteKey(options) {
  const which = await meant(options, providerOf(options));
  await withClient(options, async ({ client, provider }) => {
    const state = provider.capabilities.revoke ? 'inactive' : 'active';
    const key = await agreed(client, provider, which, state, 'is gone for good then. Delete it?', options);
    await client.delete(key.id);
    // A service that knows its keys by themselves gives no other id.
    const id = which.isKey && key.id === which.text ? key.masked : key.id;
    if (options.json) return printJson({ deleted: id });
    say(`Deleted ${named({ ...key, id })}.`);
  });
}

/** @param {any} client @param {any} provider @param {any} which @param {'active' | 'inactive'} state @param {string} question @param {{ yes?: boolean }} options */
async function agreed(client, provider, which, state, question, { yes }) {
  const key = await find(client, provider, which, state);
  await confirm(`${Named(key)} ${question}`, yes);
  return key;
}

/**
 * Runs the work with a client, and with the place that its new key goes to: what
 * stands in the way there is known before anything is asked of anyone.
 * @param {any} options
 * @param {(on: Awaited<ReturnType<typeof import('./client.js').clientFor>>, sink: ReturnType<typeof sinkFor>) => Promise<void>} work
 */
async function withSink(options, work) {
  const sink = sinkFor(options, providerOf(options));
  await withClient(options, (on) => work(on, sink), (address) => sink.ready(address));
}

/** @param {any} key @param {any} provider */
function row(key, provider) {
  const { id, name, masked, status, createdAt, expiresAt, lastUsedAt } = key;
  // An end that the service does not say, or that cannot be read, makes the status
  // unknown: such a key is not shown as one that never ends.
  const endless = provider.capabilities.expiry && expiresAt === undefined && status !== 'unknown';
  const never = endless ? 'never' : '-';
  const shown = style(status === 'active' ? 'green' : 'red', clean(status ?? '-'));
  const times = [relative(createdAt, '-'), relative(expiresAt, never), relative(lastUsedAt, '-')];
  return [clean(id), clean(name || '-'), clean(masked ?? '-'), shown, ...times];
}
