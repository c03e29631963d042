// Declarations: what is wrong with one is named by its field, and what is left out
// is filled in.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import '../sources.js';

const { declare, declareFormat } = await import('../../pkg/client/declare.js');

/** The endpoints of keylatch's own API, as its description has them. */
const OWN = {
  signIn: { method: 'POST', path: '/v1/session', body: { user: '{user}', password: '{password}' } },
  signOut: { method: 'DELETE', path: '/v1/session', body: null },
  whoami: { method: 'GET', path: '/v1/account' },
  create: { method: 'POST', path: '/v1/keys', body: { name: '{name}', expires_in: '{expires_in}' }, idempotencyHeader: 'Idempotency-Key' },
  list: { method: 'GET', path: '/v1/keys', query: { search: '{search}', cursor: '{cursor}' } },
  get: { method: 'GET', path: '/v1/keys/{id}' },
  rotate: { method: 'POST', path: '/v1/keys/{id}/rotate', body: { overlap: '{overlap}' }, idempotencyHeader: 'Idempotency-Key' },
  revoke: { method: 'POST', path: '/v1/keys/{id}/revoke', query: { overlap: '{overlap}' }, body: null },
  delete: { method: 'DELETE', path: '/v1/keys/{id}', body: null },
  validate: { method: 'POST', path: '/v1/keys/validate', body: { secret: '{secret}' } },
  takeBack: { method: 'DELETE', path: '/v1/keys', query: { idempotency_key: '{idempotency_key}' }, body: null },
};

const KNOWN = {
  isBuiltIn: (id) => id === 'keylatch',
  endpoints: OWN,
  // Stands in for Rust, which decides whether a format can be used.
  formatFault({ parts }) {
    if (parts.length === 0) return { path: 'parts', why: 'must have at least one part' };
    const empty = parts.findIndex((part) => Array.isArray(part) && part.length === 0);
    return empty < 0 ? undefined : { path: `parts[${empty}]`, why: 'must name at least one text' };
  },
};

const ACME = { id: 'acme', title: 'Acme' };
const acme = (rest) => declare({ ...ACME, ...rest }, KNOWN);
const endpoint = (name, given) => acme({ endpoints: { [name]: given } }).endpoints[name];

/** What is wrong: `path: sentence`. */
function refusal(work, code = 'invalid_provider') {
  try {
    work();
  } catch (error) {
    assert.equal(error.code, code, error.message);
    return error.message.replace('The provider declaration is wrong at ', '');
  }
  return assert.fail('it was taken');
}

const VARIABLES = 'there is no such variable. Known are ';
const NOT_DATA = 'expected plain data, as JSON has it, not nested too deeply.';

