// Declarations of services and of key formats: checked, completed with defaults,
// and returned as frozen plain data. Every error names the field.
//
// The check stands in JavaScript, unlike other decisions: in the offline module it
// about doubled what a page downloads to check a key. Here it costs less than 4 KB,
// and a bundle that takes no service (hashKey, maskKey) leaves it out.
// src/provider/declare.rs reads what this module returns, and does not check it again.
//
// To add a field: one row in a table below, and one line in src/provider/declare.rs.

import { freeze, plain } from './plain.js';
import { expect, join, kindOf, member, noSuch, only, read, wrong } from './schema.js';

/** @typedef {import('./schema.js').Row} Row @typedef {import('./schema.js').Table} Table */

/**
 * What the rest of the package knows.
 * @typedef {object} Known
 * @property {(id: string) => boolean} isBuiltIn whether a built-in service has this id
 * @property {(format: import('../index.js').KeyFormat) => { path: string, why: string } | undefined} formatFault
 *   what is wrong with a format that has the right members, if it cannot be used
 * @property {Record<string, any>} endpoints the endpoints of keylatch's own API, as its description has them
 */

/**
 * A service from its declaration.
 * @param {unknown} spec
 * @param {Known} known
 * @returns {import('../index.js').Provider}
 */
export function declare(spec, known) {
  const data = expect(plain(spec, 'provider'), '', 'an object');
  const service = read({ table: SERVICE }, data, '', known);
  answered(service, data);
  return freeze(service);
}

/**
 * A key format from its declaration.
 * @param {unknown} format
 * @param {Pick<Known, 'formatFault'>} known
 * @returns {import('../index.js').KeyFormat}
 */
export function declareFormat(format, known) {
  return freeze(read({ table: FORMAT, rule: usable }, plain(format, 'format'), 'format', known));
}

// The tables. Members are read in their order. All are literals without a call, a
// spread or a look-up: whatever else would keep bundlers from leaving them out.

/** @type {Row} */
const TEXT = { is: 'a string' };
/** A path into an answer. @type {Row} */
const PLACE = { is: 'a string', empty: true, or: '' };
const ENVIRONMENT = /^[A-Za-z_]\w*$/;
const NO_ENVIRONMENT = 'an environment variable has letters, digits and "_" only.';
/** @type {Row} */
const VARIABLE = { is: 'a string', like: ENVIRONMENT, why: NO_ENVIRONMENT };
const WEB = /^https?:\/\/[^\0- ]+$/;
const NO_WEB = 'an address begins with "https://" and a host.';
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const NO_TOKEN = 'it is not the name of an HTTP header.';
const ONE_SLASH = /^\/(?!\/)/;
const NO_PATH = 'a path begins with one "/"; the host stands in baseUrl.';
/** @type {Row} */
const COUNT = { from: 1, to: 512 };

/** The operations, and the variables of their templates, `account` aside. @type {Record<string, string[]>} */
const OPERATIONS = {
  signIn: ['user', 'password'], signOut: [], whoami: [],
  create: ['name', 'expires_in', 'expires_at', 'scopes', 'attempt'],
  list: ['status', 'search', 'cursor'], get: ['id'],
  rotate: ['id', 'overlap', 'hold', 'attempt'], revoke: ['id', 'overlap'], delete: ['id', 'secret'],
  validate: ['secret'], checkSession: [], takeBack: ['idempotency_key'],
};

/** What the answers to operations can state, first the default: `States::of` in src/provider/answer.rs. @type {Record<string, string[]>} */
const STATES = {
  signIn: ['anything', 'account', 'nothing'], signOut: ['nothing', 'anything'], whoami: ['account'], create: ['newKey'],
  list: ['keys'], get: ['key'], rotate: ['newKey'], revoke: ['end', 'key', 'nothing', 'anything'],
  delete: ['end', 'key', 'nothing', 'anything'], validate: ['valid', 'account', 'anything'],
  checkSession: ['anything', 'nothing'], takeBack: ['nothing', 'anything'],
};

/** Variables that may have no value, so they may not stand in a path. */
const OPTIONAL = ['expires_in', 'expires_at', 'scopes', 'status', 'search', 'cursor', 'overlap', 'hold', 'attempt'];

