// Where keys come from, in real processes: which source wins, what is said of
// the others, what is remembered.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { computer } from './support/computer.js';

const STORE = '~/.config/keylatch/credentials.json';

/** What resolveKey gives: where from and the key, or the error's code and message. */
const resolve = (provider, options = {}) => `
  try {
    const found = await node.resolveKey('${provider}', ${JSON.stringify(options)});
    return { from: found.source.kind + ' ' + found.source.name, key: found.secret.expose(), baseUrl: found.baseUrl, warnings: found.warnings };
  } catch ({ code, message, tried }) {
    return { code, message, tried };
  }`;

test('each document\'s order, source by source', async (t) => {
  const pc = await computer(t);
  const is = async (provider, from, env = {}, options = {}) => assert.equal((await pc.module(resolve(provider, options), { env })).from, from);
  const modelon = { MODELON_IMPACT_CLIENT_API_KEY: 'key-in-env-1' };
  await pc.write('~/.impact/api.key', 'key-in-file\n');
  await is('modelon', 'file ~/.impact/api.key');
  await is('modelon', 'env MODELON_IMPACT_CLIENT_API_KEY', modelon);
  await is('modelon', 'argument ', modelon, { apiKey: 'key-passed-1' });

  await pc.write('.env', 'LC_API_KEY="key-in-dotenv"\nLAMBDA_API_KEY=key-in-dotenv\n');
  await is('luminary', 'dotenv LC_API_KEY');
  await is('luminary', 'env LC_API_KEY', { LC_API_KEY: 'key-in-env-1' });
  await is('lambda', 'dotenv LAMBDA_API_KEY', { LAMBDA_API_KEY: '' });
  // Modelon's document has no .env, neither for the key nor for the address.
  await pc.write('.env', 'MODELON_IMPACT_CLIENT_API_KEY=key-in-dotenv\nMODELON_IMPACT_CLIENT_URL=https://dotenv.example\n');
  assert.deepEqual(await pc.module(resolve('modelon')), { from: 'file ~/.impact/api.key', key: 'key-in-file', warnings: [] });

  await pc.write('~/.conduceconfig', 'default-host: app.conduce.com\ndefault-user: kim@x.test\nkim@x.test:\n  api-keys: {app: key-conduce-1, dev-app: key-conduce-2}\n');
  const conduce = async (options) => pc.module(resolve('conduce', options));
  assert.deepEqual(await conduce({}), { from: 'file ~/.conduceconfig', key: 'key-conduce-1', baseUrl: 'https://app.conduce.com', warnings: [] });
  assert.equal((await conduce({ host: 'dev.conduce.com' })).key, 'key-conduce-2');
  assert.equal((await conduce({ user: 'lee@x.test' })).code, 'no_credential');
});

test('a declared service says whether .env is one of its sources', async (t) => {
  const pc = await computer(t);
  await pc.write('.env', 'ACME_KEY=key-in-dotenv\n');
  const told = (dotenv) => pc.module(`
    const acme = kl.defineProvider({ id: 'acme', title: 'Acme', env: ['ACME_KEY'], dotenv: ${dotenv} });
    const { source, tried } = await node.resolveKey(acme).catch((error) => error);
    return [new node.CredentialFile(acme).path, source?.kind, tried.map(({ reason }) => reason)];`);
  const beside = `${pc.cwd}/.env`;
  assert.deepEqual(await told(undefined), [beside, 'dotenv', ['env_unset']]);
  assert.deepEqual(await told(false), [STORE, null, ['env_unset', 'file_missing']]);
});

test('when nothing is found, every source is named with the reason, and no value', async (t) => {
  const pc = await computer(t);
  await pc.write('~/.impact/api.key', 'key-of-modelon-1', 0o644);
  const found = await pc.module(resolve('modelon', { strict: true, interactive: 'prompt' }), { env: { MODELON_IMPACT_CLIENT_API_KEY: '' } });
  assert.deepEqual(found.tried, [
    { reason: 'env_empty', message: 'MODELON_IMPACT_CLIENT_API_KEY is set but empty' },
    { reason: 'file_readable_by_others', message: '~/.impact/api.key is readable by others (chmod 600 ~/.impact/api.key ends that)' },
    { reason: 'file_missing', message: `${STORE} not found` },
    { reason: 'not_a_terminal', message: 'there is no terminal to ask on' },
  ]);
  for (const { message } of found.tried) assert.ok(found.message.includes(message), message);
  assert.doesNotMatch(JSON.stringify(found), /key-of-modelon/);

  const used = await pc.module(resolve('modelon'));
  assert.equal(used.key, 'key-of-modelon-1');
  assert.deepEqual(used.warnings.map(({ reason }) => reason), ['file_readable_by_others']);
});