/** What differs from a good declaration, and what is said of it. */
const WRONG = [
  [{ id: undefined }, 'id: it is missing.'],
  [{ id: null }, 'id: it is missing.'],
  [{ id: 7 }, 'id: expected a string, found a number.'],
  [{ id: '' }, 'id: it is empty.'],
  [{ id: 'Acme' }, 'id: use lower-case letters, digits and "-", beginning with a letter.'],
  [{ id: '1acme' }, 'id: use lower-case letters, digits and "-", beginning with a letter.'],
  [{ id: 'a'.repeat(65) }, 'id: use lower-case letters, digits and "-", beginning with a letter.'],
  [{ id: 'acme\n' }, 'id: use lower-case letters, digits and "-", beginning with a letter.'],
  [{ id: 'keylatch' }, 'id: this is the id of a built-in service; choose another.'],
  [{ title: [] }, 'title: expected a string, found an array.'],
  [{ title: '' }, 'title: it is empty.'],
  [{ baseUrl: 'not a url' }, 'baseUrl: an address begins with "https://" and a host.'],
  [{ baseUrl: 'ftp://x' }, 'baseUrl: an address begins with "https://" and a host.'],
  [{ baseUrl: 'https://' }, 'baseUrl: an address begins with "https://" and a host.'],
  [{ baseUrl: 'https://acme.example/a b' }, 'baseUrl: an address begins with "https://" and a host.'],
  [{ keysPage: 'javascript:alert(1)' }, 'keysPage: an address begins with "https://" and a host.'],
  [{ keysHelp: {} }, 'keysHelp: expected a string, found an object.'],
  [{ env: 'ACME_KEY' }, 'env: expected an array, found a string.'],
  [{ env: ['ACME_KEY', 'A B'] }, 'env[1]: an environment variable has letters, digits and "_" only.'],
  [{ env: ['1A'] }, 'env[0]: an environment variable has letters, digits and "_" only.'],
  [{ env: [null] }, 'env[0]: it is missing.'],
  [{ envBaseUrl: [''] }, 'envBaseUrl[0]: it is empty.'],
  [{ dotenv: 'no' }, 'dotenv: expected true or false, found a string.'],
  [{ files: [{ path: 'key' }] }, 'files[0].path: a file is named from the home, as in "~/.acme/key", or from the root.'],
  [{ files: ['~/.acme'] }, 'files[0].path: it is missing.'],
  [{ files: [{ path: '~/x', mode: 1 }] }, 'files[0].mode: there is no such field. Known are path, kind.'],
  [{ files: [{ path: '~/x', kind: 'conduce-config' }] }, 'files[0].kind: there is no such word. Known are text, profiles.'],
  [{ login: { issuer: 'auth.acme', ports: [1], files: [] } }, 'login.clientId: it is missing.'],
  [{ login: { issuer: 'a', clientId: 'c', ports: [80, 0], files: [] } }, 'login.ports[1]: expected a whole number from 1 to 65535.'],
  [{ login: { issuer: 'a', clientId: 'c', ports: [65536], files: [] } }, 'login.ports[0]: expected a whole number from 1 to 65535.'],
  [{ login: { issuer: 'a', clientId: 'c', ports: [null], files: [] } }, 'login.ports[0]: it is missing.'],
  [{ login: { issuer: 'a', clientId: 'c', ports: [] } }, 'login.files: it is missing.'],
  [{ login: { issuer: 'a', clientId: 'c', ports: [], files: [], envDirectory: 'a-b' } }, 'login.envDirectory: an environment variable has letters, digits and "_" only.'],
  [{ schemes: [] }, 'schemes: it needs at least one scheme.'],
  [{ schemes: {} }, 'schemes: expected an array, found an object.'],
  [{ schemes: ['bearer'] }, 'schemes[0].type: it is missing.'],
  [{ schemes: [{ type: 'bearer' }, { type: 'oauth' }] }, 'schemes[1].type: expected bearer, basic or header.'],
  [{ schemes: [{ type: 'constructor' }] }, 'schemes[0].type: expected bearer, basic or header.'],
  [{ schemes: [{ type: 'bearer', user: 'x' }] }, 'schemes[0].user: there is no such field. Known are type.'],
  [{ schemes: [{ type: 'basic', user: 'a:b' }] }, 'schemes[0].user: it must not have a colon or a control character.'],
  [{ schemes: [{ type: 'basic', user: 'a\u0085' }] }, 'schemes[0].user: it must not have a colon or a control character.'],
  [{ schemes: [{ type: 'header' }] }, 'schemes[0].name: it is missing.'],
  [{ schemes: [{ type: 'header', name: 'a b' }] }, 'schemes[0].name: it is not the name of an HTTP header.'],
  [{ schemes: [{ type: 'header', name: 'x-ü' }] }, 'schemes[0].name: it is not the name of an HTTP header.'],
  [{ endpoints: [] }, 'endpoints: expected an object, found an array.'],
  [{ endpoints: { list: null } }, 'endpoints.list.path: it is missing.'],
  [{ endpoints: { list: '' } }, 'endpoints.list: it is empty.'],
  [{ endpoints: { list: 'keys' } }, 'endpoints.list: a path begins with one "/"; the host stands in baseUrl.'],
  [{ endpoints: { list: { path: '//evil.example' } } }, 'endpoints.list.path: a path begins with one "/"; the host stands in baseUrl.'],
  [{ endpoints: { list: { path: '/x', method: 'get' } } }, 'endpoints.list.method: there is no such word. Known are GET, POST, PUT, PATCH, DELETE.'],
  [{ endpoints: { get: '/x/{idd}' } }, `endpoints.get: ${VARIABLES}id, account.`],
  [{ endpoints: { whoami: '/u/{account}' } }, `endpoints.whoami: ${VARIABLES}account.`],
  [{ endpoints: { get: { path: '/x/{id' } } }, 'endpoints.get.path: a "{" has no "}".'],
  [{ endpoints: { get: { path: '/x/{{id}}' } } }, 'endpoints.get.path: a "{" has no "}".'],
  [{ endpoints: { list: { path: '/x', query: { q: '{serach}' } } } }, `endpoints.list.query.q: ${VARIABLES}status, search, cursor, account.`],
  [{ endpoints: { list: { path: '/x', query: { q: 7 } } } }, 'endpoints.list.query.q: expected a string, found a number.'],
  [{ endpoints: { create: { path: '/x', body: { a: { b: '{nmae}' } } } } }, `endpoints.create.body.a.b: ${VARIABLES}name, expires_in, expires_at, scopes, attempt, account.`],
  [{ endpoints: { create: { path: '/x', body: { a: [1, ['{scopes}']] } } } }, 'endpoints.create.body.a[1][0]: variables are not filled in within a list; name one in place of the list.'],
  [{ endpoints: { create: { path: '/x', body: [{ b: '{name}' }] } } }, 'endpoints.create.body[0].b: variables are not filled in within a list; name one in place of the list.'],
  [{ endpoints: { list: { path: '/x', body: {} } } }, 'endpoints.list.body: a GET request has no body; use query.'],
  [{ endpoints: { create: { path: '/x', method: 'GET', body: {} } } }, 'endpoints.create.body: a GET request has no body; use query.'],
  [{ endpoints: { validate: '/x/{secret}' } }, 'endpoints.validate: a key or a password must not stand in an address; send it in the body.'],
  [{ endpoints: { signIn: { path: '/x', query: { p: '{password}' } } } }, 'endpoints.signIn.query.p: a key or a password must not stand in an address; send it in the body.'],
  [{ endpoints: { list: { path: '/keys?after={cursor}' } } }, 'endpoints.list.path: a variable that may have no value cannot stand in a path; use query or body.'],
  [{ endpoints: { list: '/{cursor}/{typo}' } }, 'endpoints.list: a variable that may have no value cannot stand in a path; use query or body.'],
  [{ endpoints: { create: { path: '/x', idempotencyHeader: 'a b' } } }, 'endpoints.create.idempotencyHeader: it is not the name of an HTTP header.'],
  [{ endpoints: { validate: { path: '/x', refusals: [404, 399] } } }, 'endpoints.validate.refusals[1]: expected a whole number from 400 to 599.'],
  [{ endpoints: { validate: { path: '/x', refusals: ['404'] } } }, 'endpoints.validate.refusals[0]: expected a whole number from 400 to 599.'],
  [{ endpoints: { list: '/u/{account}/keys' } }, 'endpoints.list: {account} needs the endpoint whoami, which tells it.'],
  [{ endpoints: { create: { path: '/x', body: { of: { user: '{account}' } } } } }, 'endpoints.create: {account} needs the endpoint whoami, which tells it.'],
  [{ endsByDefault: 'P3M' }, 'endsByDefault: expected true or false, found a string.'],
  [{ oneKey: 1 }, 'oneKey: expected true or false, found a number.'],
  [{ discovery: '/hub' }, 'discovery.path: it is missing.'],
  [{ discovery: { path: '//hub', member: 'server' } }, 'discovery.path: a path begins with one "/"; the host stands in baseUrl.'],
  [{ discovery: { path: '/hub' } }, 'discovery.member: it is missing.'],
  [{ fields: { key: null } }, 'fields.key: it is missing.'],
  [{ fields: { key: false } }, 'fields.key: expected a string, found a boolean.'],
  [{ timeUnit: 'min' }, 'timeUnit: there is no such word. Known are s, ms.'],
  [{ errors: { code: 7 } }, 'errors.code: expected a string, found a number.'],
  [{ errors: { reason: 'x' } }, 'errors.reason: there is no such field. Known are code, message, suggestion.'],
];

