// What keylatch/guard promises to a strict user. Compiled, never run.

import { createGuard, issueKey } from 'keylatch/guard';
import type { Caller, Guard, KeyRow, Metadata, Refusal } from 'keylatch/guard';
import { protect } from 'keylatch/guard/fetch';
import { protect as protectRoute } from 'keylatch/guard/next';
import { KeylatchError, type ErrorCode, type Secret } from 'keylatch';

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

// ---- Issuing

const { key, row } = issueKey({ owner: 'cust_7', scopes: ['mesh:read'], metadata: { plan: 'pro' }, expiresIn: 'P3M' });
same<typeof key, Secret>(true);
same<typeof row.metadata, { plan: string }>(true);
same<typeof row.expiresAt, Date | null>(true);
issueKey({ owner: 'cust_7', expiresIn: 'never', format: 'test' });
// @ts-expect-error a key has an owner
issueKey({});
// @ts-expect-error no such option
issueKey({ owner: 'cust_7', scope: ['mesh:read'] });

// ---- A guard

const rows = new Map<string, KeyRow>();
const guard = createGuard({ lookup: (hash) => rows.get(hash) });
same<typeof guard, Guard<Metadata>>(true);
createGuard({ lookup: async (hash, { signal }) => (signal.aborted ? null : rows.get(hash)), format: ['live', 'test'], schemes: [{ type: 'header', name: 'x-api-key' }] });
const planned = createGuard<{ plan: 'free' | 'pro' }>({ lookup: () => undefined, fresh: 1, stale: 2, onUnavailable: 'stale' });
// SQLite: numbers for moments and for booleans.
createGuard({ lookup: () => ({ id: 'k', owner: 'o', scopes: [], expiresAt: 0, revokedAt: null, disabled: 0 }) });
createGuard({ lookup: () => ({ id: 'k', owner: 'o', scopes: [], expiresAt: 1n, revokedAt: null, disabled: 0n }) });
// @ts-expect-error what decides must be said
createGuard({ lookup: () => ({ id: 'k', owner: 'o', scopes: [], expiresAt: null, disabled: false }) });
// @ts-expect-error one row, and no list of them
createGuard({ lookup: () => [{ id: 'k', owner: 'o', scopes: [], expiresAt: null, revokedAt: null, disabled: false }] });
// @ts-expect-error a table is needed, or a server
createGuard({ fresh: 5 });
const served = createGuard<{ plan: string }>({ application: 'app_1', credential: 'k', baseUrl: 'https://keys.example.com', stale: 5 });
same<typeof served, Guard<{ plan: string }>>(true);
createGuard({ application: 'app_1', credential: async () => key, baseUrl: new URL('https://keys.example.com'), onWarning: ({ expiresAt }) => expiresAt.getTime() });
// @ts-expect-error one of them
createGuard({ application: 'app_1', credential: 'k', baseUrl: 'https://keys.example.com', lookup: () => undefined });
// @ts-expect-error no such choice
createGuard({ lookup: () => undefined, onUnavailable: 'allow' });

const caller = await planned.authenticate(new Request('https://x.test/'), { scopes: ['mesh:read'], address: '192.0.2.7' });
same<typeof caller, Caller<{ plan: 'free' | 'pro' }>>(true);
same<typeof caller.metadata.plan, 'free' | 'pro'>(true);
same<typeof caller.scopes, readonly string[]>(true);
// @ts-expect-error what others are told of the key stays as it is
caller.metadata.plan = 'pro';
await guard.authenticate({ headers: { authorization: 'Bearer x' } });
await guard.authenticate({ headers: new Map([['authorization', 'Bearer x']]) });
// @ts-expect-error a request has headers
await guard.authenticate({});
guard.forget(caller.id);
const spender = await served.authenticate(new Request('https://x.test/'), { cost: 5, waitUntil: (work) => void work });
for (const { name, of, kind, remaining, resetSeconds } of spender.limits) {
  same<typeof of | typeof kind, 'key' | 'owner' | 'rate' | 'quota'>(true);
  same<typeof resetSeconds, number | null>(true);
  void [name, remaining];
}
same<typeof spender.ownerMetadata, Readonly<Metadata> | undefined>(true);
same<ReturnType<typeof served.close>, Promise<void>>(true);

const refused = (error: unknown): Response => {
  if (error instanceof KeylatchError && 'response' in error) {
    const refusal = error as Refusal;
    const code: ErrorCode = refusal.code;
    void code;
    return refusal.response;
  }
  throw error;
};
void refused;

// ---- fetch and next

interface Env { KV: string }
const worker = { fetch: protect(planned, (request, caller, env: Env, ctx: { waitUntil(p: Promise<unknown>): void }) => {
  same<typeof caller.metadata.plan, 'free' | 'pro'>(true);
  ctx.waitUntil(Promise.resolve());
  return new Response(env.KV + request.url);
}, { scopes: ['mesh:read'], address: (request, env) => request.headers.get(env.KV) }) };
same<ReturnType<typeof worker.fetch>, Promise<Response>>(true);
worker.fetch(new Request('https://x.test/'), { KV: 'x' }, { waitUntil: () => undefined });
// @ts-expect-error env is missing
worker.fetch(new Request('https://x.test/'));

interface NextRequest extends Request { nextUrl: URL }
const GET = protectRoute(guard, async (request: NextRequest, caller, { params }: { params: Promise<{ id: string }> }) => {
  same<typeof caller.owner, string>(true);
  return Response.json({ id: (await params).id, path: request.nextUrl.pathname });
});
const route: (request: NextRequest, context: { params: Promise<{ id: string }> }) => Promise<Response> = GET;
void route;
