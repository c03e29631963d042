// The cookies of an answer, on platforms that let them be read: one a line.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { Call } = await import('../../pkg/client/call.js');

const ONE = 'session=abc; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT';
const OTHER = 'theme=dark';

/** What a call has of the cookies of an answer with these headers. */
async function cookies(headers) {
  const call = new Call({ fetch: async () => ({ status: 204, type: 'basic', body: null, headers }) });
  const { facts } = await call.send('GET', 'https://service.example/', new Headers(), undefined, false, 100);
  call.end();
  return JSON.parse(facts).headers['set-cookie'];
}

for (const [what, headers, expected] of [
  ['as a list', { get: () => null, getSetCookie: () => [ONE, OTHER] }, `${ONE}\n${OTHER}`],
  ['in one header, one cookie', { get: (name) => (name === 'set-cookie' ? ONE : null) }, ONE],
  ['in one header, two cookies', { get: (name) => (name === 'set-cookie' ? `${ONE}, ${OTHER}` : null) }, `${ONE}\n${OTHER}`],
  ['in one header, a date in the last', { get: (name) => (name === 'set-cookie' ? `${OTHER},${ONE}` : null) }, `${OTHER}\n${ONE}`],
  ['not at all, as in a browser', { get: () => null }, undefined],
  ['by headers that are none', {}, undefined],
  ['by headers that lie', { get: () => 7, getSetCookie: () => [7, OTHER] }, OTHER],
]) {
  test(`cookies are read ${what}`, async () => assert.equal(await cookies(headers), expected));
}
