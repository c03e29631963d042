// app management-keys …: the keys by which programs act on an application.

import { failure } from '../core/errors.js';
import { applicationIn, withApplications } from './app.js';
import { told, withNewKey } from './app-keys.js';
import { confirm } from './ask.js';
import { Named, named } from './describe.js';
import { MANAGEMENT_KEYS } from './management-keys.js';
import { print, printJson, relative, say, style, table } from './print.js';
import { clean } from './text.js';

/** @param {any} options */
export async function list(options) {
  await withApplications(options, async (applications) => {
    const { managementKeys } = await applicationIn(applications, options);
    const found = [];
    for await (const key of managementKeys.list()) found.push(told(key));
    if (options.json) return printJson({ keys: found });
    if (found.length === 0) return say('No management keys. Make one with keylatch app management-keys create.');
    print(table(['ID', 'NAME', 'KEY', 'MAY', 'STATUS', 'EXPIRES', 'LAST USED'], found.map(row), 1));
  });
}

/** @param {any} options */
export async function create(options) {
  const { name, scope, expires } = options;
  if (name === undefined) throw failure('invalid_argument', '--name', 'say what the key is for.');
  if (scope === undefined) throw failure('invalid_argument', '--scope', 'say what the key may do: verify, keys:create, keys:read or keys:revoke.');
  await withNewKey(options, MANAGEMENT_KEYS, async ({ managementKeys }) => ({
    make: (signal) => managementKeys.create({ name, scopes: scope, expiresIn: expires, signal }),
    end: (id) => managementKeys.revoke(id),
  }));
}

/** @param {any} options */
export async function revoke(options) {
  await withApplications(options, async (applications) => {
    const { managementKeys } = await applicationIn(applications, options);
    const key = await keyIn(managementKeys, options.positionals[1]);
    await confirm(`${Named(key)} stops working at once, for good. Revoke it?`, options.yes);
    await managementKeys.revoke(key.id);
    if (options.json) return printJson({ revoked: key.id });
    say(`Revoked ${named(key)}.`);
  });
}

/** By its id, or by its name if no other that works has it. @param {any} managementKeys @param {string} text */
async function keyIn(managementKeys, text) {
  const all = [];
  for await (const key of managementKeys.list()) if (key.id === text || key.name === text) all.push(told(key));
  const working = all.filter(({ status }) => status === 'active');
  const found = working.length > 0 ? working : all;
  if (found.length === 1) return found[0];
  if (found.length === 0) throw Object.assign(failure('not_found', '', ''), { message: 'The application has no management key with this id or name. keylatch app management-keys list shows them.' });
  throw failure('invalid_argument', 'id', `${found.length} management keys have this name. Say which by its id: ${found.map(({ id }) => id).join(', ')}.`);
}

/** @param {any} key */
function row({ id, name, masked, status, scopes, expiresAt, lastUsedAt }) {
  return [id, clean(name), clean(masked), scopes.join(' '), style(status === 'active' ? 'green' : 'red', status), relative(expiresAt, 'never'), relative(lastUsedAt, '-')];
}
