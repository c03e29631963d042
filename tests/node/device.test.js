// Logging in with a code on another computer, against an issuer that follows a script.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { computer } from './support/computer.js';

const TOKENS = { access_token: 'eyJ.at.1', refresh_token: 'rt-1', expires_in: 3600 };
const KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
const INFO = { id: 'key_1', name: 'keylatch on here', status: 'active', masked: 'kl_test_…HBms', scopes: [], expires_at: '2030-01-31T10:00:00Z' };
const CONFIG = '~/.luminarycloud/config';
const STORE = '~/.config/keylatch/credentials.json';

/** An issuer, with keylatch's API beside it, that answers the questions for a token in turn. */
async function issuer(t, ...answers) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const body = text && JSON.parse(text);
    const path = request.url.split('?')[0];
    asked.push({ what: `${request.method} ${path}`, body, authorization: request.headers.authorization });
    const send = (status, json) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    if (path === '/oauth/device_authorization' && answers.length > 0) {
      const page = `${one.url}/device`;
      // So short an interval is for tests; issuers say five seconds.
      return send(200, { device_code: 'dc-secret', user_code: 'WDJB-MJHT', verification_uri: page, verification_uri_complete: `${page}?user_code=WDJB-MJHT`, expires_in: 600, interval: 0.01 });
    }
    if (path === '/oauth/token') {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return typeof answer === 'string' ? send(400, { error: answer, error_description: `About ${answer}.` }) : send(200, answer);
    }
    if (path === '/v1/keys') return send(201, { key: INFO, secret: KEY });
    if (path === '/v1/keys/key_1/revoke') return send(200, { ...INFO, status: 'revoked' });
    send(404, {});
  }).listen(0, '127.0.0.1');
  t.after(() => server.close() && server.closeAllConnections());
  await once(server, 'listening');
  const one = { asked, url: `http://127.0.0.1:${server.address().port}` };
  return one;
}

test('a login by code is stored as one by browser is', async (t) => {
  const { url, asked } = await issuer(t, 'authorization_pending', 'authorization_pending', TOKENS);
  const pc = await computer(t, { LC_DOMAIN: url, LC_AUTH_DOMAIN: url });
  const { code, out, err } = await pc.keylatch(['login', '--provider', 'luminary', '--device']);
  assert.equal(code, 0, err);
  assert.equal(out, '');
  assert.match(err, /enter the code WDJB-MJHT\n\n {2}http:\/\/127\.0\.0\.1:\d+\/device\n\nThe same with the code in it: \S+\/device\?user_code=WDJB-MJHT\n\nLogged in to Luminary Cloud; stored in ~\/\.luminarycloud\/config\.\n$/);
  assert.equal(JSON.parse(await pc.read(CONFIG)).refresh_token, 'rt-1');
  assert.deepEqual(asked.map(({ what }) => what), ['POST /oauth/device_authorization', ...Array(3).fill('POST /oauth/token')]);
  const [{ body: begun }, { body: polled }] = asked;
  assert.deepEqual(Object.keys(begun).sort(), ['audience', 'client_id', 'scope']);
  assert.deepEqual(polled, { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: begun.client_id, device_code: 'dc-secret' });
});

test('a login by code at one\'s own server makes a key, which is stored', async (t) => {
  const { url, asked } = await issuer(t, 'authorization_pending', TOKENS);
  const pc = await computer(t, { KEYLATCH_URL: url });
  const { code, err } = await pc.keylatch(['login', '--device']);
  assert.equal(code, 0, err);
  assert.match(err, /Created the key "keylatch on here" \(kl_test_…HBms\), good until 2030-01-31 .*\.\nLogged in to keylatch; stored in ~\/\.config\/keylatch\/credentials\.json\.\n$/);
  const made = asked.find(({ what }) => what === 'POST /v1/keys');
  assert.equal(made.authorization, 'Bearer eyJ.at.1');
  assert.match(made.body.name, /^keylatch on /);
  const headers = await pc.keylatch(['headers']);
  assert.equal(headers.out, `Authorization: Bearer ${KEY}\n`, headers.err);
  const stored = await pc.read(STORE);
  assert.ok(!stored.includes('rt-1') && !stored.includes('eyJ'), 'the login itself is not kept');
  for (const text of ['dc-secret', 'eyJ.at.1', 'rt-1', KEY]) assert.ok(!err.includes(text), text);
});

test('what the issuer refuses ends the login, and nothing is stored or made', async (t) => {
  for (const [answers, exit, says] of [
    [['authorization_pending', 'access_denied'], 1, /did not accept the credential: access_denied: About access_denied\./],
    [['expired_token'], 1, /expired_token/],
    [[{ token_type: 'bearer' }], 1, /it gave no access token/],
    [[], 1, /cannot log in with a code through its API\. Log in with a browser, or use a key\./],
  ]) {
    const { url, asked } = await issuer(t, ...answers);
    const pc = await computer(t, { KEYLATCH_URL: url, LC_AUTH_DOMAIN: url, LC_DOMAIN: url });
    for (const provider of ['keylatch', 'luminary']) {
      const { code, err } = await pc.keylatch(['login', '--device', '--provider', provider]);
      assert.equal(code, exit, err);
      assert.match(err, says);
      assert.ok(!err.includes('dc-secret'), err);
    }
    assert.ok(!asked.some(({ what }) => what === 'POST /v1/keys'));
    await assert.rejects(pc.read(STORE), { code: 'ENOENT' });
    await assert.rejects(pc.read(CONFIG), { code: 'ENOENT' });
  }
});

test('Ctrl-C ends the wait', async (t) => {
  const { url } = await issuer(t, 'authorization_pending');
  const pc = await computer(t, { KEYLATCH_URL: url });
  const terminal = pc.terminal(`${process.execPath} '${new URL('../../pkg/dist/node/cli.js', import.meta.url).pathname}' login --device`);
  await terminal.sees('enter the code WDJB-MJHT');
  terminal.types('\x03');
  assert.notEqual(await terminal.ends(), 0);
});

test('nobody is sent to log in where a key could not be kept or made', async (t) => {
  const { url, asked } = await issuer(t, TOKENS);
  const pc = await computer(t, { KEYLATCH_URL: url });
  await pc.write(STORE, 'no JSON');
  const full = await pc.keylatch(['login', '--device']);
  assert.equal(full.code, 1, full.err);
  assert.match(full.err, /not JSON/);
  const none = await pc.keylatch(['login', '--device', '--provider', 'lambda']);
  assert.equal(none.code, 2, none.err);
  assert.match(none.err, /^keylatch: --device: Lambda Cloud has no login of its own\./);
  assert.equal(asked.length, 0);
});
