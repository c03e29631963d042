// Guards against keylatch-server itself: up to three processes with one PostgreSQL, and
// a guard at each.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generateKey } from '../../pkg/dist/node/index.js';
import { CASE } from '../limits.js';
import { agree } from './support/random.js';
import { served } from './support/served.js';
import { prefixed } from './support/stand-in.js';
import { bearer, refusal, verdict } from './support/table.js';

const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('every answer about a key is what the server means', async (t) => {
  const app = await served(t);
  const guard = app.guard(0, { fresh: 0 });
  const { secret, id, expires_at } = await app.issue({ name: 'nightly', scopes: ['mesh:read'], metadata: { note: 'CI' } });
  await app.call('PUT', '/owners/cust_7', { metadata: { plan: 'pro' } });
  const caller = await guard.authenticate(bearer(secret), { scopes: ['mesh:read'], address: '192.0.2.7' });
  assert.deepEqual(caller, {
    id, owner: 'cust_7', scopes: ['mesh:read'], metadata: { note: 'CI' }, prefix: undefined, expiresAt: new Date(expires_at), limits: [],
    name: 'nightly', environment: 'live', ownerMetadata: { plan: 'pro' },
  });
  assert.equal(await verdict(guard, secret, { scopes: ['mesh:write'] }), 'insufficient_scope');
  assert.equal(await verdict(guard, generateKey(prefixed('acme_live_')).expose()), 'not_found');

  await app.call('PATCH', `/keys/${id}`, { allowed_addresses: ['10.0.0.0/8', '2001:db8::/32'] });
  const kept = app.guard();
  for (const [address, expected] of [['10.1.2.3', 'ok'], ['::ffff:10.1.2.3', 'ok'], ['2001:db8::1', 'ok'], ['192.0.2.7', 'address_refused'], [undefined, 'address_refused']]) {
    assert.equal(await verdict(kept, secret, { address }), expected, address);
  }
  await app.call('PATCH', `/keys/${id}`, { allowed_addresses: [], disabled: true });
  assert.equal(await verdict(guard, secret), 'disabled');
  await app.call('PATCH', `/keys/${id}`, { disabled: false });
  assert.equal(await verdict(guard, secret), 'ok');
  await app.call('POST', `/keys/${id}/revoke`);
  assert.equal(await verdict(guard, secret), 'revoked');
  const short = await app.issue({ expires_in: 'PT1S' });
  assert.equal(await verdict(guard, short.secret), 'ok');
  while ((await verdict(guard, short.secret)) === 'ok') await soon(50);
  assert.equal(await verdict(guard, short.secret), 'expired');
  // The server notes when and from where a key was used, though a guard has asked.
  let noted;
  do noted = await app.call('GET', `/keys/${id}`);
  while (noted.last_used_at === null && (await soon(100)) === undefined);
  assert.equal(noted.last_used_address, '192.0.2.7');
});

for (const processes of [1, 3]) {
  // 10,000 of them: tests/guard/long.
  test(`random changes and requests at ${processes} of its processes: guards, servers and model agree`, { timeout: CASE }, (t) => agree(t, { requests: 400, processes, seed: 42 }));
}

