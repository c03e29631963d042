// The frameworks' own servers behind a guard, called by real clients.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { serve } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { request as undici } from 'undici';

import { generateKey } from '../../pkg/dist/node/index.js';
import * as forExpress from '../../pkg/dist/guard/express.js';
import * as forFastify from '../../pkg/dist/guard/fastify.js';
import * as forFetch from '../../pkg/dist/guard/fetch.js';
import * as forHono from '../../pkg/dist/guard/hono.js';
import * as forNext from '../../pkg/dist/guard/next.js';
import { standIn } from './support/stand-in.js';
import { asOnWorker, clocks, OWNER, table } from './support/table.js';

const READ = { scopes: ['mesh:read'] };
const WRITE = { scopes: ['mesh:write'] };

async function listening(server) {
  if (!server.listening) await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => server.close(done).closeAllConnections()) };
}

/** An API of two routes in each framework: GET needs mesh:read, POST mesh:write; `/open` is not protected. */
const SERVERS = {
  async express(guard) {
    const app = express();
    app.get('/open', (request, response) => response.json({ caller: request.caller ?? null }));
    app.use('/meshes', forExpress.protect(guard, READ));
    app.get('/meshes', (request, response) => response.json({ owner: request.caller.owner }));
    app.post('/meshes', forExpress.protect(guard, WRITE), (request, response) => response.json({ owner: request.caller.owner }));
    app.use(forExpress.answerRefusals);
    return listening(app.listen(0, '127.0.0.1'));
  },

  async fastify(guard) {
    const app = fastify();
    app.get('/open', async (request) => ({ caller: request.caller ?? null }));
    app.register(async (api) => {
      api.register(forFastify.protect(guard, READ));
      api.get('/meshes', async (request) => ({ owner: request.caller.owner }));
      api.register(async (inner) => {
        inner.register(forFastify.protect(guard, WRITE));
        inner.post('/meshes', async (request) => ({ owner: request.caller.owner }));
      });
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return { url: `http://127.0.0.1:${app.server.address().port}`, stop: () => app.close() };
  },

  async hono(guard) {
    const app = new Hono()
      .get('/open', (c) => c.json({ caller: c.var.caller ?? null }))
      .use('/meshes', forHono.protect(guard, READ))
      .get('/meshes', (c) => c.json({ owner: c.var.caller.owner }))
      .post('/meshes', forHono.protect(guard, WRITE), (c) => c.json({ owner: c.var.caller.owner }));
    return listening(serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }));
  },

  async 'plain Node'(guard) {
    const server = createServer((request, response) => {
      if (request.url === '/open') return response.end('{"caller":null}');
      guard.authenticate(request, request.method === 'POST' ? { scopes: [...READ.scopes, ...WRITE.scopes] } : READ).then(
        ({ owner }) => response.end(JSON.stringify({ owner })),
        ({ status, headers, problem }) => response.writeHead(status, headers).end(JSON.stringify(problem)),
      );
    });
    return listening(server.listen(0, '127.0.0.1'));
  },

  async 'connect-like middleware on plain Node'(guard) {
    const server = createServer((request, response) => {
      if (request.url === '/open') return response.end('{"caller":null}');
      const scopes = request.method === 'POST' ? [...READ.scopes, ...WRITE.scopes] : READ.scopes;
      return forExpress.protect(guard, { scopes })(request, response, (error) =>
        error ? forExpress.answerRefusals(error, request, response, assert.fail) : response.end(JSON.stringify({ owner: request.caller.owner })));
    });
    return listening(server.listen(0, '127.0.0.1'));
  },

  // As workers are called: a Request in, a Response out.
  async fetch(guard) {
    const read = forFetch.protect(guard, (request, caller, env, ctx) => Response.json({ owner: caller.owner, env, ctx }), READ);
    const write = forFetch.protect(guard, (request, caller) => Response.json({ owner: caller.owner }), { scopes: [...READ.scopes, ...WRITE.scopes] });
    const handle = (request) => {
      if (new URL(request.url).pathname === '/open') return Response.json({ caller: null });
      return request.method === 'POST' ? write(request) : read(request);
    };
    return listening(serve({ fetch: handle, hostname: '127.0.0.1', port: 0 }));
  },
};

