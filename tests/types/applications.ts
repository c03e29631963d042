// What keylatch/applications promises to a strict user. Compiled, never run.

import { Applications } from 'keylatch/applications';
import type { Application, ApplicationInfo, ApplicationKey, Limit, ManagementKey, Metadata, Owner, RemainingLimit, Verification } from 'keylatch/applications';
import type { RevealOnce, Secret } from 'keylatch';

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

declare const secret: Secret;
const applications = new Applications({ baseUrl: new URL('https://keys.example.com'), credential: secret, retries: 0, timeout: 1000, fetch });
new Applications({ baseUrl: 'https://keys.example.com' });
new Applications({ baseUrl: 'https://keys.example.com', credential: async () => 'kl_…' });
// @ts-expect-error where the server is must be said
new Applications({ credential: secret });
// @ts-expect-error no such option
new Applications({ baseUrl: 'https://keys.example.com', provider: 'keylatch' });

const made = await applications.create({ name: 'Acme', formats: [{ environment: 'live', prefix: 'acme_live_' }], scopes: ['a', { name: 'b' }], longestLifetime: null, defaultLifetime: 3600 });
same<typeof made, ApplicationInfo>(true);
same<typeof made.longestLifetime, string | null>(true);
// @ts-expect-error keys have a look
await applications.create({ name: 'Acme' });
// @ts-expect-error no such environment
await applications.create({ name: 'Acme', formats: [{ environment: 'dev', prefix: 'acme_' }] });
await applications.change(made.id, { longestLifetime: null, signal: new AbortController().signal });
for await (const one of applications.list()) same<typeof one, ApplicationInfo>(true);
same<Awaited<ReturnType<typeof applications.delete>>, void>(true);

const acme = applications.application(made.id);
same<typeof acme, Application>(true);
const issued = await acme.keys.create({ owner: 'cust_7', metadata: { plan: 'pro' }, expiresIn: 'P1Y', limits: [{ name: 'r', kind: 'rate', limit: 1, windowSeconds: 1 }] });
same<typeof issued.secret, RevealOnce>(true);
same<typeof issued.key, ApplicationKey<{ plan: string }>>(true);
same<typeof issued.key.expiresAt, Date | null>(true);
// @ts-expect-error a key has an owner
await acme.keys.create({ name: 'x' });
// @ts-expect-error a rate has a window
await acme.keys.create({ owner: 'cust_7', limits: [{ name: 'r', kind: 'rate', limit: 1 }] });
// @ts-expect-error a quota has a refill
await acme.keys.create({ owner: 'cust_7', limits: [{ name: 'r', kind: 'quota', limit: 1, windowSeconds: 1 }] });
// @ts-expect-error an end is told apart from a lifetime
await acme.keys.change(issued.key.id, { expiresIn: 'P1Y' });
await acme.keys.change(issued.key.id, { limits: null, disabled: true, expiresAt: new Date() });
const rotated = await acme.keys.rotate<{ plan: 'free' | 'pro' }>(issued.key.id, { overlap: 'PT1H' });
same<typeof rotated.replaced.metadata.plan, 'free' | 'pro'>(true);
for await (const key of acme.keys.list({ owner: 'cust_7', status: 'disabled', endsWithinDays: 30 })) same<typeof key, ApplicationKey<Metadata>>(true);
// @ts-expect-error no such state
acme.keys.list({ status: 'ended' });
same<Awaited<ReturnType<typeof acme.keys.import>>, ApplicationKey[]>(true);
await acme.keys.import({ rule: { algorithm: 'sha256', input: 'whole', encoding: 'hex', pepper: secret }, keys: [{ hash: '00', owner: 'cust_7', createdAt: new Date() }] });
await acme.keys.import({ rule: { algorithm: 'sha256', input: 'whole', encoding: 'hex' }, keys: [], skipExisting: true });
// @ts-expect-error what is slow is no hash that a key is found by
await acme.keys.import({ rule: { algorithm: 'bcrypt', input: 'whole', encoding: 'hex' }, keys: [] });

const owner = await acme.owners.put('cust_7', { metadata: { plan: 'pro' } });
same<typeof owner, Owner<{ plan: string }>>(true);
same<Awaited<ReturnType<typeof acme.owners.revoke>>, number>(true);
same<Awaited<ReturnType<typeof acme.owners.limits>>, RemainingLimit[]>(true);
same<Awaited<ReturnType<typeof acme.keys.limits>>, RemainingLimit[]>(true);

const management = await acme.managementKeys.create({ name: 'API', scopes: ['verify'] });
same<typeof management.key, ManagementKey>(true);
// @ts-expect-error no such scope
await acme.managementKeys.create({ name: 'API', scopes: ['keys:write'] });

const verification = await applications.verify(issued.secret, { scopes: ['a'], cost: 0, address: '192.0.2.7' });
same<typeof verification, Verification<Metadata>>(true);
if (verification.key) same<typeof verification.key.expiresAt, Date | null>(true);
const limit: Limit = { name: 'q', kind: 'quota', limit: 1, refill: 'month', timeZone: 'Europe/Berlin' };
void limit;
