// app owners …: the customers of an application.

import { applicationIn, leftIn, limitsIn, refuseNoChange, withApplications } from './app.js';
import { confirm } from './ask.js';
import { limitsOf } from './limits.js';
import { columns, print, printJson, relative, say, table } from './print.js';
import { clean } from './text.js';

/** @param {any} options */
export async function list(options) {
  const { limit = Infinity, json } = options;
  await withApplications(options, async (applications) => {
    const { owners } = await applicationIn(applications, options);
    const found = [];
    let isMore = false;
    for await (const owner of owners.list()) {
      isMore = found.length === limit;
      if (isMore) break;
      found.push(owner);
    }
    if (json) return printJson({ owners: found });
    if (found.length === 0) return say('No owners. The first key of a customer makes one.');
    print(table(['ID', 'KEYS', 'LIMITS', 'CREATED'], found.map(({ id, keys, limits, createdAt }) => [clean(id), String(keys), limitsIn(limits) || '-', relative(createdAt, '-')]), 0));
    if (isMore) say(`There are more than these ${limit}.`);
  });
}

/** @param {any} options */
export async function show(options) {
  await withOwners(options, async (owners, id) => told(options, await owners.get(id), await owners.limits(id)));
}

/** @param {any} options */
export async function set(options) {
  const { metadata } = options;
  const limits = limitsOf(options);
  refuseNoChange({ metadata, limits }, '--metadata, --rate or --quota');
  await withOwners(options, async (owners, id) => told(options, await owners.put(id, { metadata, limits })));
}

/** @param {any} options */
export async function revoke(options) {
  await withOwners(options, async (owners, id) => {
    const { keys } = await owners.get(id);
    await confirm(`All keys of ${clean(id)} (${keys}, whatever their state) stop working at once, for good. Revoke them?`, options.yes);
    const revoked = await owners.revoke(id);
    if (options.json) return printJson({ owner: id, revoked });
    say(`Revoked ${revoked === 1 ? 'one key' : `${revoked} keys`} of ${clean(id)}.`);
  });
}

/** @param {any} options */
export async function deleteOwner(options) {
  await withOwners(options, async (owners, id) => {
    const { keys } = await owners.get(id);
    await confirm(`${clean(id)} and its keys (${keys}) are gone for good then. Delete them?`, options.yes);
    await owners.delete(id);
    if (options.json) return printJson({ deleted: id });
    say(`Deleted ${clean(id)} and its keys.`);
  });
}

/** @param {any} options @param {(owners: any, id: string) => Promise<void>} work */
async function withOwners(options, work) {
  await withApplications(options, async (applications) => {
    const { owners } = await applicationIn(applications, options);
    await work(owners, options.positionals[1]);
  });
}

/** @param {any} options @param {any} owner @param {any[]} [left] what is left of its limits */
function told({ json }, owner, left) {
  if (json) return printJson({ owner, limits: left });
  const { id, keys, limits, metadata, createdAt } = owner;
  print(columns([['ID', clean(id)], ['Keys', String(keys)], ['Limits', limitsIn(limits) || 'none'], ...(left ? [['Left now', leftIn(left) || '-']] : []), ['Metadata', clean(JSON.stringify(metadata))], ['Created', relative(createdAt, '-')]]));
}
