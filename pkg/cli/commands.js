// The commands: what each takes, and its examples. One table for the parser,
// the help and the completion.

import { APP_COMMANDS } from './app-commands.js';
import { check, headers, providersCommand } from './local.js';
import { extract, identify, redactCommand } from './find.js';
import { create, deleteKey, list, revoke, rotate } from './keys.js';
import { run } from './run.js';
import { login, logout, resolve, whoami } from './session.js';

/**
 * @typedef {{ usage: string, summary: string, options: string[], arguments?: [number, number],
 *   details?: string, examples: string[], provider?: string, otherKeys?: object, run: (options: any) => Promise<void> }} Command
 * `provider`: the service that the command is for, where it is for one alone. `otherKeys`: keys that do as well as the service's own.
 */

/** @type {Record<string, { type: 'string' | 'boolean', short?: string, multiple?: boolean, value?: string, help: string }>} */
export const OPTIONS = {
  provider: { type: 'string', short: 'p', value: 'ID', help: 'the service, or a .json file that declares one; default KEYLATCH_PROVIDER, then keylatch' },
  'base-url': { type: 'string', value: 'URL', help: "the service's address" },
  host: { type: 'string', value: 'HOST', help: 'the same as host[:port]; https, on this computer http' },
  user: { type: 'string', short: 'u', value: 'EMAIL', help: 'sign in as this user, with a password that is asked for' },
  'password-stdin': { type: 'boolean', help: 'read the password of --user from standard input' },
  'api-key': { type: 'string', value: '-', help: 'authenticate with this key; - reads it from standard input' },
  profile: { type: 'string', value: 'NAME', help: 'profile in ~/.config/keylatch/credentials.json; default KEYLATCH_PROFILE' },
  json: { type: 'boolean', help: 'print JSON; its form is in keylatch help json' },
  yes: { type: 'boolean', short: 'y', help: 'do it without asking' },
  output: { type: 'string', short: 'o', value: 'FILE', help: "write the key to this file (mode 0600), or to the system's keychain as keychain:SERVICE/ACCOUNT; - is standard output, as without it" },
  force: { type: 'boolean', help: 'let --output replace what is not a key' },
  name: { type: 'string', value: 'NAME', help: 'what it is called; default of create: keylatch on this computer' },
  expires: { type: 'string', value: 'WHEN', help: '30d, 12h, "3 months" (default), a date such as 2027-01-31, a time, P1Y or never' },
  scope: { type: 'string', multiple: true, value: 'SCOPE', help: 'what the key may do; may be repeated' },
  status: { type: 'string', value: 'STATUS', help: 'active, inactive, expired, revoked, all; of an application, also disabled' },
  limit: { type: 'string', value: 'N', help: 'no more of them than this' },
  search: { type: 'string', value: 'TEXT', help: 'part of the name' },
  overlap: { type: 'string', value: 'TIME', help: 'how long the old key lives on, such as 1h or PT1H; default: not at all' },
  owner: { type: 'string', value: 'ID', help: 'your own id of the customer whose key it is' },
  prefix: { type: 'string', multiple: true, value: 'PREFIX', help: 'how keys begin, such as acme_live_, or test=acme_test_ for those of tests; may be repeated' },
  rate: { type: 'string', multiple: true, value: 'LIMIT', help: 'so much at a time, such as 100/min or search=5/10s; may be repeated' },
  quota: { type: 'string', multiple: true, value: 'LIMIT', help: 'so much in a day, week or month, such as 10000/month or calls=500/day@Europe/Berlin; may be repeated' },
  address: { type: 'string', multiple: true, value: 'NETWORK', help: 'where the key may be used from, such as 192.0.2.0/24; may be repeated' },
  environment: { type: 'string', value: 'WHICH', help: 'live or test; default: that of the first prefix' },
  metadata: { type: 'string', value: 'JSON', help: 'an object that is told with each check of a key, such as {"plan":"pro"}' },
  algorithm: { type: 'string', value: 'NAME', help: 'how keys were hashed: sha256 (default) or sha512' },
  input: { type: 'string', value: 'PART', help: 'what of a key was hashed: whole (default), before_first, after_first, before_last, after_last or hex_bytes' },
  separator: { type: 'string', value: 'TEXT', help: 'where a key is split, where a part of it was hashed; default _' },
  encoding: { type: 'string', value: 'NAME', help: 'how hashes are written: hex (default), base64 or base64url' },
  'pepper-file': { type: 'string', value: 'FILE', help: 'the key of HMAC is in this file, if the hashes were made with one' },
  'ends-within': { type: 'string', value: 'DAYS', help: 'only active keys that end by themselves so soon, such as 30d' },
  explain: { type: 'boolean', help: 'show every source, in order, and what it gave' },
  keep: { type: 'string', value: 'WHAT', help: 'what stays of a key: prefix (default), mask (its last four characters too) or none' },
  scheme: { type: 'string', value: 'SCHEME', help: 'bearer, basic or header' },
  browser: { type: 'boolean', help: "log in with a browser at one's own server, which makes a key" },
  keychain: { type: 'boolean', help: "keep the key in the system's keychain" },
  device: { type: 'boolean', help: 'log in with a code, in a browser on any other computer' },
  'no-browser': { type: 'boolean', help: 'only print the address to open' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

const WHERE = ['provider', 'base-url', 'host'];
const WHO = [...WHERE, 'user', 'password-stdin', 'api-key', 'profile', 'json'];

const WHICH = `In place of the id, its name or last four characters will do, if no other key has
them, and the key itself: - reads it from standard input.`;

/** @type {Record<string, Command>} */
export const COMMANDS = {
  login: {
    usage: 'login [options]',
    summary: 'store a key, or log in with a browser',
    options: [...WHERE, 'user', 'api-key', 'profile', 'keychain', 'browser', 'device', 'no-browser', 'json'],
    details: `Logs in with a browser where the service has that; otherwise asks for a key,
without showing it. A key is stored only after the service has accepted it,
where the service's own client looks for it; with --keychain in the system's
keychain, for which the package @napi-rs/keyring must be installed beside
keylatch. A server of one's own that was started with --issuer takes --browser,
and --device where no browser is.`,
    examples: ['keylatch login --provider luminary', 'keylatch login --provider modelon', 'keylatch login --device --base-url https://keys.example.com', 'keylatch login --keychain', 'pbpaste | keylatch login --provider lambda --api-key -'],
    run: login,
  },
  logout: {
    usage: 'logout [options]',
    summary: 'forget the stored key or login',
    options: [...WHERE, 'user', 'profile', 'yes', 'json'],
    details: 'Removes it from this computer. The key itself lives on: see keylatch revoke.',
    examples: ['keylatch logout --provider luminary --yes'],
    run: logout,
  },
  whoami: {
    usage: 'whoami [options]',
    summary: 'whose key it is, and where it came from',
    options: WHO,
    examples: ['keylatch whoami', 'keylatch whoami --provider modelon --json'],
    run: whoami,
  },
  create: {
    usage: 'create [options]',
    summary: 'create a key and show it, once',
    options: [...WHO, 'name', 'expires', 'scope', 'output', 'force'],
    details: `The key alone goes to standard output, everything else to standard error.
It cannot be shown again. A date ends with that day, where you are. A .env also
gets the address of the service, so that the next command finds both.`,
    examples: [
      'keylatch create --name "build server" --expires 90d',
      'keylatch create --output .env',
      'keylatch create --output keychain:keylatch/laptop',
      'keylatch create --provider conduce --user=kim@example.com --host=app.conduce.com',
    ],
    run: create,
  },
  list: {
    usage: 'list [options]',
    summary: 'list the keys, never whole',
    options: [...WHO, 'status', 'search', 'limit'],
    examples: ['keylatch list --status active', 'keylatch list --provider conduce --api-key - --host=app.conduce.com < key.txt'],
    run: list,
  },
  rotate: {
    usage: 'rotate <id> [options]',
    summary: 'replace a key by a new one',
    options: [...WHO, 'overlap', 'output', 'force', 'yes'],
    arguments: [1, 1],
    details: `${WHICH}
The old key dies only after the new one is in the file, or shown. Modelon allows
one key: there it dies first, and what cannot be written is shown.`,
    examples: ['keylatch rotate laptop --overlap 1h --output .env', 'keylatch rotate key_4Zk1mVb7Qx0LrT9s'],
    run: rotate,
  },
  revoke: {
    usage: 'revoke <id> [options]',
    summary: "end a key's working life",
    options: [...WHO, 'yes'],
    arguments: [1, 1],
    details: WHICH,
    examples: ['keylatch revoke laptop', 'keylatch revoke key_4Zk1mVb7Qx0LrT9s --yes', 'keylatch revoke - < leaked.txt'],
    run: revoke,
  },
  delete: {
    usage: 'delete <id> [options]',
    summary: 'delete a key that is no longer active',
    options: [...WHO, 'yes'],
    arguments: [1, 1],
    details: `${WHICH}
Conduce knows no revoking: there an active key is deleted.`,
    examples: ['keylatch delete key_4Zk1mVb7Qx0LrT9s', 'keylatch delete 3fa94c1d --provider conduce --user=kim@example.com --host=app.conduce.com'],
    run: deleteKey,
  },
  check: {
    usage: 'check [key | -]',
    summary: 'say what is wrong with a text as a key, without asking anyone',
    options: ['provider', 'json'],
    arguments: [0, 1],
    details: 'Without an argument the key is read from standard input, or asked for.',
    examples: ['keylatch check --provider lambda < key.txt', 'keylatch check'],
    run: check,
  },
  identify: {
    usage: 'identify [options]',
    summary: 'say which services a key could belong to',
    options: ['json'],
    details: `The key is read from standard input, or asked for. The surest service comes
first. Exit code 1 when no service has keys that look so.`,
    examples: ['pbpaste | keylatch identify', 'keylatch identify'],
    run: identify,
  },
  extract: {
    usage: 'extract [file …]',
    summary: 'find keys in a text: places, and the keys masked',
    options: ['json'],
    arguments: [0, 1000],
    details: `Without a file standard input is searched. Exit code 1 when there is a secret, so
that it serves in a hook; identifiers and publishable keys are told as such.`,
    examples: ['git diff --cached | keylatch extract', 'keylatch extract .env config.json'],
    run: extract,
  },
  redact: {
    usage: 'redact [options]',
    summary: 'copy standard input to standard output without the keys in it',
    options: ['keep'],
    details: 'Each line is written as soon as it is whole.',
    examples: ['./server 2>&1 | keylatch redact', 'keylatch redact --keep mask < debug.log > shared.log'],
    run: redactCommand,
  },
  headers: {
    usage: 'headers [options]',
    summary: 'print the header that carries the key',
    options: [...WHERE, 'api-key', 'profile', 'scheme', 'json'],
    details: 'The output holds the key.',
    examples: ['keylatch headers --provider luminary | curl -H @- https://apis.luminarycloud.com/rest/v0/pipelines'],
    run: headers,
  },
  run: {
    usage: 'run [options] -- <program> [arguments]',
    summary: 'run a program with the key in its environment',
    options: [...WHERE, 'api-key', 'profile', 'json'],
    arguments: [1, Infinity],
    details: `The key stands in the variable that the service's own clients read, and the
address beside it, where it is known. Exits as the program does.`,
    examples: ['keylatch run -- npm test', 'keylatch run --provider luminary -- python simulate.py'],
    run,
  },
  resolve: {
    usage: 'resolve [options]',
    summary: 'say where the key comes from',
    options: [...WHERE, 'user', 'api-key', 'profile', 'explain', 'json'],
    details: 'Shows the key masked, never whole.',
    examples: ['keylatch resolve --provider luminary --explain'],
    run: resolve,
  },
  providers: {
    usage: 'providers [options]',
    summary: 'list the services and where their keys are looked for',
    options: ['json'],
    examples: ['keylatch providers', 'keylatch providers --json'],
    run: providersCommand,
  },
  ...APP_COMMANDS,
};
