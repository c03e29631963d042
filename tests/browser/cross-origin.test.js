// A page of another origin uses keys of keylatch and of four clouds: every header
// that carries a key is custom, so the browser asks first whether it may be sent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startOrigin } from './support/origin.js';
import { startRecorder } from './support/recorder.js';
import { blankPage, useBrowser } from './support/scenario.js';
import { DEMO, startServer } from './support/server.js';

useBrowser();

let origin;
let stranger;
let otherSite;
let server;
let api;

before(async () => {
  [origin, stranger] = await Promise.all([startOrigin(), startOrigin()]);
  // By another name it is of another site, to which the server's cookies are never sent.
  otherSite = { url: origin.url.replace('127.0.0.1', 'localhost') };
  server = await startServer('--allow-origin', origin.url, '--allow-origin', otherSite.url);
  api = await server.api();
});

after(() => Promise.all([origin?.stop(), stranger?.stop(), server?.stop()]));

/** Runs a function in a page of the origin, with the package and what is given. */
async function inPageOf({ url }, run, given, cookies = []) {
  const page = await blankPage();
  try {
    await page.context().addCookies(cookies);
    await page.goto(url);
    const source = `async (given) => (${run})(await import('/index.js'), given)`;
    // The package reports what goes wrong by its code; so does this.
    return await page.evaluate(`(${source})(${JSON.stringify(given)}).catch((error) => ({ code: error.code ?? String(error) }))`);
  } finally {
    await page.context().close();
  }
}

const create = () => api('POST', '/v1/keys', { name: 'cross-origin', expires_in: 'never', scopes: ['keys:read', 'keys:write'] });

const SERVICES = [
  { provider: 'keylatch', scheme: 'bearer' },
  { provider: 'conduce', scheme: 'bearer' },
  { provider: 'lambda', scheme: 'bearer' },
  { provider: 'lambda', scheme: 'basic' },
  { provider: 'luminary', scheme: 'header' },
  { provider: 'modelon', scheme: 'header' },
];

async function validate({ KeyClient }, { secret, ...options }) {
  return new KeyClient({ ...options, credential: secret }).validate(secret);
}

for (const service of SERVICES) {
  test(`${service.provider}, ${service.scheme}: a key works until it is revoked`, async () => {
    const { key, secret } = await create();
    const given = { ...service, baseUrl: server.url, secret };
    assert.equal((await inPageOf(origin, validate, given)).valid, true);
    await api('POST', `/v1/keys/${key.id}/revoke`);
    assert.deepEqual(await inPageOf(origin, validate, given), { valid: false, reason: 'unknown' });
  });
}

test('a page of an origin that was not allowed learns nothing', async () => {
  const { secret } = await create();
  for (const service of SERVICES) {
    const given = { ...service, baseUrl: server.url, secret, retries: 0 };
    assert.deepEqual(await inPageOf(stranger, validate, given), { code: 'network_error' }, service.provider);
  }
});

