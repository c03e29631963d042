// keylatch/applications against the server itself: each operation and each refusal, answers
// that are lost, keys that may do little. What no server answers is handed over by a `fetch`.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';

import { Applications } from '../../pkg/dist/node/applications.js';
import { generateKey, KeyClient, KeylatchError, Secret } from '../../pkg/dist/node/index.js';
import { DEMO, startServer } from '../browser/support/server.js';
import { Mine, values } from '../wasm/support/hostile.js';

const FORMATS = [{ environment: 'live', prefix: 'acme_live_' }, { environment: 'test', prefix: 'acme_test_' }];
const SCOPES = ['keys:read', 'keys:write', 'verify', 'keys:create', 'keys:revoke'];

let server, key, applications;
before(async () => {
  server = await startServer();
  const person = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...DEMO });
  const { secret } = await person.create({ name: 'applications', expiresIn: 'never', scopes: SCOPES });
  key = secret.reveal();
  applications = with_({});
});
after(() => server?.stop());

/** Applications at the server with other options. */
const with_ = (options) => new Applications({ baseUrl: server.url, credential: key, ...options });

/** A new application, to act on. */
async function acme(more = {}) {
  const { id } = await applications.create({ name: 'Acme', formats: FORMATS, ...more });
  return applications.application(id);
}

const all = async (list) => {
  const found = [];
  for await (const one of list) found.push(one);
  return found;
};

/** What is rejected with: an error of ours, without a secret in it. */
async function refusal(promise) {
  const error = await promise.then((given) => assert.fail(`not refused: ${inspect(given)}`), (thrown) => thrown);
  assert.ok(error instanceof KeylatchError, error?.stack);
  assert.ok(!inspect(error, { depth: 9 }).includes(key), 'the credential is in the error');
  return error;
}

test('an application is made, looked at, changed and deleted', async () => {
  const limits = [{ name: 'requests', kind: 'rate', limit: 100, windowSeconds: 60 }, { name: 'calls', kind: 'quota', limit: 10_000, refill: 'month', timeZone: 'Europe/Berlin' }];
  const made = await applications.create({
    name: ' Acme API ', formats: FORMATS, defaultLifetime: 'P1M', longestLifetime: 86_400 * 365, scopes: ['mesh:read', { name: 'mesh:write', description: 'Change meshes' }], limits, onLimiterFailure: 'allow',
  });
  const { id, createdAt, updatedAt, ...rest } = made;
  assert.match(id, /^app_\w{20}$/);
  assert.ok(createdAt instanceof Date && updatedAt instanceof Date && Math.abs(createdAt - Date.now()) < 60_000);
  assert.deepEqual(rest, {
    name: 'Acme API', formats: FORMATS, defaultLifetime: 'P1M', longestLifetime: 'PT31536000S', limits, onLimiterFailure: 'allow',
    scopes: [{ name: 'mesh:read', description: '' }, { name: 'mesh:write', description: 'Change meshes' }],
  });
  assert.deepEqual(await applications.get(id), made);
  assert.deepEqual((await all(applications.list())).find((one) => one.id === id), made);
  const changed = await applications.change(id, { name: 'Acme', longestLifetime: null, limits: [] });
  assert.deepEqual([changed.name, changed.longestLifetime, changed.limits, changed.defaultLifetime], ['Acme', null, [], 'P1M']);
  assert.equal(await applications.delete(id), undefined);
  assert.equal((await refusal(applications.get(id))).code, 'not_found');
});

test('a key is issued to a customer, and told once', async () => {
  const app = await acme({ scopes: ['mesh:read', 'mesh:write'] });
  const metadata = { plan: 'pro', deepName: { inner_name: [1, null] } };
  const { key: made, secret } = await app.keys.create({ owner: 'cust_7', name: 'nightly', environment: 'test', scopes: ['mesh:read'], metadata, limits: [], allowedAddresses: ['10.0.0.0/8'], expiresIn: new Date('2030-01-31T12:00:00.000Z') });
  const { id, masked, lastFour, createdAt, ...rest } = made;
  assert.deepEqual(rest, {
    applicationId: app.id, owner: 'cust_7', name: 'nightly', prefix: 'acme_test_', environment: 'test', scopes: ['mesh:read'], metadata, limits: [], allowedAddresses: ['10.0.0.0/8'],
    status: 'active', disabled: false, expiresAt: new Date('2030-01-31T12:00:00Z'), lastUsedAt: null, lastUsedAddress: null, revokedAt: null, replacedBy: null,
  });
  assert.ok(!inspect({ made, secret }).includes('acme_test_0') && createdAt instanceof Date);
  const text = secret.reveal();
  assert.match(text, /^acme_test_\w{36}$/);
  assert.deepEqual([masked, text.slice(-4)], [`acme_test_…${lastFour}`, lastFour]);
  assert.throws(() => secret.reveal(), { code: 'already_revealed' });
  assert.deepEqual(await app.keys.get(id), made);
  for (const [expiresIn, years] of [['P1Y', 1], [86_400, 0], ['never', undefined]]) {
    const { expiresAt } = (await app.keys.create({ owner: 'cust_7', expiresIn })).key;
    assert.equal(expiresAt && Math.floor((expiresAt - Date.now()) / 86_400_000 / 364), years ?? null);
  }
});