/** The same of a key format, which stands alone too. */
const WRONG_FORMATS = [
  [{}, 'parts: it is missing.'],
  [{ parts: {} }, 'parts: expected an array, found an object.'],
  [{ parts: [] }, 'parts: must have at least one part'],
  [{ parts: ['a', []] }, 'parts[1]: must name at least one text'],
  [{ parts: ['a', ''] }, 'parts[1]: it is empty.'],
  [{ parts: [['a', 7]] }, 'parts[0][1]: expected a string, found a number.'],
  [{ parts: [true] }, 'parts[0]: expected a string, an array of strings or an object, found a boolean.'],
  [{ parts: [null] }, 'parts[0]: it is missing.'],
  [{ parts: [{ length: 3 }] }, 'parts[0].alphabet: it is missing.'],
  [{ parts: [{ alphabet: 'hex' }] }, 'parts[0].length: it is missing.'],
  [{ parts: [{ alphabet: 'hex', length: 0 }] }, 'parts[0].length: expected a whole number from 1 to 512.'],
  [{ parts: [{ alphabet: 'hex', length: 513 }] }, 'parts[0].length: expected a whole number from 1 to 512.'],
  [{ parts: [{ alphabet: 'hex', length: 1.5 }] }, 'parts[0].length: expected a whole number from 1 to 512.'],
  [{ parts: [{ alphabet: 'hex', length: [3] }] }, 'parts[0].length: expected a whole number from 1 to 512.'],
  [{ parts: [{ alphabet: 'hex', length: { min: 3 } }] }, 'parts[0].length.max: it is missing.'],
  [{ parts: [{ alphabet: 'hex', length: 3, covers: 'all' }] }, 'parts[0].covers: there is no such field. Known are alphabet, length.'],
  [{ parts: [{ checksum: 'md5', covers: 'all', length: 6 }] }, 'parts[0].checksum: expected crc32.'],
  [{ parts: [{ checksum: 'crc32', covers: 'none', length: 6 }] }, 'parts[0].covers: there is no such word. Known are body, all.'],
  [{ parts: [{ checksum: 'crc32', covers: 'all' }] }, 'parts[0].length: it is missing.'],
  [{ parts: ['a'], certainty: 'sure' }, 'certainty: there is no such word. Known are documented, observed, unknown.'],
  [{ parts: ['a'], part: 1 }, 'part: there is no such field. Known are parts, certainty.'],
];