/** What each client makes of an answer. */
const CLIENTS = {
  async fetch(url, { method, headers }) {
    const answer = await fetch(url, { method, headers });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
  },
  async undici(url, { method, headers }) {
    const answer = await undici(url, { method, headers });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  },
  async curl(url, { method, headers }) {
    const flags = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
    const { stdout } = await promisify(execFile)('curl', ['--silent', '--include', '--noproxy', '*', '--request', method, ...flags, url]);
    const [head, ...body] = stdout.split('\r\n\r\n');
    const [line, ...fields] = head.split('\r\n');
    return {
      status: Number(line.split(' ')[1]),
      headers: Object.fromEntries(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 2)])),
      text: body.join('\r\n\r\n'),
    };
  },
};

for (const [framework, start] of Object.entries(SERVERS)) {
  test(`${framework}: good, bad, revoked, narrow, none, two, and a table that is gone`, async (t) => {
    const { guard, issue, rows } = table();
    const [good, revoked, narrow] = [issue({ scopes: ['mesh:read', 'mesh:write'] }), issue({ scopes: ['mesh:read'] }), issue({ scopes: ['mesh:read'] })];
    rows.get(revoked.row.hash).revokedAt = new Date();
    const server = await start(guard);
    t.after(server.stop);
    const broken = rows.get(narrow.row.hash);
    const ask = async (client, method, headers) => CLIENTS[client](`${server.url}/meshes`, { method, headers });
    const key = (text) => ({ authorization: `Bearer ${text}` });

    for (const client of Object.keys(CLIENTS)) {
      await t.test(client, async () => {
        for (const method of ['GET', 'POST']) {
          const { status, text } = await ask(client, method, key(good.key));
          assert.deepEqual([status, JSON.parse(text).owner], [200, OWNER]);
        }
        for (const [method, headers, status, code, challenge] of [
          ['GET', {}, 401, 'no_credential', /^Bearer$/],
          ['GET', key('rubbish'), 401, 'invalid_token', /^Bearer error="invalid_token", /],
          ['GET', key(generateKey().expose()), 401, 'invalid_token', /^Bearer error="invalid_token", /],
          ['GET', key(revoked.key), 401, 'invalid_token', /^Bearer error="invalid_token", /],
          ['POST', key(narrow.key), 403, 'insufficient_scope', /^Bearer error="insufficient_scope", .*scope="[^"]*mesh:write"$/],
          ['GET', { authorization: `Bearer ${good.key}, Bearer ${good.key}` }, 400, 'invalid_request', /^Bearer error="invalid_request", /],
        ]) {
          const answer = await ask(client, method, headers);
          assert.equal(answer.status, status, answer.text);
          assert.match(answer.headers['www-authenticate'], challenge);
          assert.match(answer.headers['content-type'], /^application\/problem\+json/);
          const problem = JSON.parse(answer.text);
          assert.deepEqual([problem.code, problem.status], [code, status]);
        }
      });
    }

    const open = await (await fetch(`${server.url}/open`)).json();
    assert.deepEqual(open, { caller: null }, 'the guard is nowhere else');

    rows.get(narrow.row.hash).scopes = undefined;
    guard.forget(narrow.row.id);
    const gone = await ask('fetch', 'GET', key(narrow.key));
    assert.deepEqual([gone.status, gone.headers['retry-after'], JSON.parse(gone.text).code], [503, '5', 'unavailable']);
    assert.match(gone.headers['content-type'], /^application\/problem\+json/);
    assert.doesNotMatch(gone.text, /scopes|row|lookup/);
    broken.scopes = ['mesh:read'];
    assert.equal((await ask('fetch', 'GET', key(narrow.key))).status, 200);
  });
}