test('keys are listed by owner, state, name and end, page after page', async () => {
  const app = await acme();
  await Promise.all(Array.from({ length: 101 }, (_, at) => app.keys.create({ owner: at % 2 ? 'cust_1' : 'cust_2', name: `key ${at}`, expiresIn: at === 7 ? 'P7D' : 'P1Y' })));
  const names = async (which) => (await all(app.keys.list(which))).map(({ name }) => name);
  assert.equal(new Set(await names()).size, 101);
  assert.equal((await names({ owner: 'cust_1' })).length, 50);
  assert.deepEqual(await names({ endsWithinDays: 30 }), ['key 7']);
  assert.deepEqual(await names({ search: 'KEY 100' }), ['key 100']);
  assert.deepEqual(await names({ status: 'revoked' }), []);
  for await (const { name } of app.keys.list()) if (name) break;
});

test('a key is changed, disabled, rotated, revoked and deleted', async () => {
  const app = await acme();
  const { key: old, secret } = await app.keys.create({ owner: 'cust_7', name: 'nightly' });
  const limits = [{ name: 'r', kind: 'rate', limit: 1, windowSeconds: 1 }];
  const end = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000);
  const changed = await app.keys.change(old.id, { name: 'daily', scopes: ['a'], metadata: { b: 1 }, limits, allowedAddresses: ['10.0.0.1'], disabled: true, expiresAt: end });
  assert.deepEqual([changed.name, changed.scopes, changed.metadata, changed.limits, changed.disabled, changed.status, changed.expiresAt], ['daily', ['a'], { b: 1 }, limits, true, 'disabled', end]);
  assert.equal((await app.keys.change(old.id, { disabled: false, limits: null })).limits, null);

  const rotated = await app.keys.rotate(old.id, { overlap: 'PT1H' });
  assert.deepEqual([rotated.key.owner, rotated.key.name, rotated.replaced.id, rotated.replaced.replacedBy], ['cust_7', 'daily', old.id, rotated.key.id]);
  assert.ok(Math.abs(rotated.replaced.expiresAt - Date.now() - 3_600_000) < 60_000);
  assert.notEqual(rotated.secret.reveal(), secret.reveal());
  assert.equal((await refusal(app.keys.rotate(old.id))).code, 'conflict');
  assert.equal((await refusal(app.keys.delete(old.id))).code, 'key_active');

  const revoked = await app.keys.revoke(old.id);
  assert.ok(revoked.status === 'revoked' && revoked.revokedAt instanceof Date);
  assert.deepEqual(await app.keys.revoke(old.id), revoked);
  assert.equal((await refusal(app.keys.rotate(old.id))).code, 'key_inactive');
  assert.equal(await app.keys.delete(old.id), undefined);
  assert.equal((await refusal(app.keys.get(old.id))).code, 'not_found');
});