describe('a wrong declaration is named by its field', () => {
  for (const [rest, expected] of WRONG) {
    it(`${JSON.stringify(rest)}: ${expected}`, () => assert.equal(refusal(() => acme(rest)), expected));
  }
  for (const [format, expected] of WRONG_FORMATS) {
    it(`${JSON.stringify(format)}: ${expected}`, () => {
      assert.equal(refusal(() => acme({ format })), `format.${expected}`);
      assert.equal(refusal(() => declareFormat(format, KNOWN)), `format.${expected}`);
    });
  }
  it('a name that nothing reads is told with those that there are', () => {
    for (const [rest, path, what, names] of [
      [{ tittle: 'x' }, 'tittle', 'field', ['id', 'title', 'baseUrl', 'dotenv', 'capabilities', 'certainty']],
      [{ '': 'x' }, 'the top', 'field', ['id']],
      [{ fields: { idd: 'x' } }, 'fields.idd', 'field', ['key', 'wholeKey', 'user']],
      [{ endpoints: { frobnicate: '/x' } }, 'endpoints.frobnicate', 'operation', ['signIn', 'checkSession', 'takeBack']],
      [{ endpoints: { list: { path: '/x', headers: {} } } }, 'endpoints.list.headers', 'field', ['path', 'method', 'refusals']],
      [{ login: { client: 'x' } }, 'login.client', 'field', ['issuer', 'clientId', 'envDirectory', 'files']],
    ]) {
      const told = refusal(() => acme(rest));
      const [head, known] = told.split(' Known are ');
      assert.equal(head, `${path}: there is no such ${what}.`);
      for (const name of names) assert.ok(known.slice(0, -1).split(', ').includes(name), `${name} in ${told}`);
    }
  });
  it('what is no object at all is said of the top', () => {
    assert.equal(refusal(() => declare(null, KNOWN)), 'the top: it is missing.');
    assert.equal(refusal(() => declare([], KNOWN)), 'the top: expected an object, found an array.');
    assert.equal(refusal(() => declare('acme', KNOWN)), 'the top: expected an object, found a string.');
  });
});