test('an address in .env is not where a key from elsewhere is sent', async (t) => {
  const pc = await computer(t);
  const client = (provider, env = {}, options = {}) => pc.module(`
    const credential = await node.resolveKey('${provider}', ${JSON.stringify(options)});
    let baseUrl;
    try { ({ baseUrl } = new kl.KeyClient({ provider: '${provider}', credential })); } catch ({ code }) { baseUrl = code; }
    return { baseUrl, warnings: credential.warnings };`, { env });
  const unused = (name) => [{
    reason: 'dotenv_address_unused',
    message: `${name} in .env is not used, because the key is not from .env (to use it, set it in the environment)`,
  }];
  const luminary = 'https://apis.luminarycloud.com';
  await pc.write('.env', 'LC_DOMAIN=there.example\nKEYLATCH_URL=https://there.example\n');
  await pc.write(STORE, JSON.stringify({ profiles: { default: { keylatch: { key: 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms' } } } }));
  assert.deepEqual(await client('luminary', { LC_API_KEY: 'key-in-env-1' }), { baseUrl: luminary, warnings: unused('LC_DOMAIN') });
  assert.deepEqual(await client('luminary', {}, { apiKey: 'key-passed-1' }), { baseUrl: luminary, warnings: unused('LC_DOMAIN') });
  // No other address is known for it: it is sent nowhere.
  assert.deepEqual(await client('keylatch'), { baseUrl: 'invalid_argument', warnings: unused('KEYLATCH_URL') });
  // Said by the person: the environment, an option.
  assert.deepEqual(await client('luminary', { LC_API_KEY: 'key-in-env-1', LC_DOMAIN: 'said.example' }), { baseUrl: 'https://said.example', warnings: [] });
  assert.deepEqual(await client('keylatch', {}, { baseUrl: 'https://said.example' }), { baseUrl: 'https://said.example', warnings: [] });
  // The key that stands beside it.
  await pc.write('.env', 'LC_DOMAIN=there.example\nLC_API_KEY=key-in-dotenv\n');
  assert.deepEqual(await client('luminary'), { baseUrl: 'https://there.example', warnings: [] });
  assert.deepEqual(await client('luminary', { LC_API_KEY: 'key-in-env-1' }), { baseUrl: luminary, warnings: unused('LC_DOMAIN') });
});

test('a wrong key is refused before anything is sent, and its source is named', async (t) => {
  const pc = await computer(t);
  const found = await pc.module(resolve('luminary'), { env: { LC_API_KEY: '{MY_API_KEY}' } });
  assert.equal(found.code, 'invalid_key');
  assert.match(found.message, /^This is not a key for Luminary Cloud \(from LC_API_KEY\): /);
});

test('the result shows no key to whoever prints it', async (t) => {
  const pc = await computer(t);
  const shown = await pc.module(`
    const { inspect } = await import('node:util');
    const found = await node.resolveKey('lambda', { apiKey: 'key-that-is-secret' });
    return [inspect(found, { depth: 9, showHidden: true }), JSON.stringify(found), String(found)];`);
  for (const text of shown) assert.doesNotMatch(text, /that-is-secret/);
});

test('success is remembered, failure is not, and calls at once share one attempt', async (t) => {
  const pc = await computer(t);
  await pc.module(`
    const { default: assert } = await import('node:assert');
    const failures = await Promise.allSettled([node.resolveKey('lambda'), node.resolveKey('lambda')]);
    assert.equal(failures[0].reason, failures[1].reason, 'one attempt');
    process.env.LAMBDA_API_KEY = 'key-number-1';
    const [one, two] = await Promise.all([node.resolveKey('lambda'), node.resolveKey('lambda')]);
    assert.equal(one, two);
    process.env.LAMBDA_API_KEY = 'key-number-2';
    assert.equal((await node.resolveKey('lambda')).secret.expose(), 'key-number-1');
    assert.equal((await one.refresh()).secret.expose(), 'key-number-2');
    assert.equal((await node.resolveKey('lambda')).secret.expose(), 'key-number-2');
    assert.equal(await (await node.resolveKey('lambda')).refresh(), undefined);`);
});

test('of calls at once, each waits until its own signal; what nobody waits for ends', async (t) => {
  const pc = await computer(t);
  await pc.write('~/.luminarycloud/config', '{"refresh_token":"stored"}');
  await pc.module(`
    const { default: assert } = await import('node:assert');
    const { createServer } = await import('node:http');
    const { once } = await import('node:events');
    // An issuer that answers when it is told to.
    const issuer = createServer().listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    process.env.LC_AUTH_DOMAIN = '127.0.0.1:' + issuer.address().port;
    let asked = 0;
    issuer.on('request', () => (asked += 1));
    const answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"token-1234","expires_in":1}');
    const begin = async (profile, ...signals) => {
      const calls = signals.map((signal) => node.resolveKey('luminary', { profile, signal }));
      for (const call of calls) call.catch(() => {});
      const [, response] = await once(issuer, 'request');
      return { calls, response };
    };
    const aborted = (call) => assert.rejects(call, { code: 'aborted' });

    for (const impatient of [0, 1]) {
      const controllers = [new AbortController(), new AbortController()];
      const { calls, response } = await begin('profile ' + impatient, ...controllers.map(({ signal }) => signal));
      controllers[impatient].abort();
      await aborted(calls[impatient]);
      answer(response);
      const credential = await calls[1 - impatient];
      assert.equal(credential.secret.expose(), 'token-1234');
      // Nor does a signal last longer than its call.
      controllers[1 - impatient].abort();
      const refreshed = credential.refresh();
      const [, again] = await once(issuer, 'request');
      answer(again);
      assert.equal(await refreshed, undefined);
    }
    assert.equal(asked, 4, 'two attempts, and two readings later on');

    const [one, two] = [new AbortController(), new AbortController()];
    const { calls, response: given } = await begin('third', one.signal, two.signal);
    const ended = once(given, 'close');
    const begun = once(issuer, 'request');
    one.abort();
    two.abort();
    for (const call of calls) await aborted(call);
    // At once: not to be taken along by what has just ended.
    const next = node.resolveKey('luminary', { profile: 'third' });
    await ended;
    const [, response] = await begun;
    answer(response);
    assert.equal((await next).secret.expose(), 'token-1234');
    await aborted(node.resolveKey('luminary', { profile: 'third', signal: one.signal }));
    issuer.close();
    issuer.closeAllConnections();`);
});

/** A service that accepts one key, and counts what it is asked. */
async function service(t, accepted) {
  const state = { accepted, asked: [] };
  const server = createServer((request, response) => {
    const key = request.headers['impact-api-key'] ?? request.headers.authorization?.split(' ')[1];
    let body = '';
    request.on('data', (data) => (body += data));
    request.on('end', () => {
      state.asked.push([request.url, key, body]);
      response.writeHead(key === state.accepted ? 200 : 401, { 'content-type': 'application/json' });
      response.end(key === state.accepted ? '{"data":[]}' : '{"error":{"code":"global/invalid-api-key","message":"no"}}');
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return { ...state, state, url: `http://127.0.0.1:${server.address().port}` };
}

test('after a 401 the chain is read again, once, so that a key that another process rotated is found', async (t) => {
  const pc = await computer(t);
  const { url, state } = await service(t, 'key-number-2');
  const run = (work) => pc.module(`
    process.env.LAMBDA_API_KEY = 'key-number-1';
    const credential = await node.resolveKey('lambda');
    const client = new kl.KeyClient({ provider: 'lambda', baseUrl: '${url}', credential, retries: 0 });
    process.env.LAMBDA_API_KEY = 'key-number-2';
    ${work}`);
  const keys = () => state.asked.splice(0).map(([, key]) => key);

  assert.equal(await run(`return (await client.fetch('/api/v1/instances')).status;`), 200);
  assert.deepEqual(keys(), ['key-number-1', 'key-number-2']);
  // With a body, and the second call needs no second reading.
  assert.equal(await run(`
    const again = () => client.fetch('/x', { method: 'POST', body: 'text' });
    return (await again()).status + (await again()).status;`), 400);
  assert.deepEqual(state.asked.splice(0).map(([, key, body]) => `${key} ${body}`), ['key-number-1 text', 'key-number-2 text', 'key-number-2 text']);
  // Many at once share one reading.
  assert.deepEqual(await run(`return Promise.all([1, 2, 3].map(async () => (await client.fetch('/x')).status));`), [200, 200, 200]);
  assert.deepEqual(keys().sort(), ['key-number-1', 'key-number-1', 'key-number-1', 'key-number-2', 'key-number-2', 'key-number-2']);
  // Neither the old key nor the new one: the service's own word, after one reading.
  state.accepted = 'key-number-3';
  assert.equal(await run(`return (await client.fetch('/x')).status;`), 401);
  assert.deepEqual(keys(), ['key-number-1', 'key-number-2']);
  // No other key now: nothing is sent twice.
  assert.equal(await run(`process.env.LAMBDA_API_KEY = 'key-number-1'; return (await client.fetch('/x')).status;`), 401);
  assert.deepEqual(keys(), ['key-number-1']);
});
