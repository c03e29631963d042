// A page of another origin uses keys of four clouds: every header that carries a
// key is custom, so the browser asks first whether it may be sent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startOrigin } from './support/origin.js';
import { blankPage, useBrowser } from './support/scenario.js';
import { DEMO, startServer } from './support/server.js';

useBrowser();

let origin;
let stranger;
let server;
let api;

before(async () => {
  [origin, stranger] = await Promise.all([startOrigin(), startOrigin()]);
  server = await startServer('--allow-origin', origin.url);
  api = await server.api();
});

after(() => Promise.all([origin?.stop(), stranger?.stop(), server?.stop()]));

/** Runs a function in a page of the origin, with the package and what is given. */
async function inPageOf({ url }, run, given) {
  const page = await blankPage();
  try {
    await page.goto(url);
    const source = `async (given) => (${run})(await import('/index.js'), given)`;
    // The package reports what goes wrong by its code; so does this.
    return await page.evaluate(`(${source})(${JSON.stringify(given)}).catch((error) => ({ code: error.code ?? String(error) }))`);
  } finally {
    await page.context().close();
  }
}

const create = () => api('POST', '/v1/keys', { name: 'cross-origin' });

const CLOUDS = [
  { provider: 'conduce', scheme: 'bearer' },
  { provider: 'lambda', scheme: 'bearer' },
  { provider: 'lambda', scheme: 'basic' },
  { provider: 'luminary', scheme: 'header' },
  { provider: 'modelon', scheme: 'header' },
];

async function validate({ KeyClient }, { secret, ...options }) {
  return new KeyClient({ ...options, credential: secret }).validate(secret);
}

for (const cloud of CLOUDS) {
  test(`${cloud.provider}, ${cloud.scheme}: a key works until it is revoked`, async () => {
    const { key, secret } = await create();
    const given = { ...cloud, baseUrl: server.url, secret };
    assert.deepEqual(await inPageOf(origin, validate, given), { valid: true });
    await api('POST', `/v1/keys/${key.id}/revoke`);
    assert.deepEqual(await inPageOf(origin, validate, given), { valid: false, reason: 'unknown' });
  });
}

test('a page of an origin that was not allowed learns nothing', async () => {
  const { secret } = await create();
  for (const cloud of CLOUDS) {
    const given = { ...cloud, baseUrl: server.url, secret, retries: 0 };
    assert.deepEqual(await inPageOf(stranger, validate, given), { code: 'network_error' }, cloud.provider);
  }
});

test('Modelon Impact: a key is created, listed and deleted', async () => {
  const { secret } = await create();
  const outcome = await inPageOf(origin, async ({ KeyClient }, given) => {
    const modelon = new KeyClient({ provider: 'modelon', ...given });
    const { key, secret } = await modelon.create({ name: 'ignored' });
    const length = secret.reveal().length;
    const listed = [];
    for await (const { id } of modelon.list()) listed.push(id === key.id);
    await modelon.delete(key.id);
    for await (const { id } of modelon.list()) listed.push(id);
    return { length, listed };
  }, { baseUrl: server.url, credential: secret });
  assert.deepEqual(outcome, { length: 40, listed: [true] });
});

test('Conduce: a password starts a session, whose cookie the browser keeps', async () => {
  const outcome = await inPageOf(origin, async ({ KeyClient }, given) => {
    const conduce = await KeyClient.signIn({ provider: 'conduce', ...given });
    const { secret } = await conduce.create({ name: 'cross-origin' });
    const end = secret.reveal().slice(-4);
    const listed = [];
    for await (const { id, masked } of conduce.list()) listed.push([id, masked.endsWith(end)]);
    for (const [id] of listed) await conduce.delete(id);
    for await (const { id } of conduce.list()) listed.push(id);
    return { found: listed.map(([, found]) => found), cookie: document.cookie };
  }, { baseUrl: server.url, ...DEMO });
  assert.deepEqual(outcome, { found: [true], cookie: '' });
});