describe('a good declaration', () => {
  it('is completed with the defaults', () => {
    assert.deepEqual(declare(ACME, KNOWN), {
      id: 'acme', title: 'Acme', env: [], envBaseUrl: [], dotenv: true, files: [], schemes: [{ type: 'bearer' }], endpoints: {},
      oneKey: false, endsByDefault: false, listsWorkingKeysOnly: false, timeUnit: 's', errors: { code: 'type', message: 'detail|title', suggestion: '' },
      fields: {
        key: 'key|', secret: 'secret', items: 'items', cursor: 'next_cursor', id: 'id', name: 'name', status: 'status', masked: 'masked',
        wholeKey: '', scopes: 'scopes', createdAt: 'created_at', expiresAt: 'expires_at', lastUsedAt: 'last_used_at',
        revokedAt: 'revoked_at', replacedBy: 'replaced_by', valid: 'valid', reason: 'reason', validKey: 'key', account: 'id', user: 'user',
      },
      capabilities: {
        signIn: false, whoami: false, create: false, list: false, get: false, rotate: false, revoke: false, delete: false,
        validate: false, expiry: false, scopes: false, overlap: false, oneKey: false,
      },
      certainty: 'unknown',
    });
  });
  it('takes null for what is left out', () => {
    const nothing = Object.fromEntries(['baseUrl', 'keysPage', 'env', 'dotenv', 'files', 'login', 'format', 'schemes', 'endpoints', 'discovery', 'oneKey',
      'endsByDefault', 'listsWorkingKeysOnly', 'fields', 'timeUnit', 'errors', 'capabilities', 'certainty'].map((name) => [name, null]));
    assert.deepEqual(acme(nothing), acme({}));
  });
  it('is frozen to its leaves', () => {
    const service = acme({ endpoints: { create: { path: '/x', body: { a: [{}] } } }, files: [{ path: '~/x' }] });
    const check = (value) => {
      if (typeof value !== 'object' || value === null) return;
      assert.ok(Object.isFrozen(value));
      Object.values(value).forEach(check);
    };
    check(service);
  });
  it('can be declared again, and stays what it is', () => {
    const service = acme({
      baseUrl: 'https://api.acme.example', keysPage: 'https://acme.example/keys', keysHelp: 'Click.', env: ['ACME_KEY'],
      files: [{ path: '~/.acme', kind: 'profiles' }], oneKey: true, timeUnit: 'ms', discovery: { path: '/hub', member: 'server' },
      login: { issuer: 'auth.acme', clientId: 'c', ports: [1, 65535], env: ['A', 'B', 'C', 'D'], envDirectory: 'DIR', files: ['~/t'] },
      format: { parts: ['ak_', { alphabet: 'base62', length: 32 }] },
      schemes: [{ type: 'header', name: 'x-acme-key' }, { type: 'basic', user: 'api' }, { type: 'basic' }],
      endpoints: { ...OWN, checkSession: '/session', validate: { path: '/me', method: 'GET', refusals: [403, 404] } },
      fields: { name: 'label', items: '' }, errors: { message: 'error.text' },
    });
    assert.deepEqual(declare(JSON.parse(JSON.stringify(service)), KNOWN), service);
    assert.deepEqual(service.login.env, ['A', 'B', 'C']);
    assert.deepEqual([service.login.audience, service.login.scope], ['', 'openid offline_access']);
    assert.deepEqual(service.errors, { code: '', message: 'error.text', suggestion: '' });
    assert.deepEqual([service.fields.name, service.fields.items, service.fields.id], ['label', '', 'id']);
    assert.deepEqual(service.schemes, [{ type: 'header', name: 'x-acme-key' }, { type: 'basic', user: 'api' }, { type: 'basic' }]);
    assert.deepEqual(service.discovery, { path: '/hub', member: 'server', suffix: '' });
    assert.equal(service.certainty, 'documented');
  });
  it('has the capabilities of its endpoints', () => {
    const can = (rest) => Object.entries(acme(rest).capabilities).filter(([, able]) => able).map(([name]) => name);
    assert.deepEqual(can({ endpoints: { whoami: '/me', create: { path: '/x', body: { a: { scopes: '{scopes}' } } } } }), ['whoami', 'create', 'scopes']);
    assert.deepEqual(can({ endpoints: { create: { path: '/x', method: 'PUT', query: { until: '{expires_at}' } } } }), ['create', 'expiry']);
    assert.deepEqual(can({ endpoints: { rotate: '/x/{id}' } }), ['rotate', 'overlap']);
    const four = { list: '/k', create: { path: '/k', body: null }, delete: '/k/{id}', signIn: '/s' };
    assert.deepEqual(can({ oneKey: true, endpoints: four }), ['signIn', 'create', 'list', 'rotate', 'delete', 'oneKey']);
    assert.deepEqual(can({ endpoints: four }), ['signIn', 'create', 'list', 'delete']);
    // It follows from the rest, whatever is said of it.
    assert.deepEqual(can({ capabilities: { create: true }, certainty: 7 }), []);
  });
});