test('a page of another site has a key and no session: the browser would not send the cookie', async () => {
  const { secret } = await create();
  const given = { provider: 'keylatch', baseUrl: server.url };
  assert.equal((await inPageOf(otherSite, validate, { ...given, secret })).valid, true);
  const signIn = ({ KeyClient }, given) => KeyClient.signIn(given);
  assert.deepEqual(await inPageOf(otherSite, signIn, { ...given, ...DEMO }), { code: 'forbidden' });
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

test('keylatch: a key is created, listed, rotated, revoked and deleted', async () => {
  const { secret } = await create();
  const outcome = await inPageOf(origin, async ({ KeyClient }, given) => {
    const keylatch = new KeyClient({ provider: 'keylatch', ...given });
    const first = await keylatch.create({ name: 'of another origin', scopes: ['keys:read', 'keys:write'] });
    const second = await keylatch.rotate(first.key.id);
    const ids = [first.key.id, second.key.id];
    await keylatch.revoke(second.key.id);
    const states = [];
    for await (const { id, status } of keylatch.list({ search: 'of another' })) states[ids.indexOf(id)] = status;
    for (const id of ids) await keylatch.delete(id);
    for await (const { name } of keylatch.list({ search: 'of another' })) states.push(name);
    return { states, user: (await keylatch.whoami()).user };
  }, { baseUrl: server.url, credential: secret });
  assert.deepEqual(outcome, { states: ['revoked', 'revoked'], user: DEMO.user });
});

const KEY = 'a-key-that-is-nobodys';
const HEADERS = [
  { provider: 'conduce', header: 'authorization', value: `Bearer ${KEY}` },
  { provider: 'lambda', header: 'authorization', value: `Bearer ${KEY}` },
  { provider: 'luminary', header: 'x-api-key', value: KEY },
  { provider: 'modelon', header: 'impact-api-key', value: KEY },
];
// Cookies know no ports, so this one is every server's here.
const COOKIE = { name: 'session', value: 'of-the-person', domain: '127.0.0.1', path: '/' };

/** Every way in which clients send something; answers the codes of what was refused, by client. */
async function everyCall({ KeyClient }, clients) {
  const refused = [];
  for (const options of clients) {
    const client = new KeyClient({ ...options, retries: 0 });
    const outcomes = await Promise.allSettled([
      client.validate(options.credential ?? 'another'), client.list().next(), client.create({ name: 'x' }), client.whoami(),
      client.fetch('anything'), client.fetch('anything', { method: 'POST', body: '{}' }),
    ]);
    // What a service cannot do is not asked for.
    refused.push(outcomes.map(({ reason }) => reason?.code).filter((code) => code !== 'unsupported'));
  }
  return refused;
}

test('the browser asks before it sends the header, and a key never travels with a cookie', async () => {
  const recorder = await startRecorder();
  try {
    const clients = HEADERS.map(({ provider }) => ({ provider, baseUrl: `${recorder.url}/${provider}`, credential: KEY }));
    await inPageOf(origin, everyCall, clients, [COOKIE]);
    for (const { provider, header, value } of HEADERS) {
      const [asked, ...rest] = recorder.requests.filter(({ url }) => url.startsWith(`/${provider}/`));
      assert.equal(asked.method, 'OPTIONS', provider);
      assert.ok(asked.headers['access-control-request-headers'].split(',').includes(header), provider);
      const sent = rest.filter(({ method }) => method !== 'OPTIONS');
      assert.ok(sent.length >= 3, `${provider}: ${sent.length} requests`);
      for (const { method, url, headers } of sent) {
        assert.equal(headers[header], value, `${method} ${url}`);
        assert.equal(headers.cookie, undefined, `${method} ${url}`);
        assert.equal(headers.referer, undefined, `${method} ${url}`);
        assert.equal(url.includes(KEY), false, `${method} ${url}`);
      }
    }

    // Without a key the cookie goes along, or the above would prove nothing.
    recorder.requests.length = 0;
    await inPageOf(origin, everyCall, [{ provider: 'keylatch', baseUrl: recorder.url }], [COOKIE]);
    assert.ok(recorder.requests.some(({ headers }) => headers.cookie === 'session=of-the-person'));
  } finally {
    await recorder.stop();
  }
});

test('a redirect is refused, and where it leads nobody hears of the key', async () => {
  const elsewhere = await startRecorder();
  const status = (url) => Number(url.split('/')[1]);
  const recorder = await startRecorder(({ url }) => ({ status: status(url), headers: { location: elsewhere.url + url } }));
  try {
    for (const code of [301, 302, 303, 307, 308]) {
      const clients = HEADERS.map(({ provider }) => ({ provider, baseUrl: `${recorder.url}/${code}`, credential: KEY }));
      const refused = await inPageOf(origin, everyCall, clients);
      assert.equal(refused.length, HEADERS.length, `${code}: ${JSON.stringify(refused)}`);
      for (const codes of refused) {
        assert.ok(codes.length >= 3 && codes.every((each) => each === 'redirect_refused'), `${code}: ${codes}`);
      }
      assert.ok(recorder.requests.some(({ url, method }) => status(url) === code && method !== 'OPTIONS'));
    }
    assert.deepEqual(elsewhere.requests, []);
  } finally {
    await Promise.all([recorder.stop(), elsewhere.stop()]);
  }
});