test('keys that were issued elsewhere are taken over, all or none', async () => {
  const app = await acme();
  const texts = ['old_aaaaaaaaaaaaaaaaaaaaaaaa', 'old_bbbbbbbbbbbbbbbbbbbbbbbb'];
  const hash = (text) => createHash('sha256').update(text).digest('hex');
  const rule = { algorithm: 'sha256', input: 'whole', encoding: 'hex' };
  const createdAt = new Date('2020-01-02T03:04:05Z');
  const taken = await app.keys.import({ rule, keys: [{ hash: hash(texts[0]), owner: 'cust_1', createdAt, metadata: { a: 1 } }, { hash: hash(texts[1]), owner: 'cust_2', name: 'two' }] });
  assert.deepEqual(taken.map(({ owner, name, expiresAt, prefix }) => [owner, name, expiresAt, prefix]), [['cust_1', '', null, ''], ['cust_2', 'two', null, '']]);
  assert.deepEqual(taken[0].createdAt, createdAt);
  const { secret } = await app.managementKeys.create({ name: 'verify', scopes: ['verify'] });
  assert.equal((await with_({ credential: secret }).verify(texts[1])).key.name, 'two');

  const pepper = 'a pepper "with" quotes';
  const refused = await refusal(app.keys.import({ rule: { ...rule, pepper: new Secret(pepper) }, keys: [{ hash: 'zz', owner: 'cust_1' }] }));
  assert.deepEqual([refused.code, refused.status], ['invalid_request', 422]);
  assert.ok(!inspect(refused).includes(pepper));
  assert.equal((await all(app.keys.list())).length, 2);

  const again = { rule, keys: [{ hash: hash(texts[1]), owner: 'cust_9' }, { hash: hash('old_c'), owner: 'cust_3' }] };
  assert.match((await refusal(app.keys.import(again))).message, /`keys\[0\]\.hash` is that of a key which this application has already/);
  const lossy = losing(1);
  assert.deepEqual(await with_({ fetch: lossy.fetch }).application(app.id).keys.import({ ...again, skipExisting: true }), [], 'the first try has taken it over');
  assert.deepEqual((await all(app.keys.list())).map(({ owner }) => owner), ['cust_3', 'cust_2', 'cust_1']);
});

test('a customer has metadata and limits, and all its keys end at once', async () => {
  const app = await acme();
  const limits = [{ name: 'calls', kind: 'quota', limit: 5, refill: 'never', timeZone: 'UTC' }];
  const { createdAt, ...owner } = await app.owners.put('kim@example.com+1', { metadata: { plan: 'pro' }, limits });
  assert.deepEqual([owner, createdAt instanceof Date], [{ id: 'kim@example.com+1', metadata: { plan: 'pro' }, limits, keys: 0 }, true]);
  const keys = [await app.keys.create({ owner: owner.id }), await app.keys.create({ owner: owner.id })];
  const other = await app.keys.create({ owner: 'cust_8' });
  assert.equal((await app.owners.put(owner.id)).keys, 2);
  assert.deepEqual((await all(app.owners.list())).map(({ id }) => id), ['cust_8', owner.id]);
  assert.equal(await app.owners.revoke(owner.id), 2);
  assert.equal(await app.owners.revoke(owner.id), 0);
  for (const { key: { id } } of keys) assert.equal((await app.keys.get(id)).status, 'revoked');
  assert.equal((await app.keys.get(other.key.id)).status, 'active');
  assert.equal(await app.owners.delete(owner.id), undefined);
  assert.equal((await refusal(app.owners.get(owner.id))).code, 'not_found');
});

test('a key is verified, and each answer says why', async () => {
  const app = await acme({ limits: [{ name: 'r', kind: 'rate', limit: 3, windowSeconds: 3600 }] });
  const manager = with_({ credential: (await app.managementKeys.create({ name: 'verify', scopes: ['verify'] })).secret });
  const { key: made, secret } = await app.keys.create({ owner: 'cust_7', scopes: ['a'], metadata: { plan: 'pro' }, allowedAddresses: ['10.0.0.0/8'] });
  const good = await manager.verify(secret, { scopes: ['a'], address: '10.1.2.3', cost: 2 });
  assert.deepEqual([good.valid, good.code, good.key, good.owner, good.missingScopes], [true, 'valid', { id: made.id, name: '', scopes: ['a'], metadata: { plan: 'pro' }, expiresAt: made.expiresAt, environment: 'live' }, { id: 'cust_7', metadata: {} }, []]);
  assert.deepEqual(good.limits.map(({ resetSeconds, ...limit }) => ({ ...limit, isNumber: resetSeconds > 0 })), [{ name: 'r', of: 'key', kind: 'rate', limit: 3, remaining: 1, isNumber: true }]);
  const text = secret.reveal();
  const code = async (options) => (await manager.verify(text, { address: '10.1.2.3', ...options })).code;
  assert.equal(await code({ address: '192.0.2.7' }), 'ip_refused');
  assert.deepEqual((await manager.verify(text, { scopes: ['a', 'b'], address: '10.1.2.3' })).missingScopes, ['b']);
  assert.equal(await code({ cost: 2 }), 'rate_limited');
  assert.equal(await code({ cost: 0 }), 'valid');
  await app.keys.revoke(made.id);
  assert.equal(await code({}), 'revoked');
  const unknown = await manager.verify(generateKey().expose());
  assert.deepEqual([unknown.code, unknown.key, unknown.owner], ['not_found', undefined, undefined]);
  assert.equal((await refusal(applications.verify(text))).code, 'forbidden');
});

