// The commands about applications: the second part of the table in commands.js.

import * as app from './app.js';
import { importKeys } from './app-import.js';
import * as keys from './app-keys.js';
import * as managementKeys from './app-management-keys.js';
import * as owners from './app-owners.js';
import { MANAGEMENT_KEYS } from './management-keys.js';

/** @typedef {import('./commands.js').Command} Command */

const WHO = ['base-url', 'host', 'user', 'password-stdin', 'api-key', 'profile', 'json'];
const LIMITS = ['rate', 'quota'];

const WHICH = `An application is meant by its id, or by its name if no other has it.`;
const WHICH_KEY = `${WHICH}
So is a key.`;
const ALL_OF_THEM = `Whatever stands for a list stands for the whole list: --rate and --quota together for
the limits, of which none is left with --rate none.`;

/** @type {Record<string, Omit<Command, 'provider'>>} */
const commands = {
  'app list': {
    usage: 'app list [options]',
    summary: 'list your applications',
    options: WHO,
    examples: ['keylatch app list'],
    run: app.list,
  },
  'app create': {
    usage: 'app create --name <name> --prefix <prefix> [options]',
    summary: 'make an application: an API whose keys you issue',
    options: [...WHO, 'name', 'prefix', 'expires', 'scope', ...LIMITS],
    details: `Keys of an application begin with its prefix. --expires is how long they live when
nothing else is said, --scope which scopes there are, --rate and --quota how much each
key may use.`,
    examples: ['keylatch app create --name "Acme API" --prefix acme_live_ --prefix test=acme_test_ --rate 100/min'],
    run: app.create,
  },
  'app show': {
    usage: 'app show <application> [options]',
    summary: 'tell of an application',
    options: WHO,
    arguments: [1, 1],
    details: WHICH,
    examples: ['keylatch app show "Acme API"'],
    run: app.show,
  },
  'app change': {
    usage: 'app change <application> [options]',
    summary: 'change an application; its keys stay as they are',
    options: [...WHO, 'name', 'prefix', 'expires', 'scope', ...LIMITS],
    arguments: [1, 1],
    details: `${WHICH} ${ALL_OF_THEM}`,
    examples: ['keylatch app change "Acme API" --rate 200/min --quota 10000/month'],
    run: app.change,
  },
  'app delete': {
    usage: 'app delete <application> [options]',
    summary: 'delete an application with all its keys',
    options: [...WHO, 'yes'],
    arguments: [1, 1],
    details: WHICH,
    examples: ['keylatch app delete "Acme API"'],
    run: app.deleteApplication,
  },
  'app keys list': {
    usage: 'app keys list <application> [options]',
    summary: 'list the keys of an application, never whole',
    options: [...WHO, 'owner', 'status', 'search', 'ends-within', 'limit'],
    arguments: [1, 1],
    details: WHICH,
    examples: ['keylatch app keys list "Acme API" --owner cust_7', 'keylatch app keys list "Acme API" --ends-within 30d'],
    run: keys.list,
  },
  'app keys create': {
    usage: 'app keys create <application> --owner <id> [options]',
    summary: 'issue a key to a customer and show it, once',
    options: [...WHO, 'owner', 'name', 'expires', 'scope', ...LIMITS, 'address', 'environment', 'metadata', 'output', 'force'],
    arguments: [1, 1],
    details: `${WHICH}
The key alone goes to standard output, everything else to standard error. It cannot be
shown again.`,
    examples: ['keylatch app keys create "Acme API" --owner cust_7 --scope mesh:read --expires 1y'],
    run: keys.create,
  },
  'app keys show': {
    usage: 'app keys show <application> <key> [options]',
    summary: 'tell of a key',
    options: WHO,
    arguments: [2, 2],
    details: WHICH_KEY,
    examples: ['keylatch app keys show "Acme API" key_4Zk1mVb7Qx0LrT9s'],
    run: keys.show,
  },
  'app keys change': {
    usage: 'app keys change <application> <key> [options]',
    summary: 'change what a key may do, or end it earlier',
    options: [...WHO, 'name', 'expires', 'scope', ...LIMITS, 'address', 'metadata'],
    arguments: [2, 2],
    details: `${WHICH_KEY}
${ALL_OF_THEM}`,
    examples: ['keylatch app keys change "Acme API" nightly --scope mesh:read --address 192.0.2.0/24'],
    run: keys.change,
  },
  'app keys disable': {
    usage: 'app keys disable <application> <key> [options]',
    summary: 'end a key until it is enabled',
    options: WHO,
    arguments: [2, 2],
    details: WHICH_KEY,
    examples: ['keylatch app keys disable "Acme API" nightly'],
    run: keys.disable,
  },
  'app keys enable': {
    usage: 'app keys enable <application> <key> [options]',
    summary: 'let a key work again that was disabled',
    options: WHO,
    arguments: [2, 2],
    details: WHICH_KEY,
    examples: ['keylatch app keys enable "Acme API" nightly'],
    run: keys.enable,
  },
  'app keys rotate': {
    usage: 'app keys rotate <application> <key> [options]',
    summary: 'replace a key of a customer by a new one',
    options: [...WHO, 'overlap', 'output', 'force', 'yes'],
    arguments: [2, 2],
    details: `${WHICH_KEY}
The new key has the owner, name, scopes and end of the old one.`,
    examples: ['keylatch app keys rotate "Acme API" nightly --overlap 7d'],
    run: keys.rotate,
  },
  'app keys revoke': {
    usage: 'app keys revoke <application> <key> [options]',
    summary: "end a key's working life",
    options: [...WHO, 'yes'],
    arguments: [2, 2],
    details: WHICH_KEY,
    examples: ['keylatch app keys revoke "Acme API" nightly'],
    run: keys.revoke,
  },
  'app keys delete': {
    usage: 'app keys delete <application> <key> [options]',
    summary: 'delete a key that has ended',
    options: [...WHO, 'yes'],
    arguments: [2, 2],
    details: WHICH_KEY,
    examples: ['keylatch app keys delete "Acme API" key_4Zk1mVb7Qx0LrT9s'],
    run: keys.deleteKey,
  },
  'app keys import': {
    usage: 'app keys import <application> [file | -] [options]',
    summary: 'take over keys that were issued elsewhere, by their hashes',
    options: [...WHO, 'algorithm', 'input', 'separator', 'encoding', 'pepper-file'],
    arguments: [1, 2],
    details: `${WHICH}
The file has a JSON object on each line, or is CSV with names in its first line: hash and
owner, and what there is of name, id_part, environment, scopes, metadata, limits,
allowed_addresses, created_at and expires_at. In CSV a space stands between two scopes or
networks, and metadata and limits are JSON. Without a file standard input is read.
What the application has already is passed over, so that an import that was broken off
is simply run again. What is refused is told with its line; exit code 1.`,
    examples: [
      'keylatch app keys import "Acme API" keys.csv',
      'keylatch app keys import "Acme API" keys.jsonl --input after_last --separator . --algorithm sha512 --encoding base64',
    ],
    run: importKeys,
  },
  'app owners list': {
    usage: 'app owners list <application> [options]',
    summary: 'list the customers of an application',
    options: [...WHO, 'limit'],
    arguments: [1, 1],
    details: WHICH,
    examples: ['keylatch app owners list "Acme API"'],
    run: owners.list,
  },
  'app owners show': {
    usage: 'app owners show <application> <owner> [options]',
    summary: 'tell of a customer',
    options: WHO,
    arguments: [2, 2],
    details: WHICH,
    examples: ['keylatch app owners show "Acme API" cust_7'],
    run: owners.show,
  },
  'app owners set': {
    usage: 'app owners set <application> <owner> [options]',
    summary: 'set what is kept beside a customer, and what all its keys may use together',
    options: [...WHO, 'metadata', ...LIMITS],
    arguments: [2, 2],
    details: `${WHICH} ${ALL_OF_THEM}`,
    examples: ['keylatch app owners set "Acme API" cust_7 --quota 10000/month --metadata \'{"plan":"pro"}\''],
    run: owners.set,
  },
  'app owners revoke': {
    usage: 'app owners revoke <application> <owner> [options]',
    summary: 'end all keys of a customer',
    options: [...WHO, 'yes'],
    arguments: [2, 2],
    details: WHICH,
    examples: ['keylatch app owners revoke "Acme API" cust_7'],
    run: owners.revoke,
  },
  'app owners delete': {
    usage: 'app owners delete <application> <owner> [options]',
    summary: 'delete a customer with all its keys',
    options: [...WHO, 'yes'],
    arguments: [2, 2],
    details: WHICH,
    examples: ['keylatch app owners delete "Acme API" cust_7'],
    run: owners.deleteOwner,
  },
  'app management-keys list': {
    usage: 'app management-keys list <application> [options]',
    summary: 'list the keys by which programs act on an application',
    options: WHO,
    arguments: [1, 1],
    details: WHICH,
    examples: ['keylatch app management-keys list "Acme API"'],
    run: managementKeys.list,
  },
  'app management-keys create': {
    usage: 'app management-keys create <application> --name <name> --scope <scope> [options]',
    summary: 'create a management key and show it, once',
    options: [...WHO, 'name', 'scope', 'expires', 'output', 'force'],
    arguments: [1, 1],
    details: `${WHICH}
Its scopes are of verify, keys:create, keys:read and keys:revoke. In a .env it stands as
KEYLATCH_MANAGEMENT_KEY.`,
    examples: ['keylatch app management-keys create "Acme API" --name "API server" --scope verify --output .env'],
    run: managementKeys.create,
  },
  'app management-keys revoke': {
    usage: 'app management-keys revoke <application> <key> [options]',
    summary: "end a management key's working life",
    options: [...WHO, 'yes'],
    arguments: [2, 2],
    details: WHICH_KEY,
    examples: ['keylatch app management-keys revoke "Acme API" "API server"'],
    run: managementKeys.revoke,
  },
};

/** What a management key may do, within its scopes. */
const BY_MANAGEMENT_KEY = /^app (keys|owners) /;
const WITH_WHICH = `A management key does as well: by --api-key, or in KEYLATCH_MANAGEMENT_KEY, which is looked
at where no key of yours is found.`;

/** All of them are about keylatch-server, whatever service the environment names. @type {Record<string, Command>} */
export const APP_COMMANDS = Object.fromEntries(Object.entries(commands).map(([name, command]) => {
  const others = BY_MANAGEMENT_KEY.test(name) && { otherKeys: MANAGEMENT_KEYS, details: `${command.details}\n${WITH_WHICH}` };
  return [name, { ...command, provider: 'keylatch', ...others }];
}));

/** What stands before the last word, and what it is about. */
export const GROUPS = {
  app: 'the APIs that you protect with keylatch-server',
  'app keys': 'the keys that an application has issued to its customers',
  'app owners': 'the customers of an application',
  'app management-keys': 'the keys by which programs act on an application',
};