/** Where answers say what, and the place in keylatch's own answers. */
const FIELDS = {
  key: 'key|', secret: 'secret', items: 'items', cursor: 'next_cursor', id: 'id', name: 'name', status: 'status',
  masked: 'masked', wholeKey: '', scopes: 'scopes', createdAt: 'created_at', expiresAt: 'expires_at',
  lastUsedAt: 'last_used_at', revokedAt: 'revoked_at', replacedBy: 'replaced_by', valid: 'valid', reason: 'reason',
  validKey: 'key', account: 'id', user: 'user',
};

/** @type {Table} */
const FILE = {
  path: { is: 'a string', like: /^~?\//, why: 'a file is named from the home, as in "~/.acme/key", or from the root.' },
  kind: { is: 'a string', words: ['text', 'profiles'], or: 'text' },
};

/** @type {Table} */
const LOGIN = {
  // Of the issuer, the client's id and the audience, in this order.
  env: { item: VARIABLE, rule: (names) => names.slice(0, 3), or: [] },
  issuer: TEXT,
  clientId: TEXT,
  // May be empty: so is the description of a service that has none.
  audience: { is: 'a string', empty: true, or: '' },
  scope: { is: 'a string', or: 'openid offline_access' },
  ports: { item: { from: 1, to: 65535 } },
  envDirectory: { is: 'a string', like: ENVIRONMENT, why: NO_ENVIRONMENT, or: undefined },
  files: { item: TEXT },
};

/** @type {Table} */
const DISCOVERY = {
  path: { is: 'a string', like: ONE_SLASH, why: NO_PATH },
  member: TEXT,
  suffix: { is: 'a string', empty: true, or: '' },
};

/** @type {Record<string, Table>} */
const SCHEMES = {
  bearer: { type: TEXT },
  basic: {
    type: TEXT,
    user: { is: 'a string', like: /^[^:\p{Cc}]+$/u, why: 'it must not have a colon or a control character.', or: undefined },
  },
  header: { type: TEXT, name: { is: 'a string', like: TOKEN, why: NO_TOKEN } },
};

/** @type {Table} */
const CHECKSUM = {
  checksum: { is: 'a string', like: /^crc32$/, why: 'expected crc32.' },
  covers: { is: 'a string', words: ['body', 'all'] },
  length: COUNT,
};

/** @type {Row} */
const BOUNDS = {
  table: { min: COUNT, max: COUNT }, open: true, rule: (bounds) => (bounds.min === bounds.max ? bounds.min : bounds),
};

/** @type {Table} */
const RUN = {
  alphabet: TEXT,
  length: { choose: (value) => (kindOf(value) === 'an object' ? BOUNDS : COUNT) },
};

/** @type {Row} */
const CHOICES = { item: TEXT, rule: (texts) => (texts.length === 1 ? texts[0] : texts) };

/** @type {Table} */
const FORMAT = {
  parts: { item: { choose: part } },
  certainty: { is: 'a string', words: ['documented', 'observed', 'unknown'], or: 'documented' },
};

/** A path alone: the rest is as in keylatch's own API. @type {Row} */
const PATH = {
  is: 'a string', like: ONE_SLASH, why: NO_PATH, rule: (text, path, known) => ({ ...known.own, path: inPath(text, path, known) }),
};

/** @type {Row} */
const ANSWER = {
  table: {
    states: {
      is: 'a string', or: undefined,
      rule: (states, path, { operation }) => (STATES[operation].includes(states) ? states : noSuch('word', path, STATES[operation])),
    },
    statuses: {
      item: { from: 200, to: 231 }, or: undefined,
      rule: (statuses, path) => (statuses.length > 0 ? statuses : wrong(path, 'it needs at least one status.')),
    },
  },
};

/** @type {Row} */
const ENDPOINT = {
  table: {
    path: { is: 'a string', like: ONE_SLASH, why: NO_PATH, rule: inPath },
    method: { is: 'a string', words: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], or: undefined },
    // A declared path is another service's: it does not take keylatch's query, and
    // it keeps idempotency keys only if it says so.
    query: { each: TEXT, rule: query, or: undefined },
    idempotencyHeader: { is: 'a string', like: TOKEN, why: NO_TOKEN, or: undefined },
    body: { rule: body },
    refusals: { item: { from: 400, to: 599 }, rule: unlessEmpty, or: undefined },
    answer: { choose: (value, path) => (expect(value, path, 'an object'), ANSWER), or: undefined },
  },
  rule: (endpoint, _, { own }) => ({ method: own.method, ...endpoint }),
};

