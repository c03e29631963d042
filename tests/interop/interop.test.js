// The clouds' own Python clients against the real server, with keys that the
// package makes: each takes a key while it is active, and refuses it with its
// own error once it has ended.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { KeyClient } from '../../pkg/dist/node/index.js';
import { DEMO, startServer } from '../browser/support/server.js';
import { CASE } from '../limits.js';
import { drive, environment } from './python.js';

/** The clients, and how each says that a key is not accepted. */
const CLIENTS = [
  {
    name: 'modelon-impact-client',
    driver: 'modelon_driver.py',
    environment: (url, key) => ({ MODELON_IMPACT_CLIENT_URL: url, MODELON_IMPACT_CLIENT_API_KEY: key }),
    answer: { email: DEMO.user, listed: 0 },
    // AuthenticationError is for who has no key at all; this is for a key that
    // the server refuses, and carries the message of the cloud's error body.
    refusal: { error: 'modelon.impact.client.sal.exceptions.HTTPError', status: 401, says: /API key/ },
  },
  {
    name: 'luminarycloud',
    driver: 'luminary_driver.py',
    environment: (url, key) => ({ LC_DOMAIN: url, LC_API_KEY: key }),
    answer: { listed: 0 },
    refusal: { error: 'luminarycloud._client.http_client.HTTPErrorWithBody', status: 401, says: /API key/ },
  },
  {
    name: 'lambda-cloud-python',
    driver: 'lambda_driver.py',
    environment: (url, key) => ({ LAMBDA_BASE_URL: url, LAMBDA_API_KEY: key }),
    answer: { listed: 0 },
    refusal: { error: 'httpx.HTTPStatusError', status: 401, says: /401 Unauthorized/ },
  },
];

let python;
let server;
/** Signed in to keylatch's own API. */
let keys;

before(async () => {
  // Installed already, when `cargo xtask test interop` runs this.
  python = await environment();
  server = await startServer();
  keys = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...DEMO });
});

after(() => server?.stop());

/** A new key and its secret. */
async function create(options) {
  const { key, secret } = await keys.create({ name: 'interop', scopes: ['keys:read', 'keys:write'], ...options });
  return { id: key.id, secret: secret.reveal() };
}

/** A new key of Modelon's API, in the place of the one that the user has there. */
async function createAtModelon() {
  const credential = (await create()).secret;
  const modelon = new KeyClient({ provider: 'modelon', baseUrl: server.url, credential });
  for await (const { id } of modelon.list()) await modelon.delete(id);
  const { key, secret } = await modelon.create({ name: 'interop' });
  return { modelon, id: key.id, secret: secret.reveal() };
}

/** One character of the key is another one. */
function mistyped(secret) {
  const at = secret.length - 1;
  return secret.slice(0, at) + (secret[at] === '0' ? '1' : '0');
}

/** Waits until the server's own clock has ended the key. */
async function expired(secret) {
  const deadline = Date.now() + CASE;
  for (;;) {
    const validation = await keys.validate(secret);
    if (!validation.valid) return assert.equal(validation.reason, 'expired');
    assert.ok(Date.now() < deadline, 'the key did not expire in time');
  }
}

/** Keys that have ended, and what ends them. */
const ENDED = {
  'wrong by one character': async () => mistyped((await create()).secret),
  revoked: async () => {
    const { id, secret } = await create();
    await keys.revoke(id);
    return secret;
  },
  expired: async () => {
    const { secret } = await create({ expiresIn: 'PT1S' });
    await expired(secret);
    return secret;
  },
  'rotated out': async () => {
    const { id, secret } = await create();
    await keys.rotate(id);
    return secret;
  },
  deleted: async () => {
    const { id, secret } = await create();
    await keys.revoke(id);
    await keys.delete(id);
    return secret;
  },
  // Through the cloud's API, which knows of no revoking.
  "deleted through Modelon's API": async () => {
    const { modelon, id, secret } = await createAtModelon();
    await modelon.delete(id);
    return secret;
  },
};

/** Keys that are active, whichever API made them. */
const ACTIVE = {
  "made through keylatch's API": async () => (await create()).secret,
  'the successor of another': async () => {
    const { secret } = await keys.rotate((await create()).id);
    return secret.reveal();
  },
  'in the overlap of a rotation': async () => {
    const { id, secret } = await create();
    await keys.rotate(id, { overlap: 'PT1H' });
    return secret;
  },
  "made through Modelon's API": async () => (await createAtModelon()).secret,
  "made through Conduce's API": async () => {
    const conduce = await KeyClient.signIn({ provider: 'conduce', baseUrl: server.url, ...DEMO });
    const { secret } = await conduce.create({ name: 'interop' });
    return secret.reveal();
  },
};


for (const client of CLIENTS) {
  describe(client.name, () => {
    const outcome = (key) => drive(python, client.driver, client.environment(server.url, key));

    for (const [what, make] of Object.entries(ACTIVE)) {
      test(`takes a key ${what}`, async () => {
        assert.deepEqual(await outcome(await make()), { answer: client.answer });
      });
    }

    for (const [what, make] of Object.entries(ENDED)) {
      test(`refuses a key that is ${what}`, async () => {
        const key = await make();
        const { error, status, message } = await outcome(key);
        assert.deepEqual({ error, status }, { error: client.refusal.error, status: client.refusal.status });
        assert.match(message, client.refusal.says);
        assert.ok(!message.includes(key), 'the refusal does not repeat the key');
      });
    }
  });
}

test('without Python the run says so and fails', async () => {
  const { PATH } = process.env;
  process.env.PATH = '';
  try {
    await assert.rejects(environment(), /Python 3\.11, 3\.12, 3\.13 is needed .* but was not found/);
  } finally {
    process.env.PATH = PATH;
  }
});

test('the same key is taken by every client, and by none after it was revoked', async () => {
  const { id, secret } = await create();
  const outcomes = async () => Promise.all(CLIENTS.map(({ driver, environment }) =>
    drive(python, driver, environment(server.url, secret))));
  assert.deepEqual(await outcomes(), CLIENTS.map(({ answer }) => ({ answer })));
  await keys.revoke(id);
  assert.deepEqual((await outcomes()).map(({ error }) => error), CLIENTS.map(({ refusal }) => refusal.error));
});
