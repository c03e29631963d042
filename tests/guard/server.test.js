// A guard that asks keylatch-server: what it asks, what it makes of the answers, and what
// it says when there is none. The server is a stand-in, by tests/guard/support/stand-in.js.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { generateKey, hashKey, Secret } from '../../pkg/dist/node/index.js';
import { createGuard } from '../../pkg/dist/node/guard.js';
import { APPLICATION, CREDENTIAL, prefixed, standIn } from './support/stand-in.js';
import { bearer, clocks, later, refusal, settled, verdict } from './support/table.js';

const HERE = { application: APPLICATION, credential: CREDENTIAL, baseUrl: 'http://127.0.0.1:1' };

test('whoever has a good key is told of, with what the server knows of the owner', async (t) => {
  const server = await standIn(t);
  const { text, key } = server.issue({ scopes: ['mesh:read'], metadata: { note: 'CI' }, expires_at: '2999-01-01T00:00:00Z' });
  const asking = server.guard();
  const caller = await asking.authenticate(bearer(text), { scopes: ['mesh:read'] });
  assert.deepEqual(caller, {
    id: key.id, owner: 'cust_7', scopes: ['mesh:read'], metadata: { note: 'CI' }, prefix: undefined, expiresAt: new Date('2999-01-01T00:00:00Z'),
    limits: [], name: 'nightly', environment: 'live', ownerMetadata: { plan: 'pro' },
  });
  // What a handler does to it is its own.
  caller.limits.push('mine');
  assert.deepEqual((await asking.authenticate(bearer(text))).limits, []);
  const [{ guard, ...asked }] = server.verified;
  assert.deepEqual(asked, { key: text, application: APPLICATION });
  assert.match(guard, /^grd_[0-9A-Za-z]{20}$/);
});

test('what the server says of a key is what its holder is refused with', async (t) => {
  const server = await standIn(t);
  const guard = server.guard();
  const cases = [
    [{ code: 'expired', expires_at: '2020-01-01T00:00:00Z' }, 401, 'invalid_token', 'expired', 'The API key has expired.'],
    [{ code: 'revoked' }, 401, 'invalid_token', 'revoked', 'The API key is not valid.'],
    [{ code: 'disabled' }, 401, 'invalid_token', 'disabled', 'The API key is not valid.'],
    [{}, 403, 'insufficient_scope', undefined, 'This needs an API key with the scope mesh:read.'],
    [{ allowed_addresses: ['10.0.0.0/8'] }, 403, 'address_refused', undefined, 'The API key may not be used from this address.'],
  ];
  for (const [more, ...expected] of cases) {
    const { text } = server.issue(more);
    for (const when of ['asked', 'from the cache']) {
      const error = await refusal(guard.authenticate(bearer(text), { scopes: ['mesh:read'], address: '192.0.2.7' }));
      assert.deepEqual([error.status, error.code, error.reason, error.message], expected, when);
    }
  }
  assert.equal(await verdict(guard, generateKey(prefixed('acme_live_')).expose()), 'not_found');
  assert.equal(server.asked.length, cases.length + 1);
});

test('that a key has ended counts by the clock of the server too', async (t) => {
  const server = await standIn(t);
  const { text } = server.issue({ code: 'expired', expires_at: new Date(Date.now() + 60_000).toISOString() });
  assert.equal(await verdict(server.guard(), text), 'expired');
});

test('what is no key of an application never reaches the server', async (t) => {
  const server = await standIn(t);
  const guard = server.guard();
  const { text } = server.issue();
  for (const wrong of ['hunter2', text.slice(0, -1), text.slice(1), `${text}x`, text.replace('acme_live_', 'acme_test_'), text.replace('_', '-'), generateKey().expose().replace('kl_', 'k1_')]) {
    assert.equal(await verdict(guard, wrong), 'mistyped', wrong);
  }
  assert.equal(server.asked.length, 0);
  for (const prefix of ['acme_live_', 'a_', 'abcdefghijklmnopqrst123_']) {
    assert.equal(await verdict(guard, generateKey(prefixed(prefix)).expose()), 'not_found');
  }
  assert.equal(server.asked.length, 3);
  const narrow = server.guard({ format: prefixed('acme_live_') });
  assert.equal(await verdict(narrow, generateKey(prefixed('acme_test_')).expose()), 'mistyped');
  assert.equal(await verdict(narrow, text), 'ok');
});

