// app list, create, show, change, delete: the applications of keylatch-server.

import { Applications } from '../applications/applications.js';
import { refuseKey } from '../applications/asked.js';
import { failure, isError } from '../core/errors.js';
import { confirm } from './ask.js';
import { withClient } from './client.js';
import { watched } from './ending.js';
import { limitsOf } from './limits.js';
import { nearest } from './nearest.js';
import { columns, print, printJson, relative, say, table } from './print.js';
import { clean } from './text.js';

/** @typedef {(request: any) => Promise<Response>} Fetch */

/**
 * Runs the work with the applications of whoever the command acts for.
 * @param {any} options @param {(applications: any) => Promise<void>} work
 * @param {(address: string | undefined) => Promise<void>} [before]
 * @param {(fetch: Fetch) => Fetch} [through] sees each request and its answer
 */
export async function withApplications(options, work, before, through = (fetch) => fetch) {
  await withClient(options, async ({ client, secret }) => {
    const { baseUrl } = client;
    // Without a key there is a session, whose cookie the client holds.
    const how = secret ? { credential: secret, fetch: through(watched) } : { fetch: through((request) => client.fetch(request)) };
    await work(new Applications({ baseUrl, ...how }));
  }, before);
}

/** The one that the first argument means: by its id, or by its name. @param {any} applications @param {any} options @returns {Promise<any>} */
export async function applicationIn(applications, { positionals: [text] }) {
  refuseKey(text, 'application');
  if (/^app_[0-9A-Za-z]{16,64}$/.test(text)) return applications.application(text);
  const all = [];
  try {
    for await (const one of applications.list()) all.push(one);
  } catch (error) {
    if (!isError(error) || error.code !== 'forbidden') throw error;
    throw Object.assign(failure('forbidden', '', ''), { message: 'This key may not list applications, so that none is found by its name. Give its id, app_ and letters and digits.' });
  }
  const found = all.filter(({ name }) => name === text);
  if (found.length === 1) return applications.application(found[0].id);
  if (found.length > 1) throw failure('invalid_argument', 'application', `${found.length} applications are called that. Say which by its id: ${found.map(({ id }) => id).join(', ')}.`);
  const meant = nearest(text, all.map(({ name }) => name));
  throw Object.assign(failure('not_found', '', ''), { message: `There is no application "${clean(text)}". ${meant ? `Did you mean "${clean(meant)}"?` : 'keylatch app list shows them.'}` });
}

/** @param {any} options */
export async function list(options) {
  await withApplications(options, async (applications) => {
    const all = [];
    for await (const one of applications.list()) all.push(one);
    if (options.json) return printJson({ applications: all });
    if (all.length === 0) return say('No applications. Make one with keylatch app create.');
    const row = (/** @type {any} */ { id, name, formats, createdAt }) => [id, clean(name), prefixesOf(formats), relative(createdAt, '-')];
    print(table(['ID', 'NAME', 'PREFIXES', 'CREATED'], all.map(row), 1));
  });
}

/** @param {any} options */
export async function create(options) {
  const { prefix } = options;
  if (options.name === undefined) throw failure('invalid_argument', '--name', 'say what the application is called.');
  if (prefix === undefined) throw failure('invalid_argument', '--prefix', 'say how its keys begin, such as acme_live_, or test=acme_test_.');
  await withApplications(options, async (applications) => {
    const made = await applications.create(settingsOf(options));
    if (options.json) return printJson({ application: made });
    say(`Created ${named(made)}. A key of it: keylatch app keys create ${made.id} --owner <your id of a customer>`);
  });
}

/** @param {any} options */
export async function show(options) {
  await withApplications(options, async (applications) => {
    const { id } = await applicationIn(applications, options);
    const found = await applications.get(id);
    if (options.json) return printJson({ application: found });
    const { name, formats, defaultLifetime, longestLifetime, scopes, limits, createdAt } = found;
    const all = scopes.map((/** @type {any} */ scope) => scope.name).join(', ');
    const longest = longestLifetime === null ? '' : `, at most ${longestLifetime}`;
    print(columns([
      ['ID', id], ['Name', clean(name)], ['Prefixes', prefixesOf(formats)], ['Keys live', `${defaultLifetime}${longest}`],
      ['Scopes', all || 'any'], ['Limits of a key', limitsIn(limits) || 'none'], ['Created', relative(createdAt, '-')],
    ]));
  });
}

/** @param {any} options */
export async function change(options) {
  const settings = settingsOf(options);
  refuseNoChange(settings, '--name, --prefix, --expires, --scope, --rate or --quota');
  await withApplications(options, async (applications) => {
    const { id } = await applicationIn(applications, options);
    const changed = await applications.change(id, settings);
    if (options.json) return printJson({ application: changed });
    say(`Changed ${named(changed)}.`);
  });
}

/** @param {any} options */
export async function deleteApplication(options) {
  await withApplications(options, async (applications) => {
    const { id } = await applicationIn(applications, options);
    const found = await applications.get(id);
    await confirm(`T${named(found).slice(1)} is gone for good then, and each key of it stops working. Delete it?`, options.yes);
    await applications.delete(id);
    if (options.json) return printJson({ deleted: id });
    say(`Deleted ${named(found)}.`);
  });
}

/** Before anything is asked of anyone. @param {Record<string, unknown>} change @param {string} names of the options */
export function refuseNoChange(change, names) {
  if (Object.values(change).every((value) => value === undefined)) throw failure('invalid_argument', 'options', `say what is to be another: ${names}.`);
}

/** Limits, as a person reads them. @param {any[]} limits */
export function limitsIn(limits) {
  const rule = (/** @type {any} */ { kind, limit, windowSeconds, refill, timeZone }) => (kind === 'rate' ? `${limit}/${windowSeconds}s` : `${limit}/${refill}${timeZone === 'UTC' ? '' : `@${timeZone}`}`);
  return limits.map((limit) => `${limit.name}=${rule(limit)}`).join(' ');
}

/** What is left of limits now, as a person reads it. @param {any[]} limits */
export const leftIn = (limits) => limits.map(({ name, of, remaining, limit }) => `${name}=${remaining} of ${limit}${of === 'owner' ? ' (owner)' : ''}`).join(' ');

/** @param {{ environment: string, prefix: string }[]} formats */
const prefixesOf = (formats) => formats.map(({ environment, prefix }) => (environment === 'live' ? prefix : `${environment}=${prefix}`)).join(' ');

/** @param {any} options */
function settingsOf(options) {
  const { name, prefix, expires, scope } = options;
  if (expires instanceof Date) throw failure('invalid_argument', '--expires', 'it is for keys that are made at any time, so say how long they live, and not until when.');
  return { name, formats: prefix, defaultLifetime: expires, scopes: scope, limits: limitsOf(options) };
}

/** @param {any} application */
const named = ({ id, name }) => `the application "${clean(name)}" (${id})`;
