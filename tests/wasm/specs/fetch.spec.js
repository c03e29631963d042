// `client.fetch`: the service's own API, with the key, and nowhere else.

import { equal, ok, refused, same } from '../support/assert.js';
import { BASE_URL, answering, json } from '../support/service.js';

export default ({ keylatch, server }) => {
  const { KeyClient, generateKey } = keylatch;
  const key = generateKey().expose();
  const client = (fetch, options) => new KeyClient({ provider: 'keylatch', baseUrl: BASE_URL, credential: key, fetch, ...options });

  return [
    {
      name: 'the key is attached, and what was asked for goes along',
      async run() {
        const fetch = answering(() => json({}));
        await client(fetch).fetch('/jobs?x=1', {
          method: 'POST', headers: { 'x-mine': '1', 'content-type': 'application/json' }, body: '{"a":1}',
        });
        const [{ method, path, headers, body, request }] = fetch.asked;
        same([method, path, headers['x-mine'], headers.authorization, body], ['POST', '/jobs?x=1', '1', `Bearer ${key}`, { a: 1 }]);
        equal(request.redirect, 'manual');
        equal(request.referrerPolicy, 'no-referrer');
        await client(fetch).fetch('/jobs', { headers: { authorization: 'Bearer other' } });
        equal(fetch.asked[1].headers.authorization, `Bearer ${key}`, 'the client\'s own key wins:');
        await client(fetch).fetch(new Request(`${BASE_URL}/jobs`, { method: 'PUT', body: '1' }), { method: 'PATCH' });
        same([fetch.asked[2].method, fetch.asked[2].body], ['PATCH', 1]);
      },
    },
    {
      name: 'what no request can be made of is said to be the caller\'s',
      async run() {
        const one = client(() => { throw new Error('nothing is sent'); });
        for (const init of [{ method: 'TRACE' }, { method: 'a b' }, { body: 'x' }, { headers: { 'a b': '1' } }, { headers: { a: '1\n2' } }]) {
          await refused(keylatch, 'invalid_argument', () => one.fetch('/x', init), JSON.stringify(init));
        }
      },
    },
    {
      name: 'only the service\'s own origin is reached',
      async run() {
        const fetch = answering(() => json({}));
        const one = client(fetch);
        for (const [input, path] of [
          ['jobs', '/jobs'], ['/jobs', '/jobs'], ['?x', '/?x'], ['', '/'], [`${BASE_URL}/jobs`, '/jobs'],
          [new URL('/jobs', BASE_URL), '/jobs'], ['SERVICE', '/SERVICE'], ['/a/../b', '/b'], ['./javascript:alert(1)', '/javascript:alert(1)'],
        ]) {
          fetch.asked.length = 0;
          await one.fetch(input);
          equal(fetch.asked[0].path, path, String(input));
        }
        fetch.asked.length = 0;
        for (const input of [
          'https://evil.example/', '//evil.example/', '\\\\evil.example\\', '/\\evil.example', '/\t/evil.example', ' //evil.example',
          BASE_URL.replace('http:', 'https:'), BASE_URL.replace(':8787', ''), BASE_URL.replace('8787', '8788'),
          BASE_URL.replace('//', '//kim@'), BASE_URL.replace('service', 'evil'), `${BASE_URL}@evil.example/`, BASE_URL.replace('localhost', 'localhost.evil.example'),
          'data:text/plain,x', 'javascript:alert(1)', 'blob:https://service.localhost/x', `blob:${BASE_URL}/x`, 'file:///etc/passwd',
          new URL('https://evil.example/'), new Request('https://evil.example/'),
        ]) {
          await refused(keylatch, 'origin_mismatch', () => one.fetch(input), String(input.url ?? input));
        }
        await refused(keylatch, 'invalid_argument', () => one.fetch('http://['));
        equal(fetch.asked.length, 0, 'nothing was sent:');
      },
    },
    {
      name: 'an address that changes between two looks does not get the key',
      async run() {
        const fetch = answering(() => json({}));
        const evil = 'https://evil.example/';
        let looks = 0;
        for (const input of [
          { toString: () => ((looks += 1) > 1 ? evil : '/jobs') },
          { url: `${BASE_URL}/jobs`, toString: () => evil },
          { get url() { return (looks += 1) % 2 ? `${BASE_URL}/jobs` : evil; }, toString: () => evil },
        ]) {
          await client(fetch).fetch(input).catch((error) => ok(error instanceof keylatch.KeylatchError, error));
        }
        for (const { request } of fetch.asked) ok(request.url.startsWith(BASE_URL), request.url);
      },
    },
    {
      name: 'a redirect is not followed',
      async run() {
        for (const response of [
          Response.redirect('https://evil.example/', 302), new Response(null, { status: 301, headers: { location: '/elsewhere' } }),
          new Response(null, { status: 308, headers: { location: 'https://evil.example/' } }),
        ]) {
          await refused(keylatch, 'redirect_refused', () => client(async () => response).fetch('/jobs'));
          await refused(keylatch, 'redirect_refused', () => client(async () => response).whoami());
        }
        // As a browser shows one to scripts.
        const opaque = { type: 'opaqueredirect', status: 0, headers: new Headers(), text: async () => '' };
        await refused(keylatch, 'redirect_refused', () => client(async () => opaque).fetch('/jobs'));
        await refused(keylatch, 'redirect_refused', () => client(async () => opaque).whoami());
        equal((await client(async () => new Response(null, { status: 304 })).fetch('/jobs')).status, 304, 'no redirect:');
      },
    },
    {
      name: 'a refusal of the service is an answer, and not an error',
      async run() {
        for (const status of [400, 401, 404, 429, 500]) {
          equal((await client(async () => new Response('no', { status })).fetch('/jobs')).status, status);
        }
      },
    },
    {
      name: 'the body can be read after the call',
      async run() {
        const big = 'x'.repeat(3_000_000);
        const response = await client(async () => new Response(big), { timeout: 1000 }).fetch('/jobs');
        await new Promise((resolve) => setTimeout(resolve, 50));
        equal((await response.text()).length, big.length);
        const stranger = new KeyClient({ provider: 'keylatch', baseUrl: server.url, credential: key });
        const answer = await stranger.fetch('/v1/account');
        equal(answer.status, 401);
        equal((await answer.json()).status, 401);
      },
    },
  ];
};
