// What the package is for, in one go, in whatever runs it: it uses no test runner
// and nothing of a platform but `Request` and what the package itself uses.

import * as keylatch from 'keylatch';
import { Applications } from 'keylatch/applications';
import { createGuard, issueKey } from 'keylatch/guard';
import { redact } from 'keylatch/redact';

const { authHeaders, checkKey, KeyClient, Secret } = keylatch;

const GOOD = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
const GITHUB = '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';

function equal(actual, expected, what) {
  const [has, wants] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (has !== wants) throw new Error(`${what}: it is ${has} and not ${wants}`);
}

/** The work must end in an error of the package with this code. */
async function refuses(work, code, what) {
  const error = await Promise.resolve().then(work).then(() => undefined, (error) => error);
  equal([error?.code, error instanceof keylatch.KeylatchError], [code, true], what);
}

const PARTS = {
  check() {
    equal(checkKey('keylatch', GOOD).ok, true, 'a good key');
    const { problems } = checkKey('keylatch', `Bearer ${GOOD.replace('A', 'B')}`);
    equal(problems.map(({ code, index }) => [code, index]), [['scheme_prefix', 0], ['wrong_checksum', 45]], 'a bad key');
  },

  async headers() {
    equal(authHeaders('luminary', new Secret(GOOD)), { 'x-api-key': GOOD }, 'a header');
    await refuses(() => authHeaders('modelon', 'line\nbreak'), 'invalid_header', 'a line break');
  },

  async guard() {
    const { key, row } = issueKey({ owner: 'cust_7', scopes: ['mesh:read'] });
    const guard = createGuard({ lookup: (hash) => (hash === row.hash ? row : undefined) });
    const headers = { authorization: `Bearer ${key.expose()}` };
    // jsdom has none, and a guard takes whatever has headers.
    const request = typeof Request === 'undefined' ? { headers } : new Request('https://api.example.com/', { headers });
    equal((await guard.authenticate(request, { scopes: ['mesh:read'] })).owner, 'cust_7', 'the owner');
    await refuses(() => guard.authenticate(request, { scopes: ['mesh:write'] }), 'insufficient_scope', 'a scope');
    row.revokedAt = new Date();
    guard.forget(row.id);
    await refuses(() => guard.authenticate(request), 'invalid_token', 'a revoked key');
  },

  redact() {
    equal(redact({ env: `GITHUB_TOKEN=${GITHUB}` }), { env: 'GITHUB_TOKEN=ghp_[redacted]' }, 'a key by its look');
    const secret = new Secret('correct horse battery');
    equal(redact('it is correct horse battery'), 'it is [redacted]', 'a secret by its value');
    // Old engines and jsdom have no such symbol.
    secret[Symbol.dispose]?.();
  },
};

/** The life of a key. @param {(name: string) => void} note takes what was done */
async function lifecycle(note, { url: baseUrl, user, password }) {
  const person = await KeyClient.signIn({ provider: 'keylatch', baseUrl, user, password });
  const { key, secret } = await person.create({ name: 'conformance', expiresIn: 'PT1H' });
  note('create');

  const text = secret.reveal();
  equal(checkKey('keylatch', text).ok, true, 'the new key');
  await refuses(() => secret.reveal(), 'already_revealed', 'a second look');
  note('reveal once');

  const program = new KeyClient({ provider: 'keylatch', baseUrl, credential: text });
  equal((await program.fetch('/v1/account')).status, 200, 'a request with the key');
  await refuses(() => program.fetch('https://elsewhere.example.com/'), 'origin_mismatch', 'another host');

  const vault = [];
  const next = await person.rotate(key.id, { store: (secret) => { vault.push(secret.expose()); } });
  equal([vault.length, (await person.get(key.id)).status], [1, 'revoked'], 'the rotated key');
  await refuses(() => program.whoami(), 'unauthorized', 'the old key');
  note('rotate');

  await refuses(() => person.delete(next.key.id), 'key_active', 'deleting what works');
  equal((await person.revoke(next.key.id)).status, 'revoked', 'the revoked key');
  note('revoke');

  await person.delete(next.key.id);
  await refuses(() => person.get(next.key.id), 'not_found', 'the deleted key');
  note('delete');

  const managing = await person.create({ name: 'for applications', expiresIn: 'PT1H', scopes: ['keys:read', 'keys:write'] });
  const applications = new Applications({ baseUrl, credential: managing.secret });
  const { id } = await applications.create({ name: 'conformance', formats: [{ environment: 'live', prefix: 'acme_live_' }] });
  const { keys, owners } = applications.application(id);
  const issued = await keys.create({ owner: 'cust_7' });
  equal(issued.secret.reveal().startsWith('acme_live_'), true, 'a key of a customer');
  equal(await owners.revoke('cust_7'), 1, 'the keys of a customer that were ended');
  await applications.delete(id);
  await refuses(() => keys.get(issued.key.id), 'not_found', 'a key of an application that is gone');
  await person.signOut();
  note('applications');
}

/**
 * Does it all, and tells what was done. Without a server, which takes a `fetch`, what needs none.
 * @param {{ url: string, user: string, password: string }} [server]
 */
export async function conformance(server) {
  const done = [];
  for (const [name, part] of Object.entries(PARTS)) {
    await part();
    done.push(name);
  }
  if (server) await lifecycle((name) => done.push(name), server);
  return done;
}
