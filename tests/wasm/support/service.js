// Services without a network: a `fetch` that answers, and what it was asked.

export const BASE_URL = 'http://service.localhost:8787';

export const KEY_INFO = Object.freeze({
  id: 'key_1', name: 'robot', status: 'active', masked: 'kl_test_…Ab12', scopes: [],
  created_at: '2026-11-20T10:00:00Z', expires_at: '2027-02-20T10:00:00Z', last_used_at: null, revoked_at: null, replaced_by: null,
});

/** An answer that every operation can read something from. */
export const ANYTHING = Object.freeze({
  ...KEY_INFO, id: 'usr_1', user: 'kim@example.com', key: KEY_INFO, secret: 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms', valid: true, items: [KEY_INFO], next_cursor: null,
});

export function json(body, { status = 200, headers = {} } = {}) {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** The answer to a request of a service on which all goes well, as its document describes it. */
export function well({ method, url, path = new URL(url).pathname }, more = {}) {
  if (method === 'DELETE') return new Response(null, { status: 204 });
  // A key that was revoked; but an overlap lets it live on.
  if (path.endsWith('/revoke')) return json({ ...KEY_INFO, id: path.split('/')[3], status: 'revoked' });
  const key = path.endsWith('/rotate') ? { ...KEY_INFO, id: 'key_2' } : KEY_INFO;
  return json({ ...ANYTHING, ...more, key });
}

export function problem(status, code, detail = 'Because.') {
  return json({ type: `/problems/${code}`, status, detail }, { status, headers: { 'x-request-id': 'req_1' } });
}

/**
 * A `fetch` that answers with what `reply` makes of a request:
 * `{ method, path, headers, body, request }`. `asked` remembers them.
 */
export function answering(reply) {
  const asked = [];
  const fetch = async (request) => {
    const url = new URL(request.url);
    const text = await request.clone().text();
    const one = {
      method: request.method,
      path: url.pathname + url.search,
      headers: Object.fromEntries(request.headers),
      body: text && JSON.parse(text),
      request,
    };
    asked.push(one);
    return reply(one, asked.length);
  };
  return Object.assign(fetch, { asked });
}

/** The operations of a client, each as it is called. */
export function operations(client) {
  return {
    whoami: (options) => client.whoami(options),
    list: async (options) => {
      for await (const key of client.list(options)) if (key.id === 'stop') break;
    },
    get: (options) => client.get('key_1', options),
    create: (options) => client.create({ name: 'robot', ...options }),
    rotate: (options) => client.rotate('key_1', options),
    revoke: (options) => client.revoke('key_1', options),
    delete: (options) => client.delete('key_1', options),
    validate: (options) => client.validate('kl_test_other', options),
    fetch: (options) => client.fetch('/v1/anything', options),
  };
}
