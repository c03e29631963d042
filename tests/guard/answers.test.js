// Every answer of a guard: who is let in, and with what the others are refused.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';

import { generateKey, KeylatchError } from '../../pkg/dist/node/index.js';
import { createGuard } from '../../pkg/dist/node/guard.js';
import { bearer, OWNER, refusal, table } from './support/table.js';

const basic = (text) => `Basic ${Buffer.from(text).toString('base64')}`;

test('whoever has a good key is told of: id, owner, scopes, metadata', async () => {
  const { guard, issue } = table();
  const { key, row } = issue({ scopes: ['mesh:read', 'mesh:write'], metadata: { plan: 'pro' } });
  const { id } = row;
  const expected = { id, owner: OWNER, scopes: ['mesh:read', 'mesh:write'], metadata: { plan: 'pro' }, prefix: 'kl_live_', expiresAt: row.expiresAt, limits: [] };
  assert.deepEqual(await guard.authenticate(new Request('https://x.test/', bearer(key))), expected);
  assert.deepEqual(await guard.authenticate(bearer(key), { scopes: ['mesh:write', 'mesh:read'] }), expected);
  assert.deepEqual(await guard.authenticate({ headers: { AUTHORIZATION: [`bearer   ${key} `] } }), expected);
});

test('a handler cannot change what others are told of the key', async () => {
  const { guard, issue } = table();
  const { key } = issue({ metadata: { plan: { name: 'free' } } });
  const caller = await guard.authenticate(bearer(key));
  assert.throws(() => caller.scopes.push('admin'), TypeError);
  assert.throws(() => (caller.metadata.plan.name = 'pro'), TypeError);
  caller.owner = 'other';
  caller.expiresAt.setTime(0);
  assert.deepEqual([(await guard.authenticate(bearer(key))).owner, (await guard.authenticate(bearer(key))).expiresAt > new Date()], [OWNER, true]);
});

test('every refusal: status, challenge, code and text', async (t) => {
  const { guard, issue, rows } = table();
  const [good, expired, revoked, disabled, narrow] = Array.from({ length: 5 }, () => issue({ scopes: ['mesh:read'] }));
  rows.get(expired.row.hash).expiresAt = new Date(Date.now() - 1);
  rows.get(revoked.row.hash).revokedAt = new Date();
  rows.get(disabled.row.hash).disabled = true;
  const mistyped = good.key.slice(0, -1) + (good.key.endsWith('x') ? 'y' : 'x');
  const notValid = [401, 'invalid_token', 'The API key is not valid.', 'Bearer error="invalid_token", error_description="The API key is not valid."'];
  const malformed = (detail) => [400, 'invalid_request', detail, `Bearer error="invalid_request", error_description="${detail}"`];
  const ask = 'Send `Authorization: Bearer KEY`.';

  for (const [name, headers, [status, code, detail, challenge], reason] of [
    ['no header', {}, [401, 'no_credential', 'This needs an API key. Send it as `Authorization: Bearer KEY`.', 'Bearer']],
    ['another scheme', { authorization: 'Negotiate YII=' }, [401, 'no_credential', 'This needs an API key. Send it as `Authorization: Bearer KEY`.', 'Bearer']],
    ['an empty header', { authorization: '' }, malformed(`The Authorization header is malformed. ${ask}`)],
    ['the scheme alone', { authorization: 'Bearer ' }, malformed(`The Authorization header is malformed. ${ask}`)],
    ['the key alone', { authorization: good.key }, malformed(`The Authorization header is malformed. ${ask}`)],
    ['two words', { authorization: `Bearer ${good.key} ${good.key}` }, malformed(`The Authorization header is malformed. ${ask}`)],
    ['two in one header', { authorization: `Bearer ${good.key}, Bearer ${good.key}` }, malformed('The request carries more than one Authorization header. Send exactly one.')],
    ['two headers', { authorization: [`Bearer ${good.key}`, `Bearer ${good.key}`] }, malformed('The request carries more than one API key. Send exactly one.')],
    ['two headers of two schemes', { authorization: ['Negotiate YII=', `Bearer ${good.key}`] }, malformed('The request carries more than one API key. Send exactly one.')],
    ['two spellings of a header', { Authorization: `Bearer ${good.key}`, AUTHORIZATION: 'Bearer x' }, malformed('The request carries more than one API key. Send exactly one.')],
    ['two spellings, one in lower case', { authorization: `Bearer ${good.key}`, Authorization: 'Bearer x' }, malformed('The request carries more than one API key. Send exactly one.')],
    ['a typing error', bearer(mistyped).headers, notValid, 'mistyped'],
    ['no key at all', bearer('hunter2').headers, notValid, 'mistyped'],
    ['another environment', bearer(generateKey('test').expose()).headers, notValid, 'mistyped'],
    ['a megabyte', bearer('k'.repeat(1_000_000)).headers, notValid, 'mistyped'],
    ['unknown', bearer(generateKey().expose()).headers, notValid, 'not_found'],
    ['revoked', bearer(revoked.key).headers, notValid, 'revoked'],
    ['disabled', bearer(disabled.key).headers, notValid, 'disabled'],
    ['expired', bearer(expired.key).headers, [401, 'invalid_token', 'The API key has expired.', 'Bearer error="invalid_token", error_description="The API key has expired."'], 'expired'],
    ['narrow', bearer(narrow.key).headers, [403, 'insufficient_scope', 'This needs an API key with the scopes mesh:read, mesh:write.',
      'Bearer error="insufficient_scope", error_description="This needs an API key with the scopes mesh:read, mesh:write.", scope="mesh:read mesh:write"']],
  ]) {
    await t.test(name, async () => {
      const error = await refusal(guard.authenticate({ headers }, { scopes: ['mesh:read', 'mesh:write'] }));
      assert.ok(error instanceof KeylatchError);
      assert.deepEqual([error.name, error.status, error.code, error.message, error.reason], ['KeylatchError', status, code, detail, reason]);
      const { response } = error;
      assert.equal(error.response, response, 'the same each time');
      assert.ok(response instanceof Response);
      assert.deepEqual([response.status, response.headers.get('content-type'), response.headers.get('cache-control')], [status, 'application/problem+json', 'no-store']);
      assert.equal(response.headers.get('www-authenticate'), challenge);
      const problem = await response.json();
      assert.deepEqual([problem.type, problem.status, problem.detail, problem.code], ['about:blank', status, detail, code]);
      assert.deepEqual(problem.scope, status === 403 ? 'mesh:read mesh:write' : undefined);
      assert.ok(!JSON.stringify({ ...error, message: error.message, problem }).includes(good.key.slice(8, 30)), 'no key in it');
      assert.doesNotMatch(JSON.stringify({ ...error, problem }), /not_found|revoked|disabled|mistyped/);
    });
  }
});

