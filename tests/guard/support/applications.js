// A server with a user, and applications of that user's: what the tests of keylatch/applications share.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { inspect } from 'node:util';

import { Applications } from '../../../pkg/dist/node/applications.js';
import { KeyClient, KeylatchError } from '../../../pkg/dist/node/index.js';
import { DEMO, startServer } from '../../browser/support/server.js';

export const FORMATS = [{ environment: 'live', prefix: 'acme_live_' }, { environment: 'test', prefix: 'acme_test_' }];
const SCOPES = ['keys:read', 'keys:write', 'verify', 'keys:create', 'keys:revoke'];

export let server, key, applications;

/** Starts the server before the tests of a file, and stops it after them. */
export function useApplications() {
  before(async () => {
    server = await startServer();
    const person = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...DEMO });
    const { secret } = await person.create({ name: 'applications', expiresIn: 'never', scopes: SCOPES });
    key = secret.reveal();
    applications = with_({});
  });
  after(() => server?.stop());
}

/** Applications at the server with other options. */
export const with_ = (options) => new Applications({ baseUrl: server.url, credential: key, ...options });

/** A new application, to act on. */
export async function acme(more = {}) {
  const { id } = await applications.create({ name: 'Acme', formats: FORMATS, ...more });
  return applications.application(id);
}

export const all = async (list) => {
  const found = [];
  for await (const one of list) found.push(one);
  return found;
};

/** What is rejected with: an error of ours, without a secret in it. */
export async function refusal(promise) {
  const error = await promise.then((given) => assert.fail(`not refused: ${inspect(given)}`), (thrown) => thrown);
  assert.ok(error instanceof KeylatchError, error?.stack);
  assert.ok(!inspect(error, { depth: 9 }).includes(key), 'the credential is in the error');
  return error;
}

/** A `fetch` that goes wrong in the answer to the first requests of a kind, after the server has done what they ask. */
export function losing(times, how = () => Promise.reject(new TypeError('fetch failed'))) {
  const sent = [];
  const fetching = async (request) => {
    sent.push({ method: request.method, path: new URL(request.url).pathname, idempotencyKey: request.headers.get('idempotency-key'), body: await request.clone().text() });
    const answer = await fetch(request);
    if (sent.length > times) return answer;
    await answer.arrayBuffer();
    return how();
  };
  return { sent, fetch: fetching };
}
