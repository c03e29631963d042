// keylatch's own client on the facades: what one side of the house says, the
// other side understands.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { KeyClient } from '../../pkg/dist/node/index.js';
import { DEMO, startServer } from '../browser/support/server.js';

let server;
/** Signed in to keylatch's own API. */
let keys;

before(async () => {
  server = await startServer();
  keys = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...DEMO });
});

after(() => server?.stop());

async function create() {
  const { key, secret } = await keys.create({ name: 'own client', scopes: ['keys:read', 'keys:write'] });
  return { id: key.id, secret: secret.reveal() };
}

async function client(provider, options) {
  return new KeyClient({ provider, baseUrl: server.url, credential: (await create()).secret, ...options });
}

async function listed(client) {
  const found = [];
  for await (const key of client.list()) found.push(key);
  return found;
}

async function works(secret) {
  return (await keys.validate(secret)).valid;
}

for (const [provider, scheme] of [
  ['conduce', 'bearer'], ['lambda', 'bearer'], ['lambda', 'basic'], ['luminary', 'header'], ['modelon', 'header'],
]) {
  test(`${provider}, ${scheme}: a key is valid until it is revoked`, async () => {
    const cloud = await client(provider, { scheme });
    const { id, secret } = await create();
    assert.deepEqual(await cloud.validate(secret), { valid: true });
    await keys.revoke(id);
    assert.deepEqual(await cloud.validate(secret), { valid: false, reason: 'unknown' });
  });
}

describe('Modelon Impact', () => {
  test('one key is created, listed, replaced and deleted', async () => {
    const modelon = await client('modelon');
    assert.equal((await modelon.whoami()).user, DEMO.user);
    assert.deepEqual(await listed(modelon), []);

    const first = await modelon.create({ name: 'ignored' });
    const firstSecret = first.secret.reveal();
    assert.ok(await works(firstSecret));
    assert.deepEqual((await listed(modelon)).map(({ id }) => id), [first.key.id]);
    // A factor of a thousand would be years.
    assert.ok(Math.abs(first.key.createdAt - Date.now()) < 86_400_000, 'seconds, not milliseconds');
    await assert.rejects(modelon.create({ name: 'ignored' }), { status: 400 });

    const second = await modelon.rotate(first.key.id);
    const secondSecret = second.secret.reveal();
    assert.deepEqual([await works(firstSecret), await works(secondSecret)], [false, true]);
    await modelon.delete(second.key.id);
    assert.equal(await works(secondSecret), false);
    assert.deepEqual(await listed(modelon), []);
  });

  test('a key signs in, and its session ends with it', async () => {
    const { id, secret } = await create();
    const session = await KeyClient.signIn({ provider: 'modelon', baseUrl: server.url, user: '', password: secret });
    assert.equal((await session.whoami()).user, DEMO.user);
    await keys.revoke(id);
    await assert.rejects(session.whoami(), { code: 'unauthorized' });
  });

  test("a wrong key is told in the cloud's own words", async () => {
    const modelon = await client('modelon', { credential: 'undefined-as-a-key' });
    await assert.rejects(modelon.whoami(), (error) => {
      assert.equal(error.code, 'unauthorized');
      assert.equal(error.service.code, '11034');
      return true;
    });
  });
});

describe('Conduce', () => {
  const signIn = () => KeyClient.signIn({ provider: 'conduce', baseUrl: server.url, ...DEMO });

  test('a key is created, listed by its end, and removed as it was listed', async () => {
    const conduce = await signIn();
    const secret = (await conduce.create({ name: 'deploy robot' })).secret.reveal();
    const masked = `…${secret.slice(-4)}`;
    assert.ok(await works(secret));
    const [key, ...others] = await listed(conduce);
    assert.deepEqual([key.masked, others], [masked, []]);
    assert.ok((await listed(keys)).some(({ name }) => name === 'deploy robot'), "keylatch's own list has it too");
    await conduce.delete(key.id);
    assert.equal(await works(secret), false);
    assert.deepEqual(await listed(conduce), []);
  });

  test('a wrong password is told as one', async () => {
    const wrong = { provider: 'conduce', baseUrl: server.url, user: DEMO.user, password: 'wrong' };
    await assert.rejects(KeyClient.signIn(wrong), { code: 'invalid_credentials' });
  });
});

test("Lambda Cloud's message for a wrong key comes through whole", async () => {
  const lambda = await client('lambda');
  const response = await lambda.fetch('/api/v1/instances');
  assert.deepEqual(await response.json(), { data: [] });
  const wrong = await client('lambda', { credential: 'kl_live_wrong' });
  const refusal = await wrong.fetch('/api/v1/instances');
  assert.equal(refusal.status, 401);
  assert.equal((await refusal.json()).error.code, 'global/invalid-api-key');
});
