// The one request of a try: the platform's fetch makes it, or the user's is given it.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import '../sources.js';

const { Call } = await import('../../pkg/client/call.js');

const URL = 'https://service.example/v1/keys';
const TEXT = '{"name":"ci"}';
const platform = { fetch: globalThis.fetch, Request: globalThis.Request };
afterEach(() => void Object.assign(globalThis, platform));

/** Sends a request with a body, and gives the body's bytes as they are afterwards. */
async function post(options) {
  const call = new Call(options);
  const body = new TextEncoder().encode(TEXT);
  const answer = await call.answer('POST', URL, new Headers({ 'x-mine': '1' }), body, false, 100);
  call.end();
  return { answer, body };
}

const told = (request) => [request.url, request.method, request.headers.get('x-mine'), request.redirect, request.referrerPolicy];
const EXPECTED = [URL, 'POST', '1', 'manual', 'no-referrer'];

test('the platform\'s fetch is given an address and options, and no request is made before', async () => {
  let asked;
  globalThis.fetch = async (...given) => { asked = given; return new Response('{}'); };
  globalThis.Request = class { constructor() { assert.fail('a request was made before'); } };
  assert.equal((await post({})).answer.status, 200);
  const [url, init] = asked;
  assert.equal(typeof url, 'string');
  assert.deepEqual(told(new platform.Request(url, init)), EXPECTED);
});

test('a fetch of the user\'s is given a Request, and nothing else', async () => {
  let asked;
  const fetch = async (...given) => { asked = [...given, await given[0].clone().text()]; return new Response('{}'); };
  assert.equal((await post({ fetch })).answer.status, 200);
  const [request, text, ...more] = asked;
  assert.ok(request instanceof Request);
  assert.deepEqual([...told(request), text, more.length], [...EXPECTED, TEXT, 0]);
});

for (const [whose, install] of [
  ['the platform\'s', (fetch) => { globalThis.fetch = fetch; return {}; }],
  ['one of the user\'s', (fetch) => ({ fetch })],
]) {
  test(`a body is read late by ${whose}, and wiped when it has answered`, async () => {
    let read;
    const { body } = await post(install(async (input, init) => {
      await new Promise((resolve) => { setImmediate(resolve); });
      read = await (input instanceof Request ? input : new Request(input, init)).text();
      return new Response('{}');
    }));
    assert.equal(read, TEXT);
    assert.ok(body.every((byte) => byte === 0), 'the bytes are left behind');
  });

  test(`a body is wiped when ${whose} fails`, async () => {
    const { answer, body } = await post(install(() => { throw new TypeError('no'); }));
    assert.equal(answer.failed, 'network');
    assert.ok(body.every((byte) => byte === 0), 'the bytes are left behind');
  });

  test(`the time of a call ends a request of ${whose}`, async () => {
    let signal;
    const { answer } = await post({
      ...install((input, init) => { ({ signal } = input instanceof Request ? input : init); return new Promise(() => {}); }),
      timeout: 20,
    });
    assert.deepEqual([answer.failed, signal.aborted], ['timeout', true]);
  });
}

test('a request that certainly did not leave is told from one that may have', async () => {
  for (const [neverLeft, causes] of [
    [true, [{ code: 'ECONNREFUSED' }, { code: 'ENETUNREACH' }, { message: 'bad port' }, { code: 'CERT_HAS_EXPIRED' }, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }]],
    [false, [undefined, null, {}, { code: 5 }, { code: 'ECONNRESET' }, { code: 'UND_ERR_SOCKET' }, { code: 'UND_ERR_HEADERS_TIMEOUT' }, { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, { message: 'other side closed' }, { code: 'ECONNRESET', message: 'bad port' }]],
  ]) {
    for (const cause of causes) {
      const { answer } = await post({ fetch: () => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause })) });
      assert.deepEqual([answer.failed, answer.neverLeft], ['network', neverLeft], JSON.stringify(cause));
    }
  }
});