test('a management key does what its scopes say, in its own application, and no more', async () => {
  const [app, other] = [await acme(), await acme()];
  const made = {};
  for (const scope of ['verify', 'keys:create', 'keys:read', 'keys:revoke']) made[scope] = await app.managementKeys.create({ name: scope, scopes: [scope], expiresIn: 'P1D' });
  assert.deepEqual((await all(app.managementKeys.list())).map(({ name, scopes, status }) => [name, scopes, status]).reverse(), Object.keys(made).map((scope) => [scope, [scope], 'active']));
  const by = (scope, id = app.id) => with_({ credential: made[scope].secret }).application(id);
  const { key: issued } = await by('keys:create').keys.create({ owner: 'cust_7' });
  assert.equal((await by('keys:read').keys.get(issued.id)).id, issued.id);
  const refused = [
    by('keys:read').keys.create({ owner: 'cust_7' }), by('keys:create').keys.get(issued.id), by('keys:create').keys.revoke(issued.id),
    by('verify').owners.get('cust_7'), by('keys:read').owners.revoke('cust_7'), by('keys:create').managementKeys.create({ name: 'x', scopes: ['verify'] }), by('keys:revoke').managementKeys.revoke(made.verify.key.id),
  ];
  for (const error of await Promise.all(refused.map(refusal))) {
    assert.deepEqual([error.code, error.status, error.service.code], ['forbidden', 403, 'forbidden']);
    assert.match(error.message, /does not allow this: \S/);
    assert.match(error.requestId, /^req_/);
  }
  assert.equal((await refusal(by('keys:read', other.id).keys.get(issued.id))).code, 'not_found');
  assert.equal((await by('keys:revoke').keys.revoke(issued.id)).status, 'revoked');
  await app.managementKeys.revoke(made.verify.key.id);
  const ended = await refusal(with_({ credential: made.verify.secret }).verify('x'));
  assert.deepEqual([ended.code, ended.status], ['unauthorized', 401]);
});

test('what the server finds faulty it says, with the member', async () => {
  const app = await acme({ scopes: ['a'] });
  for (const [call, words] of [
    [() => applications.create({ name: 'x', formats: [] }), /`formats` has 0 entries/],
    [() => app.keys.create({ owner: 'cust_7', scopes: ['b'] }), /scopes/],
    [() => app.keys.create({ owner: 'cust_7', expiresIn: 'P99Y' }), /expires_in/],
    [() => app.owners.put('cust_7', { limits: [{ name: 'r', kind: 'rate', limit: 1 }] }), /`limits\[0\]\.window_seconds`/],
    [() => app.managementKeys.create({ name: 'x', scopes: ['all'] }), /scopes/],
  ]) {
    const error = await refusal(call());
    assert.deepEqual([error.code, error.status], ['invalid_request', 422]);
    assert.match(error.message, words);
    assert.match(error.service.message, words);
  }
});

/** A `fetch` that goes wrong in the answer to the first requests of a kind, after the server has done what they ask. */
function losing(times, how = () => Promise.reject(new TypeError('fetch failed'))) {
  const sent = [];
  const fetching = async (request) => {
    sent.push({ method: request.method, path: new URL(request.url).pathname, idempotencyKey: request.headers.get('idempotency-key'), body: await request.clone().text() });
    const answer = await fetch(request);
    if (sent.length > times) return answer;
    await answer.arrayBuffer();
    return how();
  };
  return { sent, fetch: fetching };
}

test('an answer that is lost leaves one key, which is told', async () => {
  const app = await acme();
  for (const how of [undefined, () => new Response('{}', { status: 502 })]) {
    const lossy = losing(2, how);
    const { key: made, secret } = await with_({ fetch: lossy.fetch }).application(app.id).keys.create({ owner: 'cust_lost' });
    assert.deepEqual((await all(app.keys.list({ owner: 'cust_lost' }))).map(({ id }) => id), [made.id]);
    assert.equal(lossy.sent.length, 3);
    assert.match(lossy.sent[0].idempotencyKey, /^[0-9a-f]{32}$/);
    assert.deepEqual(lossy.sent.map(({ idempotencyKey }) => idempotencyKey), Array(3).fill(lossy.sent[0].idempotencyKey));
    assert.deepEqual(lossy.sent.map(({ body }) => JSON.parse(body).attempt), [undefined, 2, 3]);
    const manager = with_({ credential: (await app.managementKeys.create({ name: 'verify', scopes: ['verify'] })).secret });
    assert.equal((await manager.verify(secret)).code, 'valid');
    await app.owners.delete('cust_lost');
  }
  const { key: old } = await app.keys.create({ owner: 'cust_7' });
  const rotated = await with_({ fetch: losing(1).fetch }).application(app.id).keys.rotate(old.id);
  assert.equal((await app.keys.get(old.id)).replacedBy, rotated.key.id);
});