test('each scheme has its place and its challenge, and a request has one key', async () => {
  const schemes = [{ type: 'bearer' }, { type: 'basic' }, { type: 'header', name: 'X-Acme-Key' }];
  const { guard, issue } = table({ schemes });
  const { key } = issue();
  const code = (headers, guarded = guard) => guarded.authenticate({ headers }).then(() => 'ok', ({ code }) => code);
  for (const [headers, expected] of [
    [{ authorization: `Bearer ${key}` }, 'ok'],
    [{ authorization: basic(`${key}:`) }, 'ok'],
    [{ 'x-acme-key': key }, 'ok'],
    [{ 'X-ACME-KEY': ` ${key} ` }, 'ok'],
    [{}, 'no_credential'],
    [{ 'x-acme-key': '' }, 'invalid_request'],
    [{ 'x-acme-key': `${key}, ${key}` }, 'invalid_request'],
    [{ 'x-acme-key': [key, key] }, 'invalid_request'],
    [{ 'x-acme-key': `${key},${key}` }, 'invalid_request'],
    [{ 'x-acme-key': `${key},` }, 'invalid_request'],
    [{ 'x-acme-key': key, 'X-Acme-Key': 'x' }, 'invalid_request'],
    [{ authorization: `Bearer ${key}`, 'x-acme-key': key }, 'invalid_request'],
    [{ authorization: basic(`${key}:`), 'x-acme-key': key }, 'invalid_request'],
    [{ authorization: basic(`${key}:password`) }, 'invalid_request'],
    [{ authorization: basic(key) }, 'invalid_request'],
    [{ authorization: basic(`:${key}`) }, 'invalid_request'],
    [{ authorization: 'Basic ÿ' }, 'invalid_request'],
    [{ authorization: 'Basic /////w==' }, 'invalid_request'],
    [{ authorization: 'Digest username="a", uri="/"', 'x-acme-key': key }, 'ok'],
  ]) assert.equal(await code(headers), expected, JSON.stringify(Object.keys(headers)));

  const { headers, problem } = await refusal(guard.authenticate({ headers: {} }));
  assert.equal(headers['WWW-Authenticate'], 'Bearer, Basic realm="API", charset="UTF-8", ApiKey header="X-Acme-Key"');
  assert.equal(problem.detail, 'This needs an API key. Send it as `Authorization: Bearer KEY` or Basic authentication with the key as user name and no password or `X-Acme-Key: KEY`.');

  const user = table({ schemes: [{ type: 'basic', user: 'api' }] });
  const issued = user.issue().key;
  assert.equal(await code({ authorization: basic(`api:${issued}`) }, user.guard), 'ok');
  for (const text of [`other:${issued}`, `${issued}:`, 'api:']) assert.equal(await code({ authorization: basic(text) }, user.guard), 'invalid_request');
  assert.equal(await code({ authorization: `Bearer ${issued}` }, user.guard), 'no_credential');

  const named = table({ schemes: [{ type: 'basic', user: 'mü"x' }] });
  assert.equal(await code({ authorization: basic(`mü"x:${named.issue().key}`) }, named.guard), 'ok');
  const { response } = await refusal(named.guard.authenticate({ headers: { authorization: basic('other:x') } }));
  assert.deepEqual([response.status, (await response.json()).detail], [400, 'The Authorization header is malformed. Send Basic authentication with the user name mü"x and the key as password.']);

  const header = table({ schemes: [{ type: 'header', name: 'x-api-key' }] });
  const own = header.issue().key;
  assert.equal(await code({ 'x-api-key': own, authorization: 'Bearer of-something-else' }, header.guard), 'ok');
  const unknown = await refusal(header.guard.authenticate({ headers: { 'x-api-key': generateKey().expose() } }));
  assert.equal(unknown.headers['WWW-Authenticate'], 'ApiKey header="x-api-key", error="invalid_token", error_description="The API key is not valid."');
});