test('a credential that may not verify is the operator\'s fault, and said to be', async (t) => {
  const app = await served(t);
  const { secret } = await app.issue();
  const reader = await app.managementKey(['keys:read']);
  const { secret: personal } = await app.as('person', 'POST', '/v1/keys', { name: 'personal', scopes: ['keys:read'] });
  const gone = await app.managementKey(['verify']);
  const { management_keys: all, items = all } = await app.as('person', 'GET', `/v1/applications/${app.id}/management-keys`);
  const { id } = items.find(({ masked }) => masked.endsWith(gone.slice(-4)));
  await app.as('person', 'DELETE', `/v1/applications/${app.id}/management-keys/${id}`);
  for (const [credential, code] of [[reader, 'forbidden'], [personal, 'forbidden'], [gone, 'unauthorized'], [generateKey().expose(), 'unauthorized']]) {
    const error = await refusal(app.guard(0, { credential }).authenticate(bearer(secret)));
    assert.deepEqual([error.status, error.cause.code], [503, code]);
    assert.match(error.cause.message, /Give the guard a management key of app_\w+ with the scope verify/);
  }
  // Two credentials in each other's place: neither API lets the other one's customers in.
  const { id: other } = await app.as('person', 'POST', '/v1/applications', { name: 'Other', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
  const swapped = await refusal(app.guard(0, { application: other }).authenticate(bearer(secret)));
  assert.deepEqual([swapped.status, swapped.cause.code], [503, 'forbidden']);
  assert.match(swapped.cause.message, new RegExp(`Give the guard a management key of ${other} with the scope verify`));
  const warnings = [];
  const brief = await app.managementKey(['verify'], { expires_in: 'P7D' });
  assert.equal(await verdict(app.guard(0, { credential: brief, onWarning: (warning) => warnings.push(warning) }), secret), 'ok');
  assert.deepEqual(warnings.map(({ code }) => code), ['credential_expires']);
});

test('three guards at three servers never spend more of a quota than there is', { timeout: CASE }, async (t) => {
  const app = await served(t, { processes: 3 });
  const LIMIT = 400;
  await app.call('PUT', '/owners/cust_7', { limits: [{ name: 'calls', kind: 'quota', limit: LIMIT, refill: 'never' }] });
  const keys = await Promise.all([0, 1, 2, 3].map(() => app.issue()));
  const guards = [0, 1, 2].map((at) => app.guard(at));
  let spent = 0;
  const worker = async (at) => {
    // Until there is nothing more to be had, and once more after a while, when what others have given back is there.
    for (let number = 0, refused = 0; refused < 3; number++) {
      const cost = [1, 1, 2, 5][number % 4];
      const found = await verdict(guards[at % 3], keys[number % 4].secret, { cost });
      if (found === 'ok') {
        spent += cost;
        continue;
      }
      assert.equal(found, 'quota_exceeded');
      refused += 1;
      await soon(200);
    }
  };
  await Promise.all(Array.from({ length: 9 }, (_, at) => worker(at)));
  assert.ok(spent <= LIMIT, `${spent}`);
  await Promise.all(guards.map((guard) => guard.close()));
  // What was given back, by guards at once and by servers after some seconds, is there for whoever comes next: all of it.
  const last = app.guard();
  while (spent < LIMIT) {
    if ((await verdict(last, keys[0].secret)) === 'ok') spent += 1;
    else await soon(500);
  }
  assert.equal(await verdict(last, keys[0].secret), 'quota_exceeded');
  await last.close();
});

test('of a rate, three guards let in no more than is documented, and hear of each other within seconds', async (t) => {
  const app = await served(t, { processes: 3, limits: [{ name: 'requests', kind: 'rate', limit: 50, window_seconds: 3600 }] });
  const { secret } = await app.issue();
  const guards = [0, 1, 2].map((at) => app.guard(at, { fresh: 1 }));
  const counts = await Promise.all(guards.map(async (guard) => {
    let count = 0;
    while ((await verdict(guard, secret)) === 'ok') count += 1;
    return count;
  }));
  assert.ok(counts.every((count) => count <= 50), `${counts}: each its limit at most, also within the first second`);
  assert.ok(Math.max(...counts) === 50 || counts.reduce((sum, count) => sum + count) >= 50, `${counts}: and all of it`);
  // A server hears of the others once a second, and of a guard as often; each at a time of its own.
  const remaining = async (at) => (await app.look(secret, at)).limits[0].remaining;
  for (const at of [0, 1, 2]) while ((await remaining(at)) > 0) await soon(100);
  const late = app.guard(1);
  assert.equal(await verdict(late, secret), 'rate_limited', 'one that has just begun');
  const error = await refusal(late.authenticate(bearer(secret)));
  assert.ok(error.retryAfter > 1 && error.retryAfter <= 2 * 3600, `${error.retryAfter}`);
  await Promise.all([...guards, late].map((guard) => guard.close()));
});

test('a key that is revoked stays so at every guard that has heard of it, whatever was under way', async (t) => {
  const app = await served(t, { processes: 3 });
  for (let round = 0; round < 5; round++) {
    const { secret, id } = await app.issue();
    const guards = [0, 1, 2].flatMap((at) => [app.guard(at, { fresh: 0 }), app.guard(at, { fresh: 0.05, stale: 0.05 })]);
    let isRevoked = false;
    const watching = guards.map(async (guard, at) => {
      const seen = [];
      for (let after = 0; after < 20; after += isRevoked) {
        seen.push(await verdict(guard, secret));
        if (at % 2 === 1) await soon(1);
      }
      return seen;
    });
    await soon(20);
    await app.call('POST', `/keys/${id}/revoke`, undefined, round % 3);
    isRevoked = true;
    for (const guard of guards) guard.forget(id);
    for (const [at, seen] of (await Promise.all(watching)).entries()) {
      const first = seen.indexOf('revoked');
      assert.ok(first < 0 || seen.slice(first).every((found) => found === 'revoked'), `guard ${at}: ${seen}`);
      assert.deepEqual([...new Set(seen)].filter((found) => !['ok', 'revoked'].includes(found)), []);
    }
    // Every process has heard of it within the time of its cache.
    for (const guard of guards) while ((await verdict(guard, secret)) === 'ok') await soon(50);
  }
});

test('a server that dies takes nobody along but who asks it', async (t) => {
  const app = await served(t, { processes: 2 });
  const LIMIT = 200;
  const { secret } = await app.issue({ limits: [{ name: 'calls', kind: 'quota', limit: LIMIT, refill: 'never' }] });
  const [orphan, other, lenient] = [app.guard(0, { fresh: 0 }), app.guard(1), app.guard(0, { fresh: 0.05, onUnavailable: 'stale' })];
  let spent = 0;
  for (const guard of [orphan, other, lenient]) for (let times = 0; times < 5; times++) spent += (await verdict(guard, secret)) === 'ok';
  assert.equal(spent, 15);
  await app.kill(0);
  const error = await refusal(orphan.authenticate(bearer(secret)));
  assert.deepEqual([error.status, error.cause.code], [503, 'network_error']);
  await soon(60);
  assert.equal(await verdict(lenient, secret), 'ok', 'by the last answer');
  await assert.rejects(orphan.close(), { code: 'network_error' });
  while ((await verdict(other, secret)) === 'ok') spent += 1;
  assert.ok(spent < LIMIT, 'what the others had on lease is not spent twice');
  await other.close();
});