test('a lost answer leaves one application and one management key, which is told', async () => {
  const lossy = losing(1);
  const made = await with_({ fetch: lossy.fetch }).create({ name: 'Lost once', formats: FORMATS });
  assert.deepEqual((await all(applications.list())).filter(({ name }) => name === 'Lost once'), [made]);
  assert.deepEqual(lossy.sent.map(({ idempotencyKey }) => idempotencyKey), Array(2).fill(lossy.sent[0].idempotencyKey));
  const app = applications.application(made.id);
  const { key: manager, secret } = await with_({ fetch: losing(2).fetch }).application(made.id).managementKeys.create({ name: 'API', scopes: ['verify'] });
  assert.deepEqual((await all(app.managementKeys.list())).map(({ id }) => id), [manager.id]);
  assert.equal((await with_({ credential: secret }).verify(generateKey())).code, 'not_found', 'the secret that was told is the one that works');
});

test('what is left of limits is told without the key, and nothing is spent', async () => {
  const app = await acme({ limits: [{ name: 'r', kind: 'rate', limit: 100, windowSeconds: 3600 }] });
  await app.owners.put('cust_7', { limits: [{ name: 'calls', kind: 'quota', limit: 1000, refill: 'never' }] });
  const { key: made, secret } = await app.keys.create({ owner: 'cust_7' });
  const manager = with_({ credential: (await app.managementKeys.create({ name: 'both', scopes: ['verify', 'keys:read'] })).secret });
  const { limits } = await manager.verify(secret, { cost: 7 });
  for (const looking of [app, manager.application(app.id), app]) {
    const [rate, quota] = await looking.keys.limits(made.id);
    assert.deepEqual([{ ...rate, resetSeconds: 0 }, quota], [{ ...limits[0], resetSeconds: 0 }, limits[1]]);
    assert.deepEqual([rate.remaining, quota.remaining], [93, 993]);
    assert.deepEqual(await looking.owners.limits('cust_7'), [{ name: 'calls', of: 'owner', kind: 'quota', limit: 1000, remaining: 993, resetSeconds: null }]);
  }
  for (const call of [app.keys.limits('key_0000000000000000'), app.owners.limits('cust_8')]) assert.equal((await refusal(call)).code, 'not_found');
});

test('what may have been made although every answer was lost is said', async () => {
  const app = await acme();
  const lossy = () => with_({ fetch: losing(9).fetch });
  for (const [call, what] of [
    [() => lossy().application(app.id).keys.create({ owner: 'cust_7' }), /A key for cust_7 may be there all the same: look at the list/],
    [() => lossy().application(app.id).managementKeys.create({ name: 'x', scopes: ['verify'] }), /A management key of this name may be there/],
    [() => lossy().create({ name: 'Lost', formats: FORMATS }), /An application of this name may be there/],
  ]) {
    const error = await refusal(call());
    assert.equal(error.code, 'outcome_unknown');
    assert.match(error.message, what);
    assert.equal(error.cause.code, 'network_error');
  }
  // What never left has made nothing.
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address();
  closed.close();
  const unsent = await refusal(with_({ baseUrl: `http://127.0.0.1:${port}`, retries: 0 }).application(app.id).keys.create({ owner: 'cust_7' }));
  assert.equal(unsent.code, 'network_error');
  assert.equal((await all(app.managementKeys.list())).length, 1, 'no second one');
});

test('only what does nothing twice is asked again', async () => {
  const app = await acme();
  const { key: made } = await app.keys.create({ owner: 'cust_7' });
  const tries = async (work) => {
    const lossy = losing(1);
    await work(with_({ fetch: lossy.fetch }).application(app.id)).catch(({ code }) => assert.equal(code, 'network_error'));
    return lossy.sent.length;
  };
  assert.equal(await tries((it) => it.keys.get(made.id)), 2);
  assert.equal(await tries((it) => it.keys.change(made.id, { name: 'x' })), 2);
  assert.equal(await tries((it) => it.owners.put('cust_7')), 2);
  assert.equal(await tries((it) => all(it.keys.list())), 2);
  assert.equal(await tries((it) => it.keys.revoke(made.id)), 2);
  assert.equal(await tries((it) => it.owners.revoke('cust_7')), 1);
  assert.equal(await tries((it) => it.keys.delete(made.id)), 1);
});