/** @type {Table} */
const SERVICE = {
  id: {
    is: 'a string', rule: ownId, like: /^[a-z][a-z\d-]{0,63}$/,
    why: 'use lower-case letters, digits and "-", beginning with a letter.',
  },
  title: TEXT,
  baseUrl: { is: 'a string', like: WEB, why: NO_WEB, or: undefined },
  keysPage: { is: 'a string', like: WEB, why: NO_WEB, or: undefined },
  keysHelp: { is: 'a string', or: undefined },
  env: { item: VARIABLE, or: [] },
  envBaseUrl: { item: VARIABLE, or: [] },
  dotenv: { is: 'a boolean', or: true },
  files: { item: { table: FILE }, or: [] },
  login: { table: LOGIN, or: undefined },
  format: { table: FORMAT, rule: usable, or: undefined },
  schemes: { item: { choose: scheme }, rule: atLeastOne, or: [{ type: 'bearer' }] },
  endpoints: {
    each: { choose: (value) => (typeof value === 'string' ? PATH : ENDPOINT) },
    within: operation,
    rule: withAccount,
    or: {},
  },
  discovery: { table: DISCOVERY, or: undefined },
  oneKey: { is: 'a boolean', or: false },
  endsByDefault: { is: 'a boolean', or: false },
  listsWorkingKeysOnly: { is: 'a boolean', or: false },
  fields: { each: { is: 'a string', empty: true }, rule: fields, or: FIELDS },
  timeUnit: { is: 'a string', words: ['s', 'ms'], or: 's' },
  errors: {
    table: { code: PLACE, message: PLACE, suggestion: PLACE },
    or: { code: 'type', message: 'detail|title', suggestion: '' },
  },
  // A description can be declared again, so these may be there; they follow from the rest.
  capabilities: { rule: (_, path, known, before) => capabilities(before) },
  certainty: { rule: (_, path, known, { format }) => (format ? format.certainty : 'unknown') },
};

// The rules that no row can say.

/** @param {string} id @param {string} path @param {Known} known */
function ownId(id, path, { isBuiltIn }) {
  return isBuiltIn(id) ? wrong(path, 'this is the id of a built-in service; choose another.') : id;
}

/** @param {any[]} schemes @param {string} path */
function atLeastOne(schemes, path) {
  return schemes.length > 0 ? schemes : wrong(path, 'it needs at least one scheme.');
}

/** @param {any} value @param {string} path @returns {Row} */
function scheme(value, path) {
  const at = join(path, 'type');
  const type = read(TEXT, member(value, 'type'), at, undefined);
  return Object.hasOwn(SCHEMES, type) ? { table: SCHEMES[type] } : wrong(at, 'expected bearer, basic or header.');
}

/** @param {any} value @param {string} path @returns {Row} */
function part(value, path) {
  const kind = kindOf(value);
  if (kind === 'a string') return TEXT;
  if (kind === 'an array') return CHOICES;
  if (kind !== 'an object') return expect(value, path, '', 'a string, an array of strings or an object');
  return { table: member(value, 'checksum') == null ? RUN : CHECKSUM };
}

/** @param {import('../index.js').KeyFormat} format @param {string} path @param {Known} known */
function usable(format, path, { formatFault }) {
  const fault = formatFault(format);
  return fault ? wrong(join(path, fault.path), fault.why) : format;
}

/** What rules know within the endpoint of an operation. @param {string} name @param {string} path @param {Known} known */
function operation(name, path, { endpoints }) {
  if (!Object.hasOwn(OPERATIONS, name)) noSuch('operation', path, Object.keys(OPERATIONS));
  // keylatch's own API has no call for a session alone.
  const own = Object.hasOwn(endpoints, name) ? endpoints[name] : { method: 'GET', path: '/' };
  return { operation: name, own };
}

/** @param {string} text @param {string} path @param {any} known */
function inPath(text, path, known) {
  variables(text, path, known, 'path');
  return text;
}

/** @param {Record<string, string>} query @param {string} path @param {any} known */
function query(query, path, known) {
  for (const name of Object.keys(query)) variables(query[name], join(path, name), known, 'query');
  return unlessEmpty(query);
}

/** @param {any} value @param {string} path @param {any} known @param {{ method?: string }} before */
function body(value, path, known, { method = known.own.method }) {
  if (method === 'GET') return value == null ? undefined : wrong(path, 'a GET request has no body; use query.');
  if (value === undefined) return known.own.body ?? null;
  template(value, path, known, false);
  return value;
}

