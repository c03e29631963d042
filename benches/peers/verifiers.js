// Who else answers "whose key is this?": each asks its store or service through a
// stand-in that takes as long as the next one's, a turn of the event loop.

import { apiKey } from '@better-auth/api-key';
import { HTTPClient, Unkey } from '@unkey/api';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';

import { createGuard, issueKey } from '../../pkg/dist/node/guard.js';

/** What each question to a store or a service takes. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const SCOPE = 'mesh:read';
const OWNER = 'cust_7';

/**
 * A request with a good key, and who answers it: `verify` gives the owner.
 * @typedef {{ request: { headers: Record<string, string>, rawHeaders: string[] }, verify: (request: any) => Promise<string> }} Verifier
 */

/** keylatch's guard; `fresh` seconds of cache. @param {number} fresh @returns {Verifier} */
export function keylatch(fresh) {
  const { key, row } = issueKey({ owner: OWNER, scopes: [SCOPE] });
  const guard = createGuard({
    fresh,
    lookup: async (hash) => {
      await turn();
      return hash === row.hash ? row : undefined;
    },
  });
  const scopes = [SCOPE];
  return { request: requestWith(key.expose()), verify: async (request) => (await guard.authenticate(request, { scopes })).owner };
}

/** The same handler that asks nobody. @returns {Verifier} */
export const nobody = () => ({ request: requestWith(issueKey({ owner: OWNER }).key.expose()), verify: async () => OWNER });

/** Unkey's client, whose service answers at once. @returns {Verifier} */
export function unkey() {
  const data = { valid: true, code: 'VALID', keyId: 'key_1', permissions: [SCOPE], identity: { id: 'id_1', externalId: OWNER } };
  const fetcher = async () => {
    await turn();
    return Response.json({ meta: { requestId: 'req_1' }, data });
  };
  const client = new Unkey({ rootKey: 'unkey_bench', httpClient: new HTTPClient({ fetcher }) });
  const verify = async (request) => {
    const { data } = await client.keys.verifyKey({ key: keyIn(request), permissions: SCOPE });
    return data.valid ? data.identity.externalId : undefined;
  };
  return { request: requestWith(issueKey({ owner: OWNER }).key.expose()), verify };
}

/** better-auth over its own store in memory. @returns {Promise<Verifier>} */
export async function betterAuthKeys() {
  const now = new Date();
  const store = { user: [{ id: OWNER, email: 'bench@example.com', emailVerified: true, name: 'bench', createdAt: now, updatedAt: now }], session: [], account: [], verification: [], apikey: [] };
  const auth = betterAuth({
    secret: 'a secret of the bench, forty characters.',
    baseURL: 'http://127.0.0.1',
    database: (options) => slowed(memoryAdapter(store)(options)),
    // Its default allows ten verifications a day.
    plugins: [apiKey({ rateLimit: { enabled: false } })],
    logger: { disabled: true },
    telemetry: { enabled: false },
  });
  const permissions = { mesh: ['read'] };
  const { key } = await auth.api.createApiKey({ body: { userId: OWNER, name: 'bench', permissions } });
  const verify = async (request) => {
    const { valid, key } = await auth.api.verifyApiKey({ body: { key: keyIn(request), permissions } });
    return valid ? key.referenceId : undefined;
  };
  return { request: requestWith(key), verify };
}

/** Each call of a store takes its turn. @param {any} adapter */
function slowed(adapter) {
  const wait = (call) => async (...given) => {
    await turn();
    return call(...given);
  };
  return Object.fromEntries(Object.entries(adapter).map(([name, member]) => [name, typeof member === 'function' ? wait(member) : member]));
}

/** The same with a plain LRU in front, by the key itself. @param {Verifier} verifier @returns {Verifier} */
export function withLru({ request, verify }) {
  /** @type {Map<string, { owner: string, until: number }>} */
  const kept = new Map();
  const cached = async (request) => {
    const key = keyIn(request);
    const known = kept.get(key);
    if (known && known.until > Date.now()) {
      kept.delete(key);
      kept.set(key, known);
      return known.owner;
    }
    const owner = await verify(request);
    kept.set(key, { owner, until: Date.now() + 3_600_000 });
    if (kept.size > 10_000) kept.delete(kept.keys().next().value);
    return owner;
  };
  return { request, verify: cached };
}

/** @param {{ headers: Record<string, string> }} request */
const keyIn = (request) => /^Bearer (\S+)$/.exec(request.headers.authorization)[1];

/** A request as Node has it. @param {string} key */
function requestWith(key) {
  const headers = { host: 'api.example.com', 'user-agent': 'bench', accept: '*/*', authorization: `Bearer ${key}` };
  return { headers, rawHeaders: Object.entries(headers).flat(), socket: { remoteAddress: '127.0.0.1' } };
}

/** Before any time is taken: each gives the owner of its own key, and of no other. @param {Record<string, Verifier>} verifiers */
export async function sameOwners(verifiers) {
  for (const [name, { request, verify }] of Object.entries(verifiers)) {
    if ((await verify(request)) !== OWNER) throw new Error(`${name} does not know the owner`);
  }
}