test('a second Authorization header, of which Node says nothing, is seen', async (t) => {
  const { guard, issue } = table();
  const { key } = issue();
  const server = createServer((request, response) => guard.authenticate(request).then(
    ({ owner }) => response.end(owner),
    ({ status, headers, problem }) => response.writeHead(status, headers).end(JSON.stringify(problem)),
  ));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const send = async (...lines) => {
    const socket = connect(server.address().port, '127.0.0.1');
    socket.end(['GET / HTTP/1.1', 'Host: x', 'Connection: close', ...lines, '', ''].join('\r\n'));
    let text = '';
    for await (const part of socket) text += part;
    return text;
  };
  assert.match(await send(`Authorization: Bearer ${key}`), /^HTTP\/1\.1 200 [^]*cust_7/);
  assert.match(await send(`AUTHORIZATION: Bearer ${key}`, `authorization: Bearer ${generateKey().expose()}`), /^HTTP\/1\.1 400 [^]*more than one API key/);
});

test('headers may stand in a Map or in pairs, in any case, and each is counted', async () => {
  const { guard, issue } = table({ schemes: [{ type: 'bearer' }, { type: 'header', name: 'X-Acme-Key' }] });
  const { key } = issue();
  for (const name of ['authorization', 'Authorization', 'AUTHORIZATION']) {
    for (const pairs of [[[name, `Bearer ${key}`]], [['X-ACME-KEY', key]], [['x-other', 'Bearer x'], [name, `Bearer ${key}`], ['x-acme-key', undefined]]]) {
      for (const headers of [new Map(pairs), pairs, new Set(pairs), Object.fromEntries(pairs)]) assert.equal((await guard.authenticate({ headers })).owner, OWNER);
    }
    const twice = [[name, `Bearer ${key}`], ['aUTHORIZATION', `Bearer ${generateKey().expose()}`]];
    for (const headers of [new Map(twice), twice]) assert.equal((await refusal(guard.authenticate({ headers }))).code, 'invalid_request');
  }
  assert.equal((await refusal(guard.authenticate({ headers: new Map() }))).code, 'no_credential');
});

test("a second header is seen too where a framework's own request has Node's within", async () => {
  const { guard, issue } = table();
  const { headers } = bearer(issue().key);
  const twice = ['Authorization', headers.authorization, 'authorization', 'Bearer x'];
  for (const within of ['raw', 'req']) {
    assert.equal((await guard.authenticate({ headers, [within]: { headers, rawHeaders: twice.slice(0, 2) } })).owner, OWNER);
    assert.equal((await refusal(guard.authenticate({ headers, [within]: { headers, rawHeaders: twice } }))).code, 'invalid_request', within);
  }
});

test('what a middleware has made of the headers counts', async () => {
  const { guard, issue } = table();
  const { key } = issue();
  const sent = ['Host', 'x', 'Authorization', 'Bearer of-a-proxy'];
  assert.equal((await guard.authenticate({ ...bearer(key), rawHeaders: sent })).owner, OWNER);
  assert.equal((await refusal(guard.authenticate({ headers: { host: 'x' }, rawHeaders: sent }))).code, 'no_credential');
  assert.equal((await guard.authenticate({ ...bearer(key), rawHeaders: ['Host', 'x'] })).owner, OWNER);
});