test('what a server limits is refused alike in every framework', async (t) => {
  for (const [framework, start] of Object.entries(SERVERS)) {
    const keys = await standIn(t);
    const limited = (owner, limit) => keys.issue({ owner, scopes: ['mesh:read'], limits: [limit] }).text;
    const [rate, quota] = [limited('a', { name: 'requests', kind: 'rate', limit: 2, window_seconds: 3600 }), limited('b', { name: 'calls', kind: 'quota', limit: 2 })];
    const server = await start(keys.guard());
    t.after(server.stop);
    for (const [text, status, code, field] of [[rate, 429, 'rate_limited', /^"requests";r=0;t=\d+$/], [quota, 403, 'quota_exceeded', /^"calls";r=0$/]]) {
      const answers = [];
      for (let times = 0; times < 3; times++) answers.push(await CLIENTS.fetch(`${server.url}/meshes`, { method: 'GET', headers: { authorization: `Bearer ${text}` } }));
      assert.deepEqual(answers.map((answer) => answer.status), [200, 200, status], framework);
      const [, , { headers, text: body }] = answers;
      assert.deepEqual([JSON.parse(body).code, 'retry-after' in headers], [code, status === 429], framework);
      assert.match(headers.ratelimit, field, framework);
    }
  }
});

test('fetch and hono: on a worker the guard reports after the answer, by `waitUntil` of the request', async (t) => {
  const clock = clocks(t);
  asOnWorker(t);
  const keys = await standIn(t);
  const { text } = keys.issue({ limits: [{ name: 'calls', kind: 'quota', limit: 50 }] });
  const guard = keys.guard();
  const request = () => new Request('https://x.test/', { headers: { authorization: `Bearer ${text}` } });
  const app = new Hono().use(forHono.protect(guard)).get('/', (c) => c.text(c.var.caller.owner));
  const fetching = forFetch.protect(guard, (_, caller) => new Response(caller.owner));
  let reported = 0;
  for (const worker of [(...given) => app.fetch(...given), fetching]) {
    const work = [];
    const context = { waitUntil: (promise) => work.push(promise), passThroughOnException() {} };
    const ask = async (...rest) => assert.equal(await (await worker(request(), ...rest)).text(), OWNER);
    await ask({}, context);
    clock.pass(1);
    await ask({}, context);
    await Promise.all(work);
    assert.deepEqual([work.length, keys.reports.length], [1, reported += 1]);
    // Where the platform gives none, the request itself waits.
    await ask();
    clock.pass(1);
    await ask();
    assert.deepEqual([work.length, keys.reports.length], [1, reported += 1]);
  }
});

test('express: a rejection goes to `next`, with what an error handler of one\'s own needs', async (t) => {
  const { guard } = table();
  const app = express();
  app.use(forExpress.protect(guard));
  app.use((error, request, response, next) => response.status(error.status).set(error.headers).json({ error: error.code }));
  const server = await listening(app.listen(0, '127.0.0.1'));
  t.after(server.stop);
  const answer = await fetch(server.url);
  assert.deepEqual([answer.status, answer.headers.get('www-authenticate'), await answer.json()], [401, 'Bearer', { error: 'no_credential' }]);
});

test('express: without any error handler the status and the challenge are right', async (t) => {
  const { guard } = table();
  const app = express().set('env', 'test');
  app.use(forExpress.protect(guard));
  const server = await listening(app.listen(0, '127.0.0.1'));
  t.after(server.stop);
  const answer = await fetch(server.url);
  assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Bearer']);
});

test('express: what is no refusal is left to the next error handler', async (t) => {
  const app = express();
  app.use(() => {
    throw new Error('a fault of the program');
  });
  app.use(forExpress.answerRefusals);
  app.use((error, request, response, next) => response.status(500).end(error.message));
  const server = await listening(app.listen(0, '127.0.0.1'));
  t.after(server.stop);
  assert.equal(await (await fetch(server.url)).text(), 'a fault of the program');
});

test('fastify: siblings and parents of where the plugin is registered stay open, and it can be registered twice', async (t) => {
  const { guard, issue } = table();
  const { key } = issue();
  const app = fastify();
  t.after(() => app.close());
  for (const prefix of ['/a', '/b']) {
    app.register(async (api) => {
      api.register(forFastify.protect(guard));
      api.get('/', async (request) => request.caller.owner);
    }, { prefix });
  }
  app.register(async (api) => api.get('/', async (request) => String(request.caller ?? null)), { prefix: '/open' });
  const headers = { authorization: `Bearer ${key}` };
  for (const [url, given, status, body] of [['/a', headers, 200, OWNER], ['/b', headers, 200, OWNER], ['/a', {}, 401], ['/b', {}, 401], ['/open', {}, 200, 'null']]) {
    const answer = await app.inject({ url, headers: given });
    assert.equal(answer.statusCode, status, url);
    if (body) assert.equal(answer.body, body);
  }
});