test('whoever is told to slow down waits and asks again, whatever they ask; a server that fails is asked again about what is safe', async () => {
  const app = await acme();
  const { key: made } = await app.keys.create({ owner: 'cust_7' });
  await app.keys.revoke(made.id);
  const refusing = (status) => {
    let sent = 0;
    const fetching = async (request) => ((sent += 1) === 1 ? new Response('{}', { status, headers: { 'retry-after': '0' } }) : fetch(request));
    return { times: () => sent, keys: with_({ fetch: fetching }).application(app.id).keys };
  };
  const [failing, busy] = [refusing(503), refusing(429)];
  assert.equal((await refusal(failing.keys.delete(made.id))).code, 'service_error');
  assert.equal(failing.times(), 1);
  assert.equal((await refusing(503).keys.get(made.id)).id, made.id);
  assert.equal(await busy.keys.delete(made.id), undefined);
  assert.equal(busy.times(), 2);
  const long = with_({ fetch: async () => new Response('{}', { status: 429, headers: { 'retry-after': '60' } }) });
  const late = await refusal(long.get(app.id));
  assert.deepEqual([late.code, late.retryAfter], ['rate_limited', 60]);
});

test('a call ends with its signal, with its time, and with a function that gives no key', async () => {
  const hanging = { fetch: () => new Promise(() => {}) };
  const stop = new AbortController();
  const aborted = refusal(with_(hanging).get('app_0123456789abcdefghij', { signal: stop.signal }));
  stop.abort(new Error('enough'));
  assert.deepEqual([(await aborted).code, (await aborted).cause.message], ['aborted', 'enough']);
  assert.equal((await refusal(with_({ ...hanging, timeout: 20 }).get('app_0123456789abcdefghij'))).code, 'timeout');
  assert.equal((await refusal(with_({ ...hanging, timeout: 20 }).create({ name: 'x', formats: FORMATS }))).code, 'outcome_unknown');
  assert.equal((await refusal(with_({ credential: () => new Promise(() => {}), timeout: 20 }).get('app_0123456789abcdefghij'))).code, 'timeout');
});

test('a function that gives the key is asked again after a 401', async () => {
  const given = [generateKey().expose(), key];
  const asking = with_({ credential: async () => given.shift() });
  const { id } = await acme();
  assert.equal((await asking.get(id)).id, id);
  assert.equal(given.length, 0);
  assert.equal((await asking.get(id)).id, id);
});

test('what the platform says of a failed connection has no credential in it, in whatever form', async () => {
  const odd = 'odd "key" / with é';
  for (const [credential, said] of [[key, `cannot send Bearer ${key}`], [odd, JSON.stringify(odd)], [odd, encodeURIComponent(odd)], [odd, odd]]) {
    const error = await refusal(with_({ credential, retries: 0, fetch: () => Promise.reject(Object.assign(new Error(said), { name: said })) }).get('app_0123456789abcdefghij').catch((thrown) => {
      // What may not stand in a header is refused before.
      if (thrown.code === 'invalid_header') throw Object.assign(thrown, { cause: new Error('[redacted]') });
      throw thrown;
    }));
    assert.match(error.cause.message, /\[redacted\]/);
    for (const form of [credential, JSON.stringify(credential).slice(1, -1), encodeURIComponent(credential)]) assert.ok(!inspect(error, { depth: 9 }).includes(form));
  }
});

/** A good answer about a key, and what it must state. */
const GOOD = {
  id: 'key_0123456789abcdefghij', application_id: 'app_0123456789abcdefghij', owner: 'cust_7', name: '', masked: 'a_…b', prefix: 'a_', last_four: 'b', environment: 'live', scopes: [], metadata: {},
  limits: null, allowed_addresses: [], status: 'active', disabled: false, created_at: '2026-01-31T00:00:00Z', expires_at: null, last_used_at: null, last_used_address: null, revoked_at: null, replaced_by: null,
};
const answering = (body, status = 200) => with_({ retries: 0, fetch: async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }) }).application(GOOD.application_id);

