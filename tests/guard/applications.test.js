// keylatch/applications against the server itself: each operation, and what the server finds faulty.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { generateKey, Secret } from '../../pkg/dist/node/index.js';
import { acme, all, applications, FORMATS, losing, refusal, useApplications, with_ } from './support/applications.js';

useApplications();

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
  // Each is awaited from its beginning: of two at once, the second may be refused before anybody looks.
  for (const call of [() => app.keys.limits('key_0000000000000000'), () => app.owners.limits('cust_8')]) assert.equal((await refusal(call())).code, 'not_found');
});
