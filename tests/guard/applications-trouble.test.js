// keylatch/applications when something goes wrong: answers that are lost, late or false, failing
// connections, and what may not be sent. What no server answers is handed over by a `fetch`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { Applications } from '../../pkg/dist/node/applications.js';
import { generateKey, KeylatchError } from '../../pkg/dist/node/index.js';
import { Mine, values } from '../wasm/support/hostile.js';
import { acme, all, applications, FORMATS, key, losing, refusal, useApplications, with_ } from './support/applications.js';

useApplications();

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