test('an answer that does not state what it must is none', async () => {
  assert.equal((await answering(GOOD).keys.get(GOOD.id)).id, GOOD.id);
  assert.equal((await answering({ ...GOOD, created_at: '2026-01-31T00:00:00.123456789Z', more: 1 }).keys.get(GOOD.id)).createdAt.getUTCFullYear(), 2026);
  for (const member of Object.keys(GOOD)) {
    const { [member]: _, ...rest } = GOOD;
    const error = await refusal(answering(rest).keys.get(GOOD.id));
    assert.equal(error.code, 'bad_response', member);
    assert.ok(error.message.includes(member.split('_')[0]), error.message);
  }
  for (const wrong of [
    { id: 'key_another000000000000' }, { application_id: 'app_another000000000000' }, { status: 'ok' }, { environment: 'dev' }, { disabled: 0 }, { scopes: 'a' }, { scopes: [1] }, { metadata: [] }, { limits: [{}] },
    { limits: [{ name: 'r', kind: 'rate', limit: -1, window_seconds: 1 }] }, { created_at: '2026-02-30T00:00:00Z' }, { created_at: '2026-01-31' }, { created_at: 1769817600 }, { expires_at: 'never' }, { expires_at: '' }, { last_used_at: '2026-01-31T24:00:01Z' },
  ]) {
    assert.equal((await refusal(answering({ ...GOOD, ...wrong }).keys.get(GOOD.id))).code, 'bad_response', JSON.stringify(wrong));
  }
  for (const body of ['', '<html>', '[]', 'null', '{', '\ufeff{}']) assert.equal((await refusal(answering(body).keys.get(GOOD.id))).code, 'bad_response', body);
  assert.equal((await refusal(answering(GOOD, 201).keys.get(GOOD.id))).code, 'bad_response');
  assert.equal((await refusal(answering({}, 200).keys.delete(GOOD.id))).code, 'bad_response');
  for (const [secret, expected] of [[undefined, 'outcome_unknown'], ['', 'outcome_unknown'], ['short', 'outcome_unknown'], ['with a space in the middle', 'outcome_unknown']]) {
    assert.equal((await refusal(answering({ ...GOOD, secret }, 201).keys.create({ owner: 'cust_7' }))).code, expected);
  }
  assert.equal((await refusal(answering({ ...GOOD, owner: 'cust_8', secret: 'a_0123456789abcdef' }, 201).keys.create({ owner: 'cust_7' }))).cause.code, 'bad_response');
  assert.equal((await refusal(answering({ items: [GOOD], next_cursor: 'again' }).keys.list({}).next().then(() => all(answering({ items: [], next_cursor: 'again' }).keys.list())))).code, 'bad_response');
  const verification = { valid: true, code: 'not_found', limits: [], fresh_seconds: 5 };
  for (const wrong of [{}, { valid: false, code: 'valid' }, { valid: true, code: 'valid' }, { valid: false, key: { ...GOOD } }, { valid: false, fresh_seconds: -1 }]) {
    const it = with_({ fetch: async () => new Response(JSON.stringify({ ...verification, ...wrong })) });
    assert.equal((await refusal(it.verify('x'))).code, 'bad_response', JSON.stringify(wrong));
  }
});