describe('an endpoint', () => {
  const body = OWN.create.body;
  /** What an answer must state where nothing is said of it. */
  const STATES = { list: 'keys', create: 'newKey', checkSession: 'anything', validate: 'valid', delete: 'end' };
  for (const [name, given, expected, answer = { states: STATES[name] }] of [
    ['list', '/tokens', { ...OWN.list, path: '/tokens' }],
    ['create', '/tokens', { ...OWN.create, path: '/tokens' }],
    ['checkSession', '/s', { method: 'GET', path: '/s' }],
    ['list', { path: '/tokens' }, { method: 'GET', path: '/tokens' }],
    ['list', { path: '/tokens', query: {} }, { method: 'GET', path: '/tokens' }],
    ['list', { path: '/tokens', method: 'POST' }, { method: 'POST', path: '/tokens', body: null }],
    ['create', { path: '/tokens' }, { method: 'POST', path: '/tokens', body }],
    ['create', { path: '/tokens', method: 'PUT' }, { method: 'PUT', path: '/tokens', body }],
    ['create', { path: '/tokens', method: 'GET' }, { method: 'GET', path: '/tokens' }],
    ['create', { path: '/tokens', method: 'GET', body: null }, { method: 'GET', path: '/tokens' }],
    ['create', { path: '/tokens', body: null }, { method: 'POST', path: '/tokens', body: null }],
    ['create', { path: '/tokens', body: undefined }, { method: 'POST', path: '/tokens', body: null }],
    ['create', { path: '/t', body: { a: [1, null, { b: 'x' }], c: 'for {name}', d: {}, e: '' } },
      { method: 'POST', path: '/t', body: { a: [1, null, { b: 'x' }], c: 'for {name}', d: {}, e: '' } }],
    ['create', { path: '/t', idempotencyHeader: 'Once' }, { method: 'POST', path: '/t', body, idempotencyHeader: 'Once' }],
    ['validate', { path: '/v', method: 'GET', refusals: [400, 599] }, { method: 'GET', path: '/v', refusals: [400, 599] }, { states: 'anything' }],
    ['validate', { path: '/v', method: 'GET', refusals: [] }, { method: 'GET', path: '/v' }, { states: 'anything' }],
    ['validate', '/v', { ...OWN.validate, path: '/v' }],
    ['list', { path: '/k', answer: { statuses: [206] } }, { method: 'GET', path: '/k' }, { statuses: [206], states: 'keys' }],
    ['delete', { path: '/k/{id}', body: null, answer: { states: 'nothing' } }, { method: 'DELETE', path: '/k/{id}', body: null }, { states: 'nothing' }],
    ['delete', { path: '/k/{id}', body: { key: '{secret}' } }, { method: 'DELETE', path: '/k/{id}', body: { key: '{secret}' } }],
  ]) {
    it(`${name}: ${JSON.stringify(given)}`, () => assert.deepEqual(endpoint(name, given), { ...expected, answer }));
  }
  it('may name the account where whoami tells it', () => {
    const { endpoints } = acme({ endpoints: { list: '/u/{account}/keys', whoami: '/me' } });
    assert.equal(endpoints.list.path, '/u/{account}/keys');
  });
});