test('fastify: what is no refusal is an error of fastify', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  const guard = { authenticate: async () => { throw new Error('a fault of the program'); } };
  app.setErrorHandler((error, request, reply) => reply.code(500).send(`handled: ${error.message}`));
  app.register(forFastify.protect(guard));
  app.register(async (api) => api.get('/', async () => 'in'));
  const answer = await app.inject({ url: '/' });
  assert.deepEqual([answer.statusCode, answer.body], [500, 'handled: a fault of the program']);
});

test('hono: the answer of a refusal can be changed by other middleware, as that of cors', async () => {
  const { guard } = table();
  const app = new Hono()
    .use(async (c, next) => {
      await next();
      c.header('access-control-allow-origin', '*');
    })
    .use(forHono.protect(guard))
    .get('/', (c) => c.text('in'));
  const answer = await app.request('/');
  assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [401, '*']);
});

test('what is no refusal is thrown on, by hono to `onError` and by fetch to whoever called', async () => {
  const guard = { authenticate: async () => { throw new Error('a fault of the program'); } };
  const app = new Hono().use(forHono.protect(guard)).onError((error, c) => c.text(error.message, 500));
  assert.equal(await (await app.request('/')).text(), 'a fault of the program');
  await assert.rejects(forFetch.protect(guard, assert.fail)(new Request('https://x.test/')), /a fault of the program/);
});

test('fetch and next: the rest of the arguments arrives, and what the handler throws is its own', async () => {
  const { guard, issue } = table();
  const { key } = issue();
  const request = new Request('https://x.test/', { headers: { authorization: `Bearer ${key}` } });
  for (const { protect } of [forFetch, forNext]) {
    const handler = protect(guard, (...given) => Response.json([given.length, given[0] === request, given[1].owner, given[2], given[3]]));
    assert.deepEqual(await (await handler(request, { KV: 1 }, { waits: true })).json(), [4, true, OWNER, { KV: 1 }, { waits: true }]);
    const moved = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT' });
    await assert.rejects(protect(guard, () => { throw moved; })(request), moved);
  }
});

test('unknown keys are counted for the address that the framework gives', async (t) => {
  const unknown = () => ({ headers: { authorization: `Bearer ${generateKey().expose()}`, 'x-forwarded-for': '203.0.113.9', 'x-client': '203.0.113.9' } });
  const statuses = async (url) => [(await fetch(url, unknown())).status, (await fetch(url, unknown())).status];
  const limited = () => table({ unknownPerMinute: 1 }).guard;
  for (const [name, start] of Object.entries(SERVERS)) {
    const server = await start(limited());
    t.after(server.stop);
    // A worker's request does not tell who is connected.
    assert.deepEqual(await statuses(`${server.url}/meshes`), [401, name === 'fetch' ? 401 : 429], name);
  }

  const app = express().set('trust proxy', 'loopback');
  const seen = [];
  const guard = { authenticate: async (request, { address }) => void seen.push(address) };
  app.use(forExpress.protect(guard), (request, response) => response.end());
  const server = await listening(app.listen(0, '127.0.0.1'));
  t.after(server.stop);
  await fetch(server.url, unknown());
  assert.deepEqual(seen, ['203.0.113.9'], 'trust in a proxy is told to Express');

  const behind = fastify({ trustProxy: 'loopback' });
  t.after(() => behind.close());
  behind.register(forFastify.protect(guard));
  behind.register(async (api) => api.get('/', async () => 'in'));
  await behind.inject({ url: '/', ...unknown() });
  assert.equal(seen[1], '203.0.113.9');

  const address = (c) => c.req.header('x-client');
  const hono = new Hono().use(forHono.protect(limited(), { address })).get('/', (c) => c.text('in'));
  assert.deepEqual([(await hono.request('/', unknown())).status, (await hono.request('/', unknown())).status], [401, 429]);
  const worker = forFetch.protect(limited(), assert.fail, { address: (request, env) => request.headers.get(env.header) });
  const ask = () => worker(new Request('https://x.test/', unknown()), { header: 'x-client' });
  assert.deepEqual([(await ask()).status, (await ask()).status], [401, 429]);
});