/**
 * A list is sent as it is, so a variable within it would be sent as its name.
 * @param {any} value @param {string} path @param {any} known @param {boolean} inList
 */
function template(value, path, known, inList) {
  if (typeof value === 'string') {
    if (!inList) variables(value, path, known, 'body');
    else if (value.includes('{')) wrong(path, 'variables are not filled in within a list; name one in place of the list.');
  } else if (Array.isArray(value)) {
    value.forEach((item, number) => template(item, `${path}[${number}]`, known, true));
  } else if (value !== null && typeof value === 'object') {
    for (const name of Object.keys(value)) template(value[name], join(path, name), known, inList);
  }
}

/**
 * Refuses variables that the operation does not have, and those that an address
 * must not show: servers and proxies write addresses down.
 * @param {string} text @param {string} path @param {{ operation: string }} known @param {'path' | 'query' | 'body'} place
 */
function variables(text, path, { operation }, place) {
  for (const rest of text.split('{').slice(1)) {
    const end = rest.indexOf('}');
    if (end < 0) wrong(path, 'a "{" has no "}".');
    const name = rest.slice(0, end);
    const own = OPERATIONS[operation];
    if (!own.includes(name) && (name !== 'account' || operation === 'whoami')) noSuch('variable', path, [...own, 'account']);
    if (place !== 'body' && (name === 'secret' || name === 'password')) {
      wrong(path, 'a key or a password must not stand in an address; send it in the body.');
    }
    if (place === 'path' && OPTIONAL.includes(name)) {
      wrong(path, 'a variable that may have no value cannot stand in a path; use query or body.');
    }
  }
}

/** Whether a template, or one within an object, has a variable. @param {any} template @param {string} name @returns {boolean} */
function uses(template, name) {
  if (typeof template === 'string') return template.includes(`{${name}}`);
  return typeof template === 'object' && template !== null && Object.values(template).some((one) => uses(one, name));
}

/** @param {Record<string, any>} endpoints @param {string} path */
function withAccount(endpoints, path) {
  const name = Object.keys(endpoints).find((one) => uses(endpoints[one], 'account'));
  return name && !Object.hasOwn(endpoints, 'whoami') ? wrong(join(path, name), '{account} needs the endpoint whoami, which tells it.') : endpoints;
}

/**
 * What an answer must state follows from the request where the declaration does not
 * say it: `Answer::derived` in src/provider/answer.rs.
 * @param {any} service @param {any} spec
 */
function answered(service, spec) {
  const tellsValidity = Boolean(member(spec.fields, 'valid'));
  for (const [name, endpoint] of Object.entries(service.endpoints)) {
    const said = member(member(spec.endpoints, name), 'answer') == null ? {} : endpoint.answer;
    // A cheap call that stands in for validate: that it succeeds is all there is.
    const isProbe = name === 'validate' && !tellsValidity && !uses(endpoint, 'secret');
    const states = said.states ?? (isProbe ? 'anything' : STATES[name][0]);
    endpoint.answer = { ...(said.statuses && { statuses: said.statuses }), states };
  }
}

/** @param {Record<string, string>} given @param {string} path */
function fields(given, path) {
  only(given, FIELDS, path);
  return { ...FIELDS, ...given };
}

/** @param {any[] | Record<string, any>} value */
function unlessEmpty(value) {
  return Object.keys(value).length > 0 ? value : undefined;
}

/** @param {{ endpoints: Record<string, any>, oneKey: boolean }} service */
function capabilities({ endpoints, oneKey }) {
  const can = (/** @type {string} */ name) => Object.hasOwn(endpoints, name);
  const takes = (/** @type {string} */ name, /** @type {string} */ variable) => can(name) && uses(endpoints[name], variable);
  return {
    signIn: can('signIn'),
    whoami: can('whoami'),
    create: can('create'),
    list: can('list'),
    get: can('get'),
    rotate: can('rotate') || (oneKey && ['list', 'create', 'delete', 'signIn'].every(can)),
    revoke: can('revoke'),
    delete: can('delete'),
    validate: can('validate'),
    expiry: takes('create', 'expires_in') || takes('create', 'expires_at'),
    scopes: takes('create', 'scopes'),
    overlap: takes('rotate', 'overlap'),
    oneKey,
  };
}
