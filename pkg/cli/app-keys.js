// app keys …: the keys that an application has issued to its customers.

import { KEYS } from '../server/format.js';
import { refuseKey } from '../applications/asked.js';
import { failure } from '../core/errors.js';
import { defineProvider } from '../core/providers.js';
import { applicationIn, leftIn, limitsIn, refuseNoChange, withApplications } from './app.js';
import { confirm } from './ask.js';
import { Named, named, until } from './describe.js';
import { limitsOf } from './limits.js';
import { keepLost, takeBack } from './lost.js';
import { columns, print, printJson, relative, say, style, table } from './print.js';
import { sinkFor } from './sink.js';
import { clean } from './text.js';
import { unbroken } from './unbroken.js';

/** What the file of a new key is for: it stands there alone, as every API calls its variable as it likes. */
const CUSTOMERS = { id: 'application', title: 'the application', format: KEYS };

/** @param {any} options */
export async function list(options) {
  const { owner, status, search, 'ends-within': endsWithinDays, limit = Infinity, json } = options;
  await withApplications(options, async (applications) => {
    const { keys } = await applicationIn(applications, options);
    const found = [];
    let isMore = false;
    for await (const key of keys.list({ owner, status, search, endsWithinDays })) {
      isMore = found.length === limit;
      if (isMore) break;
      found.push(told(key));
    }
    if (json) return printJson({ keys: found });
    if (found.length === 0) return say('No keys like that.');
    print(table(['ID', 'OWNER', 'NAME', 'KEY', 'STATUS', 'EXPIRES', 'LAST USED'], found.map(row), 2));
    if (isMore) say(`There are more than these ${limit}.`);
  });
}

/** @param {any} options */
export async function create(options) {
  const { owner, name, scope, expires, environment, metadata, address } = options;
  if (owner === undefined) throw failure('invalid_argument', '--owner', 'say whose key it is: your own id of the customer.');
  const asked = { owner, name, scopes: scope, expiresIn: expires, environment, metadata, limits: limitsOf(options), allowedAddresses: address };
  await withNewKey(options, CUSTOMERS, async ({ keys }) => ({
    make: (signal) => keys.create({ ...asked, signal }),
    end: (id) => keys.revoke(id),
  }));
}

/** @param {any} options */
export async function show(options) {
  await withKey(options, async (keys, key) => {
    const left = await keys.limits(key.id);
    if (options.json) return printJson({ key, limits: left });
    const { id, owner, name, masked, status, environment, scopes, metadata, limits, allowedAddresses, createdAt, expiresAt, lastUsedAt, lastUsedAddress } = key;
    const used = `${relative(lastUsedAt, 'never')}${lastUsedAddress ? ` from ${clean(lastUsedAddress)}` : ''}`;
    print(columns([
      ['ID', id], ['Owner', clean(owner)], ['Name', clean(name || '-')], ['Key', clean(masked)], ['Status', status], ['For', environment], ['Scopes', scopes.join(', ') || 'none'],
      ['Limits', limits ? limitsIn(limits) || 'none' : "the application's"], ['Left now', leftIn(left) || '-'], ['From', allowedAddresses.join(', ') || 'anywhere'],
      ['Metadata', clean(JSON.stringify(metadata))], ['Created', relative(createdAt, '-')], ['Expires', relative(expiresAt, 'never')], ['Last used', used],
    ]));
  });
}

/** @param {any} options */
export async function change(options) {
  const { name, scope: scopes, metadata, address: allowedAddresses, expires } = options;
  if (expires !== undefined && !(expires instanceof Date)) throw failure('invalid_argument', '--expires', 'a key ends earlier by a date or a time, such as 2027-01-31.');
  const asked = { name, scopes, metadata, limits: limitsOf(options), allowedAddresses, expiresAt: expires };
  refuseNoChange(asked, '--name, --scope, --metadata, --rate, --quota, --address or --expires');
  await changed(options, asked, 'Changed');
}

/** @param {any} options */
export const disable = (options) => changed(options, { disabled: true }, 'Disabled');

/** @param {any} options */
export const enable = (options) => changed(options, { disabled: false }, 'Enabled');