test('several formats are taken while one follows another', async () => {
  const own = (prefix) => ({ parts: [prefix, { alphabet: 'base62', length: 24 }], certainty: 'documented' });
  const { guard, issue } = table({ format: [own('new_'), own('old_'), 'test'] });
  for (const format of [own('new_'), own('old_'), 'test']) assert.equal((await guard.authenticate(bearer(issue({ format }).key))).owner, OWNER);
  assert.equal((await refusal(guard.authenticate(bearer(issue({ format: 'live' }).key)))).reason, 'mistyped');
});

test('rubbish and typing errors never reach the table', async () => {
  const { guard, asked, issue } = table();
  const { key } = issue();
  const texts = ['x', 'hunter2', key.slice(0, -1), `${key}x`, key.toUpperCase(), `kl_live_${'0'.repeat(36)}`, "' OR 1=1 --", 'ü', '\u0000', generateKey('test').expose()];
  for (const text of texts) await refusal(guard.authenticate({ headers: { get: () => `Bearer ${text}` } }));
  assert.deepEqual(asked, []);
});

test('what is no request is a fault of the program, and no refusal', async () => {
  const { guard, issue } = table();
  const { key } = issue();
  const throwing = new Proxy({}, { get: () => { throw new Error('no'); } });
  const name = 'authorization';
  const headers = [null, 7, true, 'authorization: Bearer x', () => ({}), Promise.resolve(new Headers()), [name, 'Bearer x'], new Set([name]), { [name]: 7 }, { [name]: [{}] }, throwing];
  for (const request of [undefined, null, 7, 'text', {}, throwing, ...headers.map((headers) => ({ headers }))]) {
    const error = await refusal(guard.authenticate(request));
    assert.deepEqual([error.code, error.response], ['invalid_argument', undefined]);
  }
  for (const [options, name] of [[7, 'options'], [{ scope: 'x' }, 'scope'], [{ scopes: 'x' }, 'scopes'], [{ scopes: [''] }, 'scopes']]) {
    const error = await refusal(guard.authenticate(bearer(key), options));
    assert.equal(error.code, 'invalid_argument');
    assert.ok(error.message.startsWith(`${name}: `), error.message);
  }
});

test('an option that there is not, or that cannot be meant, is refused when the guard is made', () => {
  const lookup = () => undefined;
  for (const [options, message] of [
    [undefined, /^options: /],
    [{}, /^lookup: expected a function/],
    [{ lookup, credential: 'k' }, /^credential: no such option\. There are lookup, format, /],
    [{ lookup, ttl: 5 }, /^ttl: no such option/],
    [{ lookup, kl_live_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms: 1 }, /^options: no such option/],
    [{ lookup: {} }, /^lookup: /],
    [{ lookup, fresh: -1 }, /^fresh: expected a number of at least 0/],
    [{ lookup, fresh: '5' }, /^fresh: /],
    [{ lookup, fresh: NaN }, /^fresh: /],
    [{ lookup, stale: null }, /^stale: /],
    [{ lookup, timeout: 0 }, /^timeout: expected a number from 1 to 2147483647/],
    [{ lookup, timeout: Infinity }, /^timeout: /],
    [{ lookup, cacheSize: 0 }, /^cacheSize: /],
    [{ lookup, unknownPerMinute: 0 }, /^unknownPerMinute: /],
    [{ lookup, onUnavailable: 'allow' }, /^onUnavailable: use "refuse" or "stale"/],
    [{ lookup, format: 'staging' }, /^format: /],
    [{ lookup, format: [] }, /^format: the list is empty/],
    [{ lookup, schemes: [{ type: 'bearer' }, { type: 'bearer' }] }, /^schemes: /],
    [{ lookup, schemes: [{ type: 'header', name: 'x-key' }, { type: 'header', name: 'X-Key' }] }, /^schemes: /],
    [{ lookup, schemes: [{ type: 'header', name: 'Authorization' }] }, /./],
  ]) assert.throws(() => createGuard(options), ({ code, message: text }) => /^invalid_(argument|provider)$/.test(code) && message.test(text), JSON.stringify(options));
  assert.throws(() => createGuard({ lookup, format: { parts: ['x', 7] } }), { code: 'invalid_provider', message: /format\.parts\[1\]/ });
  assert.throws(() => createGuard({ lookup, schemes: [{ type: 'digest' }] }), { code: 'invalid_provider', message: /schemes\[0\]\.type/ });
});
