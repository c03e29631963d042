// What the declarations promise and what they refuse. Compiled, never run.

import {
  KeyClient, KeylatchError, RevealOnce, Secret,
  authHeaders, checkKey, defineProvider, generateKey, hashKey, identifyKey, maskKey, provider, providers, verifyKey,
} from 'keylatch';
import type { ErrorCode, KeyInfo, KeyStatus, ProblemCode, Provider, ProviderSpec, Validation } from 'keylatch';

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

// ---- Is this a key?

const check = checkKey('keylatch', 'text');
if (check.ok) {
  same<typeof check.prefix, string | undefined>(true);
  // @ts-expect-error a good key has no problems
  check.problems;
} else {
  same<typeof check.problems[number]['code'], ProblemCode>(true);
  same<typeof check.looksLike, string[]>(true);
}
same<ReturnType<typeof identifyKey>[number]['provider'], string>(true);
maskKey('text');
// @ts-expect-error only text is checked
checkKey('keylatch', 42);
// @ts-expect-error the provider comes first
checkKey('text');

// ---- Issuing

const secret: Secret = generateKey();
generateKey('test');
generateKey({ parts: ['my_', { alphabet: 'base62', length: 30 }, { checksum: 'crc32', covers: 'all', length: 6 }], certainty: 'documented' });
// @ts-expect-error no such kind of key
generateKey('staging');
// @ts-expect-error a checksum says what it covers
generateKey({ parts: [{ checksum: 'crc32', length: 6 }], certainty: 'documented' });
const hash: string = hashKey(secret);
same<ReturnType<typeof verifyKey>, boolean>(true);
verifyKey('kl_live_text', hash);

// A secret gets out by expose() alone.
same<ReturnType<typeof secret.expose>, string>(true);
// @ts-expect-error it is not text itself
const text: string = secret;
void text;
{
  using wiped = new Secret('text');
  void wiped;
}

// ---- How do I send it?

same<ReturnType<typeof authHeaders>, Record<string, string>>(true);
fetch('https://example.com', { headers: authHeaders('keylatch', secret, { scheme: 'bearer' }) });
// @ts-expect-error no such scheme
authHeaders('keylatch', secret, { scheme: 'digest' });

// ---- Who is it for?

const known: Provider = provider('keylatch');
same<typeof known.capabilities.rotate, boolean>(true);
// @ts-expect-error facts are not changed
known.certainty = 'documented';
same<ReturnType<typeof providers>, Provider[]>(true);
const spec: ProviderSpec = {
  id: 'mine',
  title: 'My service',
  schemes: [{ type: 'header', name: 'x-api-key' }],
  endpoints: { create: { method: 'POST', path: '/keys', body: { name: '{name}' } } },
};
const mine: Provider = defineProvider(spec);
// @ts-expect-error a provider has a title
defineProvider({ id: 'mine' });
// @ts-expect-error a named header needs its name
defineProvider({ id: 'mine', title: 'My service', schemes: [{ type: 'header' }] });

// ---- What becomes of it?

async function lifecycle(signal: AbortSignal): Promise<void> {
  const client = new KeyClient({ provider: mine, baseUrl: new URL('https://example.com'), credential: secret });
  const created = await client.create({ name: 'ci', expiresIn: 'P3M', scopes: ['keys:read'], signal });
  same<typeof created, { key: KeyInfo; secret: RevealOnce }>(true);
  same<ReturnType<typeof created.secret.reveal>, string>(true);
  same<KeyInfo['status'], KeyStatus>(true);
  same<KeyInfo['expiresAt'], Date | undefined>(true);
  // @ts-expect-error a key has a name
  await client.create({ expiresIn: 'never' });
  // @ts-expect-error created keys are revealed, not exposed
  created.secret.expose();
  // @ts-expect-error only the package makes these
  new RevealOnce();

  for await (const key of client.list({ status: 'inactive', search: 'ci', signal })) same<typeof key, KeyInfo>(true);
  // @ts-expect-error no such status
  client.list({ status: 'deleted' });

  await client.rotate('key_1', {
    overlap: 3600,
    store: async (fresh, key) => {
      same<typeof fresh, Secret>(true);
      same<typeof key, KeyInfo>(true);
    },
  });
  same<Awaited<ReturnType<typeof client.revoke>>, KeyInfo>(true);
  same<Awaited<ReturnType<typeof client.delete>>, void>(true);
  same<Awaited<ReturnType<typeof client.validate>>, Validation>(true);
  const validation = await client.validate(secret);
  if (!validation.valid) same<typeof validation.reason, 'unknown' | 'expired' | 'revoked'>(true);
  const response: Response = await client.fetch('/v1/keys', { method: 'GET' });
  void response;

  const session = await KeyClient.signIn({ provider: 'keylatch', baseUrl: 'http://127.0.0.1:1', user: 'me', password: 'p' });
  await session.signOut({ signal });
  // @ts-expect-error signing in takes a password
  await KeyClient.signIn({ provider: 'keylatch', user: 'me' });
  // @ts-expect-error a password is not a key
  await KeyClient.signIn({ provider: 'keylatch', user: 'me', password: 'p', credential: 'k' });
}
void lifecycle;

// ---- What went wrong?

function handle(error: unknown): void {
  if (!(error instanceof KeylatchError)) return;
  same<typeof error.code, ErrorCode>(true);
  same<typeof error.status, number | undefined>(true);
  if (error.code === 'rate_limited') same<NonNullable<typeof error.retryAfter>, number>(true);
  // @ts-expect-error no such code
  if (error.code === 'oops') return;
}
void handle;
// @ts-expect-error errors come from the package
new KeylatchError();