/** @param {any} options */
export async function rotate(options) {
  const { overlap, yes } = options;
  await withNewKey(options, CUSTOMERS, async ({ keys }) => {
    const old = await keyIn(keys, options);
    if (!overlap) await confirm(`${Named(old)} stops working at once. Rotate it?`, yes);
    return { make: (signal) => keys.rotate(old.id, { overlap, signal }) };
  });
}

/** @param {any} options */
export async function revoke(options) {
  await withKey(options, async (keys, key) => {
    await confirm(`${Named(key)} of ${clean(key.owner)} stops working at once, for good. Revoke it?`, options.yes);
    const ended = told(await keys.revoke(key.id));
    if (options.json) return printJson({ key: ended });
    say(`Revoked ${named(ended)}.`);
  });
}

/** @param {any} options */
export async function deleteKey(options) {
  await withKey(options, async (keys, key) => {
    await confirm(`${Named(key)} of ${clean(key.owner)} is gone for good then. Delete it?`, options.yes);
    await keys.delete(key.id);
    if (options.json) return printJson({ deleted: key.id });
    say(`Deleted ${named(key)}.`);
  });
}

/**
 * Makes a key, and puts it where it is to go; that is tried before anything is asked of anyone.
 * @param {any} options @param {any} spec of what the file of keys is for
 * @param {(application: any) => Promise<{ make: (signal: AbortSignal) => Promise<any>, end?: (id: string) => Promise<unknown> }>} how without `end`
 *   the key before it has ended, so that the new one is shown rather than ended
 */
export async function withNewKey(options, spec, how) {
  const sink = sinkFor(options, defineProvider(spec));
  await withApplications(options, async (applications) => {
    const { make, end } = await how(await applicationIn(applications, options));
    await unbroken(async (signal) => {
      const issued = await make(signal);
      const made = { text: issued.secret.reveal(), key: told(issued.key) };
      try {
        await sink.put(made.text, made.key);
      } catch (thrown) {
        return end ? takeBack(options, { end, ended: 'revoked' }, made, thrown) : keepLost(options, made, thrown);
      }
      await sink.finish(made.key);
    });
  }, (address) => sink.ready(address));
}

/** What is known of a key. @param {any} key @returns {any} */
export const told = (key) => Object.fromEntries(Object.entries(key).filter(([, value]) => value !== null));

/** @param {any} options @param {any} asked @param {string} done */
async function changed(options, asked, done) {
  await withKey(options, async (keys, { id }) => {
    const key = told(await keys.change(id, asked));
    if (options.json) return printJson({ key });
    say(`${done} ${named(key)}${until(key)}.`);
  });
}

/** @param {any} options @param {(keys: any, key: any) => Promise<void>} work */
async function withKey(options, work) {
  await withApplications(options, async (applications) => {
    const { keys } = await applicationIn(applications, options);
    await work(keys, await keyIn(keys, options));
  });
}

/** The one that the second argument means: by its id, or by its name if no other has it. @param {any} keys @param {any} options */
async function keyIn(keys, { positionals: [, text] }) {
  refuseKey(text, 'id');
  if (/^key_[0-9A-Za-z]{16,64}$/.test(text)) return told(await keys.get(text));
  const found = [];
  for await (const key of keys.list({ search: text })) {
    if (key.name === text) found.push(told(key));
    if (found.length > MOST) break;
  }
  if (found.length === 1) return found[0];
  if (found.length === 0) throw Object.assign(failure('not_found', '', ''), { message: 'The application has no key with this id or name. keylatch app keys list shows them.' });
  const which = found.slice(0, MOST).map(({ id, owner }) => `${id} of ${clean(owner)}`).join(', ');
  throw failure('invalid_argument', 'id', `several keys have this name. Say which by its id: ${which}${found.length > MOST ? ', and others' : ''}.`);
}

/** Keys of one name that are told apart. */
const MOST = 5;

/** @param {any} key */
function row({ id, owner, name, masked, status, expiresAt, lastUsedAt }) {
  return [id, clean(owner), clean(name || '-'), clean(masked), style(status === 'active' ? 'green' : 'red', status), relative(expiresAt, 'never'), relative(lastUsedAt, '-')];
}
