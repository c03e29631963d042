// A service that only a declaration describes, from JavaScript.

import { equal, ok, refused, same } from '../support/assert.js';
import { answering, json } from '../support/service.js';

const NIMBUS = {
  id: 'nimbus',
  title: 'Nimbus',
  baseUrl: 'https://nimbus.example/api',
  schemes: [{ type: 'header', name: 'x-nimbus-token' }],
  endpoints: {
    whoami: { method: 'GET', path: '/me' },
    create: { method: 'POST', path: '/tokens', body: { label: '{name}', ttl: '{expires_in}', kind: 'api', fresh: true } },
    list: { method: 'GET', path: '/tokens', query: { after: '{cursor}' } },
    get: { method: 'GET', path: '/tokens/{id}' },
    rotate: { method: 'PUT', path: '/tokens/{id}/renewal', body: { grace: '{overlap}' } },
    revoke: { method: 'POST', path: '/tokens/{id}/off' },
    delete: { method: 'DELETE', path: '/tokens/{id}' },
    validate: { method: 'POST', path: '/probe', body: { token: '{secret}' } },
  },
  fields: {
    key: 'token|', secret: 'plain', items: 'page.tokens', cursor: 'page.next', id: 'number', name: 'label', status: 'state',
    masked: 'hint', createdAt: 'made', expiresAt: 'until', revokedAt: 'ended', valid: 'good', reason: 'why', validKey: 'token',
    account: 'person.number', user: 'person.mail',
  },
  timeUnit: 's',
  errors: { code: 'error.word', message: 'error.text', suggestion: 'error.tip' },
};

const NOW = 1_795_168_800;

/** Nimbus itself, in memory. */
function nimbus() {
  const tokens = new Map();
  const refuse = (status, word, text, tip) => json({ error: { word, text, tip } }, { status });
  const told = (token) => ({ ...token, plain: undefined });
  const make = (label, until) => {
    const number = 7 + tokens.size;
    tokens.set(String(number), { number, label, state: 'active', hint: 'nb…', made: NOW, until, ended: null, plain: `nb_secret_token_number_${number}` });
    return json({ token: told(tokens.get(String(number))), plain: tokens.get(String(number)).plain });
  };
  make('first', null);
  return answering(({ method, path, headers, body }) => {
    const by = [...tokens.values()].find(({ plain, state }) => state === 'active' && plain === headers['x-nimbus-token']);
    if (!by || headers.authorization) return refuse(401, 'who_are_you', 'This token does not work.', 'Ask for another one.');
    const [, number] = path.match(/^\/api\/tokens\/(\d+)/) ?? [];
    const token = tokens.get(number);
    if (number && !token) return refuse(404, 'no_such_token', 'There is no such token.');
    switch (`${method} ${path.replace(/\d+/, '*').replace(/\?.*/, '')}`) {
      case 'GET /api/me': return json({ person: { number: 1, mail: 'kim@example.com' } });
      case 'POST /api/tokens': return make(body.label, body.ttl === 'never' ? null : NOW + 3600);
      case 'GET /api/tokens': {
        const after = Number(new URLSearchParams(path.split('?')[1]).get('after') ?? 0);
        const all = [...tokens.values()].filter((one) => one.number > after);
        return json({ page: { tokens: all.slice(0, 2).map(told), next: all.length > 2 ? all[1].number : null } });
      }
      case 'GET /api/tokens/*': return json({ token: told(token) });
      case 'PUT /api/tokens/*/renewal': return make(token.label, token.until);
      case 'POST /api/tokens/*/off':
        Object.assign(token, { state: 'revoked', ended: NOW });
        return json(told(token));
      case 'DELETE /api/tokens/*':
        if (token.state === 'active') return refuse(409, 'still_on', 'It is still on.', 'Turn it off first.');
        tokens.delete(number);
        return new Response('Thank you.', { status: 200 });
      case 'POST /api/probe': {
        const found = [...tokens.values()].find(({ plain }) => plain === body.token);
        return json(found?.state === 'active' ? { good: true, token: told(found) } : { good: false, why: found?.state ?? 'never heard of it' });
      }
      default: return refuse(404, 'no_such_page', 'There is no such page.');
    }
  });
}

export default ({ keylatch }) => {
  const { KeyClient, defineProvider, provider } = keylatch;
  return [
    {
      name: 'it goes through the whole life of a key',
      async run() {
        const fetch = nimbus();
        const provider = defineProvider(JSON.parse(JSON.stringify(NIMBUS)));
        const client = new KeyClient({ provider, credential: 'nb_secret_token_number_7', fetch });
        same(await client.whoami(), { id: '1', user: 'kim@example.com' });

        const { key, secret } = await client.create({ name: 'robot' });
        same(fetch.asked.at(-1).body, { label: 'robot', ttl: 'P3M', kind: 'api', fresh: true });
        same({ ...key, createdAt: key.createdAt.getTime() / 1000, expiresAt: key.expiresAt.getTime() / 1000 }, {
          id: '8', name: 'robot', status: 'active', masked: 'nb…', scopes: [], createdAt: NOW, expiresAt: NOW + 3600,
        });
        const text = secret.reveal();
        equal((await client.validate(text)).key.id, '8');
        await client.create({ name: 'third', expiresIn: 'never' });

        const names = [];
        for await (const one of client.list()) names.push(one.name);
        same(names, ['first', 'robot', 'third']);
        const rotated = await client.rotate('8', { overlap: 'PT1H' });
        equal(rotated.key.id, '10');
        same(fetch.asked.at(-1).body, { grace: 'PT1H' });

        const error = await refused(keylatch, 'conflict', () => client.delete('8'));
        same(error.service, { code: 'still_on', message: 'It is still on.', suggestion: 'Turn it off first.' });
        equal((await client.revoke('8')).status, 'revoked');
        same(await client.validate(text), { valid: false, reason: 'revoked' });
        await client.delete('8');
        await refused(keylatch, 'not_found', () => client.get('8'));
        same(await client.validate(text), { valid: false, reason: 'unknown' });
        ok(fetch.asked.every(({ headers }) => headers['x-nimbus-token'] === 'nb_secret_token_number_7'));
      },
    },
    {
      name: 'its own fetch goes to its address with its header',
      async run() {
        const fetch = nimbus();
        const client = new KeyClient({ provider: NIMBUS, credential: 'nb_secret_token_number_7', fetch });
        equal((await client.fetch('me')).status, 200);
        equal((await client.fetch('https://nimbus.example/api/me')).status, 200);
        equal((await client.fetch('/api/me')).status, 200);
        same(fetch.asked.map(({ path }) => path), ['/api/me', '/api/me', '/api/me']);
        await refused(keylatch, 'origin_mismatch', () => client.fetch('https://example.com/api/me'));
      },
    },
    {
      name: 'its API is found behind a hub, as that of a built-in service',
      async run() {
        const modelon = provider('modelon');
        for (const service of ['modelon', defineProvider({ ...modelon, id: 'mine' })]) {
          const fetch = answering(({ path }) => json(path === '/hub/api/user' ? { server: '/user/kim/' } : { data: { id: 'usr_1', username: 'kim' } }));
          const client = new KeyClient({ provider: service, credential: 'kims-key-of-this-service', fetch });
          same(await client.whoami(), { id: 'usr_1', user: 'kim' });
          same(await client.whoami(), { id: 'usr_1', user: 'kim' });
          same(fetch.asked.map(({ path }) => path), ['/hub/api/user', '/user/kim/impact/api/users/me', '/user/kim/impact/api/users/me']);
        }
      },
    },
  ];
};