test('a key is taken from the networks that it is for, and from nowhere else', async (t) => {
  const server = await standIn(t);
  const guard = server.guard();
  const { text } = server.issue({ allowed_addresses: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7', '8000::/1'] });
  const from = (address) => verdict(guard, text, { address });
  for (const address of ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3', '::ffff:a01:203', '2001:db8::1', '2001:0DB8:ffff::', '192.0.2.7', 'ffff::']) assert.equal(await from(address), 'ok', address);
  for (const address of ['11.0.0.0', '9.255.255.255', '::10.0.0.1', '2001:db9::', '192.0.2.8', '', 'localhost', '10.0.0', '10.0.0.256', '2001:db8:::1', '2001:db8', ':', undefined]) assert.equal(await from(address), 'address_refused', address);
  assert.equal((await guard.authenticate({ ...bearer(text), socket: { remoteAddress: '::ffff:10.9.9.9' } })).owner, 'cust_7');
  assert.equal(server.asked.length, 1, 'one answer for all addresses');

  await verdict(server.guard(), text, { address: 'fe80::1%eth0' });
  await verdict(server.guard(), text, { address: '::ffff:10.1.2.3' });
  await verdict(server.guard(), text, { address: 'unix:' });
  assert.deepEqual(server.verified.slice(1).map(({ ip }) => ip), ['fe80::1', '10.1.2.3', undefined]);
});

test('an answer is used again for as long as both say, and `forget` ends it', async (t) => {
  const clock = clocks(t);
  for (const [fresh, freshSeconds, bound] of [[5, 60, 5], [60, 5, 5], [undefined, 2, 2]]) {
    const server = await standIn(t);
    server.freshSeconds = freshSeconds;
    const guard = server.guard({ fresh });
    const [{ text, key }, unknown] = [server.issue(), generateKey(prefixed('acme_live_')).expose()];
    assert.deepEqual([await verdict(guard, text), await verdict(guard, unknown)], ['ok', 'not_found']);
    key.code = 'revoked';
    clock.pass(bound - 0.001);
    assert.deepEqual([await verdict(guard, text), await verdict(guard, unknown)], ['ok', 'not_found']);
    assert.equal(server.asked.length, 2);
    clock.pass(0.001);
    assert.deepEqual([await verdict(guard, text), await verdict(guard, unknown)], ['revoked', 'not_found']);
    assert.equal(server.asked.length, 4);
    key.code = 'valid';
    assert.equal(await verdict(guard, text), 'revoked');
    guard.forget(key.id);
    assert.equal(await verdict(guard, text), 'ok');
    key.code = 'disabled';
    guard.forget(hashKey(text));
    assert.equal(await verdict(guard, text), 'disabled');
  }
});

test('an answer that comes after `forget` does not bring a key back', async (t) => {
  const server = await standIn(t);
  const guard = server.guard();
  const { text, key } = server.issue();
  const [reached, go] = [later(), later()];
  server.gone = async () => {
    reached.resolve();
    await go.promise;
  };
  // The server has looked before the key was revoked, and its answer is under way.
  const late = verdict(guard, text);
  await reached.promise;
  server.gone = undefined;
  guard.forget(key.id);
  key.code = 'revoked';
  assert.equal(await verdict(guard, text), 'revoked');
  key.code = 'valid';
  go.resolve();
  assert.equal(await late, 'ok');
  key.code = 'revoked';
  assert.equal(await verdict(guard, text), 'revoked', 'what was late is not kept');
});

test('many callers of one key ask once', async (t) => {
  const server = await standIn(t);
  const guard = server.guard();
  const { text } = server.issue();
  assert.deepEqual(await Promise.all(Array.from({ length: 20 }, () => verdict(guard, text))), Array(20).fill('ok'));
  assert.equal(server.asked.length, 1);
});

/** Each way in which a server can be gone, and what its guard says of it to the operator. */
const GONE = [
  ['broken', 'network_error', /could not be reached/],
  ['half', 'network_error', /could not be reached/],
  ['garbage', 'bad_response', /did not answer as keylatch-server does\. Check that baseUrl is its address/],
  ['another', 'bad_response', /`fresh_seconds` is missing/],
  ['redirect', 'redirect_refused', /Check that baseUrl is the final address/],
  ['endless', 'bad_response', /more than 1000000 bytes/],
  [500, 'service_error', /failed with the status 500/],
  [503, 'service_error', /failed with the status 503/],
  [401, 'unauthorized', /Give the guard a management key of app_0123456789abcdefghij with the scope verify/],
  [403, 'forbidden', /Give the guard a management key of app_0123456789abcdefghij with the scope verify/],
  [404, 'not_found', /Check baseUrl, and that the server is as new as this package/],
  [422, 'invalid_request', /refused the request with the status 422/],
  [429, 'rate_limited', /asks too often/],
  [201, 'invalid_request', /status 201/],
];

for (const [gone, code, sentence] of GONE) {
  test(`a server that is gone, ${gone}: 503 for the client, and the cause for the operator`, async (t) => {
    const clock = clocks(t);
    const server = await standIn(t);
    const [{ text }, other] = [server.issue(), server.issue()];
    const [strict, lenient] = [server.guard(), server.guard({ onUnavailable: 'stale' })];
    for (const guard of [strict, lenient]) assert.equal(await verdict(guard, text), 'ok');
    server.gone = gone;
    clock.pass(5);
    const error = await refusal(strict.authenticate(bearer(text)));
    assert.deepEqual([error.status, error.code, error.headers['Retry-After']], [503, 'unavailable', '5']);
    assert.deepEqual([error.cause.name, error.cause.code], ['KeylatchError', code]);
    assert.match(error.cause.message, sentence);
    assert.equal(await error.response.text(), JSON.stringify(error.problem));
    for (const shown of [inspect(error, { depth: 9 }), JSON.stringify(error.problem)]) assert.ok(![text, CREDENTIAL].some((secret) => shown.includes(secret)), shown);
    assert.ok(!JSON.stringify(error.problem).includes(server.url), 'the client learns nothing of the cause');

    assert.equal(await verdict(lenient, text), 'ok', 'the last answer stands');
    assert.equal(await verdict(lenient, other.text), 'unavailable', 'of whom nothing is known');
    server.gone = undefined;
    assert.equal(await verdict(strict, text), 'ok', 'nothing of it is remembered');
  });
}

test('a server that is not there, or that hangs, is waited for no longer than `timeout`', async (t) => {
  const gone = createServer();
  gone.listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address();
  await new Promise((resolve) => gone.close(resolve));
  const text = generateKey(prefixed('acme_live_')).expose();
  const refused = await refusal(createGuard({ ...HERE, baseUrl: `http://127.0.0.1:${port}` }).authenticate(bearer(text)));
  assert.deepEqual([refused.status, refused.cause.code, refused.cause.cause.message], [503, 'network_error', 'fetch failed (ECONNREFUSED)']);

  const server = await standIn(t);
  for (const gone of ['hangs', 'drips']) {
    server.gone = gone;
    const error = await refusal(server.guard({ timeout: 30 }).authenticate(bearer(text)));
    assert.deepEqual([error.status, error.cause.code, error.cause.message], [503, 'timeout', `${server.url} did not answer within 30 ms.`]);
  }
});

test('an answer that leaves out what decides, or has it in another kind, lets nobody in', async (t) => {
  const server = await standIn(t);
  const { text } = server.issue({ limits: [{ name: 'calls', kind: 'quota', limit: 5 }] });
  const right = await (await fetch(`${server.url}/v1/verify`, { method: 'POST', headers: { Authorization: `Bearer ${CREDENTIAL}` }, body: JSON.stringify({ key: text, guard: 'grd_x' }) })).json();
  const wrong = [
    { valid: false }, { valid: 1 }, { code: 'fine' }, { code: 'ip_refused' }, { code: undefined }, { fresh_seconds: undefined }, { fresh_seconds: '60' }, { fresh_seconds: -1 },
    { key: undefined }, { owner: undefined }, { limits: undefined }, { limits: [{}] }, { limits: [null] },
    ...['id', 'scopes', 'expires_at', 'name', 'allowed_addresses'].map((name) => ({ key: { ...right.key, [name]: undefined } })),
    ...[{ expires_at: 'soon' }, { expires_at: 5 }, { scopes: [1] }, { scopes: 'a' }, { metadata: 5 }, { allowed_addresses: ['everywhere'] }, { allowed_addresses: ['10.0.0.0/33'] }].map((more) => ({ key: { ...right.key, ...more } })),
    ...[{ id: 5 }, { kind: 'other' }, { of: 'all' }, { limit: '5' }, { remaining: null }, { reset_seconds: 'soon' }, { name: 'a"b' }, { kind: 'rate' }, { lease: { units: -1 } }, { lease: {} }].map((more) => ({ limits: [{ ...right.limits[0], ...more }] })),
  ];
  const answers = [right, ...wrong.map((more) => ({ ...right, ...more }))];
  const faulty = createServer((_, response) => response.end(JSON.stringify(answers.shift())));
  faulty.listen(0, '127.0.0.1');
  await once(faulty, 'listening');
  t.after(() => faulty.close());
  const guard = server.guard({ baseUrl: `http://127.0.0.1:${faulty.address().port}`, fresh: 0 });
  assert.equal(await verdict(guard, text), 'ok');
  for (const more of wrong) {
    const error = await refusal(guard.authenticate(bearer(text)));
    assert.deepEqual([error.code, error.cause.code], ['unavailable', 'bad_response'], JSON.stringify(more));
  }
});

test('the credential may be a text, a Secret, or a function that is asked again after a 401', async (t) => {
  const server = await standIn(t);
  const { text } = server.issue();
  for (const credential of [CREDENTIAL, new Secret(CREDENTIAL), () => CREDENTIAL, async () => new Secret(CREDENTIAL)]) {
    assert.equal(await verdict(server.guard({ credential }), text), 'ok');
  }
  const next = generateKey(prefixed('kl_mgmt_')).expose();
  const given = [];
  let current = CREDENTIAL;
  const guard = server.guard({ fresh: 0, credential: () => {
    given.push(current);
    return current;
  } });
  await verdict(guard, text);
  assert.equal(await verdict(guard, text), 'ok');
  assert.deepEqual(given, [CREDENTIAL], 'once, as long as it is taken');
  server.takes(next);
  assert.equal((await refusal(guard.authenticate(bearer(text)))).cause.code, 'unauthorized');
  current = next;
  assert.equal(await verdict(guard, text), 'ok');

  for (const [credential, code] of [[() => undefined, 'invalid_argument'], [() => 'a\nb', 'invalid_header'], ['a\nb', 'invalid_header']]) {
    assert.equal((await refusal(server.guard({ credential }).authenticate(bearer(text)))).cause.code, code);
  }
  const hangs = server.guard({ credential: () => new Promise(() => {}), timeout: 30 });
  assert.equal((await refusal(hangs.authenticate(bearer(text)))).cause.code, 'timeout');
  const { cause } = await refusal(server.guard({ credential: () => Promise.reject(new Error('the vault is shut')) }).authenticate(bearer(text)));
  assert.equal(cause.message, 'the vault is shut');
});

test('that the credential ends soon is said once a day', async (t) => {
  const clock = clocks(t);
  const server = await standIn(t);
  const { text } = server.issue();
  const warnings = [];
  const guard = server.guard({ fresh: 0, onWarning: (warning) => warnings.push(warning) });
  await verdict(guard, text);
  assert.deepEqual(warnings, []);
  server.headers = { 'Keylatch-Key-Expires': '2026-12-24T12:00:00Z' };
  for (let times = 0; times < 3; times++) await verdict(guard, text);
  assert.deepEqual(warnings, [{
    code: 'credential_expires', expiresAt: new Date('2026-12-24T12:00:00Z'),
    message: `The management key with which the guard asks ${server.url} ends at 2026-12-24T12:00:00Z. Make a new one for ${APPLICATION} before.`,
  }]);
  clock.pass(86_399);
  await verdict(guard, text);
  assert.equal(warnings.length, 1);
  clock.pass(1);
  await verdict(guard, text);
  assert.equal(warnings.length, 2);
  server.headers = { 'Keylatch-Key-Expires': '2026-12-25T12:00:00Z' };
  await verdict(guard, text);
  assert.equal(warnings.length, 3, 'another key');
  for (const value of ['soon', '']) {
    server.headers = { 'Keylatch-Key-Expires': value };
    await verdict(guard, text);
  }
  assert.equal(warnings.length, 3);

  const shown = t.mock.method(console, 'warn', () => {});
  server.headers = { 'Keylatch-Key-Expires': '2026-12-24T12:00:00Z' };
  await verdict(server.guard(), text);
  assert.equal(shown.mock.callCount(), 1);
  assert.equal(await verdict(server.guard({ onWarning: () => { throw new Error('the log is full'); } }), text), 'ok');
});

test('options that cannot be meant are refused when the guard is made', () => {
  createGuard(HERE);
  createGuard({ ...HERE, baseUrl: new URL('https://keys.example.com/api/') });
  createGuard({ ...HERE, baseUrl: 'http://keys.internal', allowInsecure: true });
  const wrong = [
    [{ application: undefined }, 'invalid_argument', /^application: /], [{ application: 'app_1' }, 'invalid_argument', /^application: /],
    [{ application: CREDENTIAL }, 'invalid_argument', /^application: /],
    [{ credential: undefined }, 'invalid_argument', /^credential: /], [{ credential: 5 }, 'invalid_argument', /^credential: /],
    [{ baseUrl: undefined }, 'invalid_argument', /^baseUrl: /], [{ baseUrl: '/api' }, 'invalid_argument', /^baseUrl: /],
    [{ baseUrl: 'https://a:b@keys.example.com' }, 'invalid_argument', /^baseUrl: /], [{ baseUrl: 'https://keys.example.com/?a' }, 'invalid_argument', /^baseUrl: /],
    [{ baseUrl: 'http://keys.example.com' }, 'insecure_url', /is not https, so a key sent there could be read/], [{ baseUrl: 'http://localhost.example.com' }, 'insecure_url', /is not https/],
    [{ onWarning: 'no' }, 'invalid_argument', /^onWarning: /], [{ lookup: () => undefined }, 'invalid_argument', /^lookup: a guard asks either/],
  ];
  for (const [more, code, message] of wrong) {
    assert.throws(() => createGuard({ ...HERE, ...more }), (error) => error.code === code && message.test(error.message) && !error.message.includes(CREDENTIAL), JSON.stringify(more));
  }
});

test('a guard that was closed asks nobody any more', async (t) => {
  const server = await standIn(t);
  const { text } = server.issue();
  const unused = server.guard();
  await unused.close();
  assert.equal(server.asked.length, 0);
  for (const guard of [server.guard(), createGuard({ lookup: () => undefined })]) {
    await verdict(guard, text);
    await guard.close();
    await guard.close();
    await assert.rejects(guard.authenticate(bearer(text)), { code: 'invalid_argument', message: 'guard: it was closed. Make a new one.' });
  }
});
