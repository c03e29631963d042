// A service of a test's own, declared as acme: it answers what it is told, and
// remembers what it was asked.

import { createServer } from 'node:http';
import { once } from 'node:events';

const FIELDS = { items: 'items', secret: 'value', key: 'token' };
const ENDPOINTS = {
  create: '/tokens',
  list: '/tokens',
  get: '/tokens/{id}',
  rotate: '/tokens/{id}/rotate',
  revoke: { method: 'DELETE', path: '/tokens/{id}' },
};

/** A key for acme, in no format that is known. */
export const OWN = 'abcdefghijklmnopqrstuvwxyz012345';

/**
 * @param {import('node:test').TestContext | undefined} t closes it at its end
 * @param {Record<string, unknown>} answers by method and path; `*` for all others. A function is called with the response.
 */
export async function acme(t, answers = {}) {
  const service = { asked: [], answers, url: '', declaration };
  const server = createServer(async (request, response) => {
    for await (const part of request) void part;
    const what = `${request.method} ${request.url.split('?')[0]}`;
    service.asked.push(what);
    const answer = service.answers[what] ?? service.answers['*'] ?? {};
    if (typeof answer === 'function') return answer(response);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  t?.after(() => server.close() && server.closeAllConnections());
  await once(server, 'listening');
  service.url = `http://127.0.0.1:${server.address().port}`;
  service.close = () => server.close() && server.closeAllConnections();
  return service;

  /** The text of a file that declares it, with these operations. */
  function declaration(operations = Object.keys(ENDPOINTS), more = {}) {
    const endpoints = Object.fromEntries(operations.map((name) => [name, ENDPOINTS[name]]));
    return JSON.stringify({ id: 'acme', title: 'Acme', baseUrl: service.url, env: ['ACME_KEY'], endpoints, fields: FIELDS, ...more });
  }
}