test("a server's words are told without the secrets of the request, and not at length", async () => {
  const shown = generateKey().expose();
  const detail = `no ${key} nor ${shown}\u0000\u001b[31m${'x'.repeat(5000)}`;
  const error = await refusal(with_({ fetch: async () => new Response(JSON.stringify({ type: '/problems/invalid_request', detail }), { status: 422, headers: { 'x-request-id': key } }) }).verify(shown));
  assert.match(error.message, /no \[redacted\] nor \[redacted\] \[31mxxx/);
  assert.ok(!inspect(error).includes(shown) && error.message.length < 700);
  assert.equal(error.requestId, undefined);
});

test('a key in the place of anything else, and what is no option, is not sent', async () => {
  let sent = 0;
  const it = with_({ fetch: async () => ((sent += 1), new Response('{}')) });
  const app = it.application(GOOD.application_id);
  const text = generateKey().expose();
  for (const call of [
    () => app.keys.get(text), () => app.keys.create({ owner: text }), () => app.keys.create({ owner: 'a', name: `Bearer ${text}` }), () => app.keys.create({ owner: 'a', metadata: { a: [text] } }),
    () => all(app.keys.list({ search: text })), () => all(app.keys.list({ owner: text })), () => app.owners.put(text), () => app.managementKeys.create({ name: text, scopes: ['verify'] }), () => it.create({ name: text, formats: FORMATS }),
  ]) {
    const error = await refusal(call());
    assert.deepEqual([error.code, error.message.includes(text)], ['invalid_argument', false]);
  }
  for (const [call, words] of [
    [() => app.keys.create({ owner: 'a', scope: ['b'] }), /^scope: no such option\. There are owner, /], [() => app.keys.create({ owner: 'a', limits: [{ name: 'r', window: 1 }] }), /^window: no such option/],
    [() => it.get('app_1'), /^id: expected the id of an application/], [() => app.keys.get('mgmt_0123456789abcdefghij'), /^id: expected the id of a key/], [() => app.owners.get('a/b'), /^owner: /], [() => app.owners.get('..'), /^owner: /],
    [() => app.keys.rotate(GOOD.id, { overlap: 'P1M' }), /^overlap: /], [() => app.keys.change(GOOD.id, { expiresAt: new Date(NaN) }), /^expiresAt: /], [() => app.keys.create({ owner: 'a', expiresIn: 1.5 }), /^expiresIn: /],
    [() => app.keys.import({ rule: {}, keys: 'x' }), /^keys: expected an array/], [() => it.verify(''), /^key: it is empty/],
  ]) {
    const error = await refusal(call());
    assert.equal(error.code, 'invalid_argument');
    assert.match(error.message, words);
  }
  for (const [options, code] of [
    [{ baseUrl: undefined }, 'invalid_argument'], [{ baseUrl: 'x' }, 'invalid_argument'], [{ baseUrl: 'http://keys.example.com' }, 'insecure_url'], [{ retries: -1 }, 'invalid_argument'], [{ timeout: 0 }, 'invalid_argument'],
    [{ fetch: 1 }, 'invalid_argument'], [{ credential: 1 }, 'invalid_argument'], [{ provider: 'keylatch' }, 'invalid_argument'],
  ]) assert.throws(() => with_(options), { code }, inspect(options));
  assert.equal(sent, 0);
});

test('whatever is handed over: an error of ours or of the value itself, and the next call works', async () => {
  const app = await acme();
  const places = {
    'new Applications(_)': (value) => new Applications(value), create: (value) => applications.create(value), get: (value) => applications.get(value), 'change(id, _)': (value) => applications.change(app.id, value),
    list: (value) => applications.list(value).next(), application: (value) => applications.application(value), verify: (value) => applications.verify(value), 'verify(key, _)': (value) => applications.verify('x', value),
    'keys.create': (value) => app.keys.create(value), 'keys.get': (value) => app.keys.get(value), 'keys.list': (value) => app.keys.list(value).next(), 'keys.import': (value) => app.keys.import(value), 'owners.put(_)': (value) => app.owners.put(value),
    'owners.put(id, _)': (value) => app.owners.put('a', value), 'managementKeys.create': (value) => app.managementKeys.create(value),
  };
  for (const name of ['scopes', 'metadata', 'limits', 'expiresIn', 'allowedAddresses', 'name', 'owner']) places[`keys.create({ ${name}: _ })`] = (value) => app.keys.create({ owner: 'a', [name]: value });
  for (const name of ['rule', 'keys']) places[`keys.import({ ${name}: _ })`] = (value) => app.keys.import({ rule: {}, keys: [], [name]: value });
  for (const name of ['fetch', 'credential', 'baseUrl']) places[`new Applications({ ${name}: _ })`] = (value) => with_({ [name]: value });
  places['a fetch that gives _'] = (value) => with_({ fetch: async () => value, timeout: 50, retries: 0 }).get(app.id);
  places['a credential that gives _'] = (value) => with_({ credential: () => value, timeout: 50, retries: 0 }).get(app.id);
  for (const [place, call] of Object.entries(places)) {
    for (const [what, make] of Object.entries(values())) {
      try {
        await call(make());
      } catch (error) {
        // What a function of the user's throws stays what it is, and so does what waiting for its promise throws.
        if (error instanceof Mine || (place === 'a credential that gives _' && error instanceof TypeError)) continue;
        assert.equal(error?.name, 'KeylatchError', `${place}, ${what}: ${error?.stack ?? String(error)}`);
        assert.ok(error.code !== 'internal' && !error.message.includes(key), `${place}, ${what}: ${error.message}`);
      }
    }
  }
  assert.equal((await applications.get(app.id)).id, app.id);
  assert.equal({}.polluted, undefined);
});