describe('a key format', () => {
  for (const [given, expected] of [
    [{ parts: ['a_'] }, { parts: ['a_'], certainty: 'documented' }],
    [{ parts: [['a_']], certainty: 'observed' }, { parts: ['a_'], certainty: 'observed' }],
    [{ parts: [['a_', 'b_']], certainty: null }, { parts: [['a_', 'b_']], certainty: 'documented' }],
    [{ parts: [{ alphabet: 'hex', length: { min: 3, max: 3 } }] }, { parts: [{ alphabet: 'hex', length: 3 }], certainty: 'documented' }],
    [{ parts: [{ alphabet: '01', length: { min: 1, max: 512, step: 1 } }] }, { parts: [{ alphabet: '01', length: { min: 1, max: 512 } }], certainty: 'documented' }],
    [{ parts: ['a', { checksum: 'crc32', covers: 'body', length: 6 }] }, { parts: ['a', { checksum: 'crc32', covers: 'body', length: 6 }], certainty: 'documented' }],
  ]) {
    it(JSON.stringify(given), () => {
      const format = declareFormat(given, KNOWN);
      assert.deepEqual(format, expected);
      assert.ok(Object.isFrozen(format.parts));
      assert.deepEqual(acme({ format: given }).format, expected);
      assert.equal(acme({ format: given }).certainty, expected.certainty);
    });
  }
});

describe('a hostile value', () => {
  const boom = () => { throw new Error('hostile'); };
  const nested = (levels) => Array.from({ length: levels }).reduce((inner) => ({ inner }), 'x');
  const lying = (length) => new Proxy(['A', 'B', 'C'], { get: (items, name) => (name === 'length' ? length : items[name]) });
  const cyclic = () => {
    const value = { list: [] };
    value.list.push(value);
    return value;
  };
  const revoked = (target) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };

  for (const [what, value] of Object.entries({
    'a function': () => {},
    'a symbol': Symbol('x'),
    'a BigInt': 1n,
    'a getter that throws': { get id() { return boom(); } },
    'a proxy that throws': new Proxy({}, { ownKeys: boom }),
    'a revoked proxy': revoked({}),
    'a revoked array proxy': revoked([]),
    'a cyclic object': cyclic(),
    'a method': { toJSON: () => 'x' },
    'a date': new Date(),
    'a Map': new Map([['id', 'acme']]),
    'a boxed string': new String('https://x'),
    bytes: new Uint8Array(2),
    'too deep an object': nested(25),
    'too long an array': new Array(250_001),
    'too many values': { a: new Array(125_000), b: new Array(125_000) },
    'an array without an end': lying(Infinity),
    'an array whose length is no number': lying('3'),
    'an array whose length is NaN': lying(NaN),
  })) {
    it(`${what} is no plain data`, () => {
      assert.equal(refusal(() => declare(value, KNOWN), 'invalid_argument'), `provider: ${NOT_DATA}`);
      assert.equal(refusal(() => declareFormat(value, KNOWN), 'invalid_argument'), `format: ${NOT_DATA}`);
      assert.equal(refusal(() => acme({ endpoints: { create: { path: '/x', body: { a: value } } } }), 'invalid_argument'), `provider: ${NOT_DATA}`);
    });
  }
  it('may be as deep as 24 levels, and hold 250,000 values', () => {
    const depth = (value) => (typeof value === 'object' ? 1 + depth(value.inner) : 0);
    const { body } = endpoint('create', { path: '/x', body: nested(21) });
    assert.equal(depth(body), 21);
    // Beside them: the declaration, id, title, endpoints, create, path, body.
    const items = new Array(250_000 - 7).fill(0);
    assert.equal(endpoint('create', { path: '/x', body: items }).body.length, items.length);
    assert.equal(refusal(() => endpoint('create', { path: '/x', body: [...items, 0] }), 'invalid_argument'), `provider: ${NOT_DATA}`);
  });
  it('is read once', () => {
    let reads = 0;
    const service = declare({ ...ACME, get title() { return ++reads === 1 ? 'Acme' : 7; } }, KNOWN);
    assert.deepEqual([service.title, reads], ['Acme', 1]);
  });
  it('counts by what its length says, if that can be', () => {
    assert.deepEqual(acme({ env: lying(2.5) }).env, ['A', 'B']);
    assert.deepEqual(acme({ env: lying(-1) }).env, []);
    assert.equal(refusal(() => acme({ env: Object.assign(['A'], { length: 2 }) })), 'env[1]: it is missing.');
  });
  it('has only the members that are its own', () => {
    assert.equal(refusal(() => declare(Object.create({ id: 'acme', title: 'Acme' }), KNOWN)), 'id: it is missing.');
    assert.equal(refusal(() => acme({ schemes: [Object.create({ type: 'bearer' })] })), 'schemes[0].type: it is missing.');
  });
  it('does not get into the prototypes', () => {
    const polluting = (where) => JSON.parse(`{"id":"acme","title":"Acme",${where.replace('@', '"__proto__":{"path":"/x"}')}}`);
    for (const [where, expected] of [
      ['@', '__proto__: there is no such field.'],
      ['"endpoints":{@}', 'endpoints.__proto__: there is no such operation.'],
      ['"fields":{@}', 'fields.__proto__: expected a string, found an object.'],
      ['"errors":{@}', 'errors.__proto__: there is no such field.'],
      ['"schemes":[{@}]', 'schemes[0].type: it is missing.'],
      ['"endpoints":{"list":{@}}', 'endpoints.list.__proto__: there is no such field.'],
    ]) assert.equal(refusal(() => declare(polluting(where), KNOWN)).split(' Known')[0], expected);
    const { body } = declare(polluting('"endpoints":{"create":{"path":"/c","body":{@}}}'), KNOWN).endpoints.create;
    assert.equal(Object.getPrototypeOf(body), Object.prototype);
    assert.deepEqual(Object.keys(body), ['__proto__']);
    assert.equal({}.path, undefined);
  });
  it('has half a surrogate pair replaced, as it cannot be sent', () => {
    assert.equal(acme({ title: 'a\ud800b\u{1f511}' }).title, 'a\ufffdb\u{1f511}');
    assert.equal(refusal(() => acme({ '\udc00': 1 })).split(':')[0], '\ufffd');
  });
});
