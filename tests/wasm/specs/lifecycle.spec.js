// The life of a key, on the real server.

import { equal, includes, ok, refused, same, thrown } from '../support/assert.js';

export default ({ keylatch, server, platform, realm }) => {
  const { KeyClient, Secret, checkKey, generateKey } = keylatch;
  const day = 86_400_000;

  const signIn = (options) => KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, user: server.user, password: server.password, ...options });
  const withKey = (credential, options) => new KeyClient({ provider: 'keylatch', baseUrl: server.url, credential, ...options });
  const collect = async (iterable) => {
    const all = [];
    for await (const one of iterable) all.push(one);
    return all;
  };
  /** Names are the test's own: all specs share the server. */
  let count = 0;
  const unique = (name) => `${name} ${platform} ${Date.now()} ${(count += 1)}`;

  return [
    {
      name: 'a key is created, used, listed, revoked and deleted',
      async run() {
        const kim = await signIn();
        equal(kim.baseUrl, server.url);
        equal(kim.provider.id, 'keylatch');
        const account = await kim.whoami();
        equal(account.user, server.user);

        const name = unique('robot');
        const { key, secret } = await kim.create({ name: `  ${name} ` });
        equal(key.name, name);
        equal(key.status, 'active');
        same(key.scopes, []);
        ok(key.createdAt instanceof Date && Math.abs(key.createdAt - Date.now()) < day);
        const months = new Date(key.createdAt);
        months.setUTCMonth(months.getUTCMonth() + 3);
        ok(Math.abs(key.expiresAt - months) < 4 * day, 'three months');
        equal(key.lastUsedAt, undefined);
        const text = secret.reveal();
        ok(checkKey('keylatch', text).ok);
        equal(key.masked, keylatch.maskKey(text));

        const robot = withKey(text);
        same(await robot.whoami(), { id: account.id, user: server.user });
        const response = await robot.fetch('/v1/account');
        equal(response.status, 200);
        equal((await response.json()).key_id, key.id);
        equal((await (await robot.fetch(new URL('/v1/account', server.url))).json()).key_id, key.id);
        equal((await (await robot.fetch(new Request(`${server.url}/v1/account`))).json()).key_id, key.id);

        const listed = await collect(kim.list({ search: name.toUpperCase() }));
        same(listed.map(({ id }) => id), [key.id]);
        ok(listed[0].lastUsedAt instanceof Date);
        same(await kim.get(key.id), listed[0]);
        const valid = await kim.validate(text);
        equal(valid.valid && valid.key.id, key.id);

        equal((await refused(keylatch, 'key_active', () => kim.delete(key.id))).status, 409);
        const revoked = await kim.revoke(key.id);
        equal(revoked.status, 'revoked');
        ok(revoked.revokedAt instanceof Date);
        equal((await kim.revoke(key.id)).revokedAt.getTime(), revoked.revokedAt.getTime());
        const denied = await refused(keylatch, 'unauthorized', () => robot.whoami());
        equal(denied.status, 401);
        ok(denied.requestId.length > 4 && denied.service.message, 'what the service said');
        same(await kim.validate(text), { valid: false, reason: 'revoked' });
        same((await collect(kim.list({ search: name, status: 'inactive' }))).map(({ id }) => id), [key.id]);

        equal(await kim.delete(key.id), undefined);
        await refused(keylatch, 'not_found', () => kim.get(key.id));
        same(await kim.validate(text), { valid: false, reason: 'unknown' });
        same(await collect(kim.list({ search: name })), []);
        equal(await kim.signOut(), undefined);
        await refused(keylatch, 'unauthorized', () => kim.whoami());
      },
    },
    {
      name: 'a lifetime is a duration, seconds, a moment or never',
      async run() {
        const kim = await signIn();
        const until = new Date(Math.floor(Date.now() / 1000) * 1000 + 5 * day);
        const lives = async (expiresIn) => {
          const { key, secret } = await kim.create({ name: unique('lives'), expiresIn });
          secret.reveal();
          return key.expiresAt && Math.round((key.expiresAt - key.createdAt) / 1000);
        };
        equal(await lives('PT12H'), 43_200);
        equal(await lives(90), 90);
        equal(await lives('never'), undefined);
        const { key } = await kim.create({ name: unique('until'), expiresIn: until });
        equal(key.expiresAt.getTime(), until.getTime());
        if (realm) equal((await kim.create({ name: unique('until'), expiresIn: new realm.Date(until.getTime()) })).key.expiresAt.getTime(), until.getTime());
        for (const expiresIn of [-1, 1.5, NaN, Infinity, 1n, true, {}, [], new Date(NaN), Symbol('x')]) {
          await refused(keylatch, 'invalid_argument', () => kim.create({ name: 'x', expiresIn }), String(expiresIn));
        }
        for (const expiresIn of ['', 'soon', 'P', 0, 'PT0S', new Date(0), 'P11Y']) {
          const error = await refused(keylatch, 'invalid_request', () => kim.create({ name: 'x', expiresIn }), String(expiresIn));
          includes(error.message, 'expires_');
        }
      },
    },
    {
      name: 'a key is rotated: stored before the old one dies, or both live on for a while',
      async run() {
        const kim = await signIn();
        const name = unique('rotated');
        const { key, secret } = await kim.create({ name, expiresIn: 'P30D', scopes: ['keys:read', 'keys:write'] });
        const old = secret.reveal();
        let stored;
        const rotated = await kim.rotate(key.id, {
          async store(successor, info) {
            ok(successor instanceof Secret);
            equal(info.name, name);
            ok(info.createdAt instanceof Date);
            stored = successor.expose();
            equal((await withKey(stored).whoami()).user, server.user);
            equal((await withKey(old).whoami()).user, server.user);
          },
        });
        equal(rotated.warning, undefined);
        equal(rotated.secret.reveal(), stored);
        equal(rotated.key.expiresAt.getTime(), key.expiresAt.getTime());
        await refused(keylatch, 'unauthorized', () => withKey(old).whoami());

        const again = await kim.rotate(rotated.key.id, { overlap: 3600 });
        for (const alive of [stored, again.secret.reveal()]) equal((await kim.validate(alive)).valid, true);
        await refused(keylatch, 'conflict', () => kim.rotate(rotated.key.id));
        await refused(keylatch, 'key_inactive', () => kim.rotate(key.id));
        const self = withKey((await kim.rotate(again.key.id)).secret);
        const [{ id }] = await collect(self.list({ search: name, status: 'active' }));
        equal((await self.rotate(id)).warning, undefined, 'a key that rotates itself');
        for (const overlap of ['PT0H', 'P0D', 0]) {
          const { key: next } = await kim.create({ name: unique('none') });
          const { key: successor } = await kim.rotate(next.id, { overlap });
          equal((await kim.get(next.id)).status, 'revoked', `overlap ${overlap}`);
          equal((await kim.get(next.id)).replacedBy, successor.id);
        }
      },
    },
    {
      name: 'a store that fails leaves the old key and no other',
      async run() {
        const kim = await signIn();
        const name = unique('kept');
        const { key, secret } = await kim.create({ name });
        for (const [what, store] of [
          ['throws', () => { throw new RangeError('disk full'); }],
          ['rejects', async () => { throw new RangeError('disk full'); }],
          ['throws nothing', () => { throw undefined; }],
          ['throws a text', () => { throw 'disk full'; }],
          ['answers a thenable that throws', () => ({ get then() { throw new RangeError('disk full'); } })],
          ['answers an odd promise', () => Object.defineProperty(Promise.resolve(), 'constructor', { get() { throw new RangeError('odd'); } })],
        ]) {
          const error = await refused(keylatch, 'store_failed', () => kim.rotate(key.id, { store }), what);
          if (what === 'throws') includes(`${error.cause}`, 'disk full');
          same((await collect(kim.list({ search: name, status: 'active' }))).map(({ id }) => id), [key.id], what);
        }
        for (const overlap of [0, 'P0D', 'PT0H', 'PT0H0M0S']) {
          await refused(keylatch, 'store_failed', () => kim.rotate(key.id, { overlap, store() { throw new Error('disk full'); } }), String(overlap));
          equal((await kim.get(key.id)).status, 'active', `overlap ${overlap}:`);
        }
        equal((await withKey(secret).whoami()).user, server.user);
        await refused(keylatch, 'invalid_argument', () => kim.rotate(key.id, { store: 'file' }));
      },
    },
    {
      name: 'a list comes page by page, and only as far as it is read',
      async run() {
        const kim = await signIn();
        const name = unique('many');
        await Promise.all(Array.from({ length: 110 }, (_, n) => kim.create({ name: `${name} #${n}`, expiresIn: 'PT1H' })));
        let requests = 0;
        const counting = await signIn({ fetch: (request) => { requests += 1; return fetch(request); } });
        requests = 0;
        for await (const key of counting.list({ search: name })) {
          ok(key.name.startsWith(name));
          break;
        }
        equal(requests, 1);
        equal((await collect(counting.list({ search: name }))).length, 110);
        equal(requests, 3);
        equal((await collect(counting.list({ search: name, status: 'revoked' }))).length, 0);
        await refused(keylatch, 'invalid_argument', () => collect(counting.list({ status: 'dead' })));
      },
    },
    {
      name: 'refusals come as errors that say what, where and what to do',
      async run() {
        const kim = await signIn();
        const wrong = await refused(keylatch, 'invalid_credentials', () => signIn({ password: 'wrong' }));
        equal(wrong.status, 401);
        await refused(keylatch, 'invalid_argument', () => signIn({ password: '' }));
        await refused(keylatch, 'invalid_argument', () => signIn({ user: undefined }));
        await refused(keylatch, 'unauthorized', () => withKey(generateKey()).whoami());
        await refused(keylatch, 'invalid_key', () => withKey('kl_live_nonsense'));
        await refused(keylatch, 'not_found', () => kim.get('key_0123456789abcdefghij'));
        await refused(keylatch, 'not_found', () => kim.revoke('../account'));
        await refused(keylatch, 'invalid_argument', () => kim.get(''));
        await refused(keylatch, 'invalid_argument', () => kim.get('..'));
        for (const name of ['', '   ', 'x'.repeat(101), 'x'.repeat(1e7)]) {
          const error = await refused(keylatch, 'invalid_argument', () => kim.create({ name }));
          includes(error.message, 'name');
        }
        await refused(keylatch, 'invalid_request', () => kim.create({ name: 'a\nb' }));
        await refused(keylatch, 'invalid_request', () => kim.create({ name: 'x', scopes: ['Not A Scope'] }));
        const scoped = await kim.create({ name: unique('reader'), scopes: ['keys:read'] });
        await refused(keylatch, 'forbidden', () => withKey(scoped.secret).create({ name: 'x' }));
      },
    },
    {
      name: 'a wrong address is not the API, and says so',
      async run() {
        const key = generateKey();
        await refused(keylatch, 'not_found', () => withKey(key, { baseUrl: `${server.url}/nowhere` }).whoami());
        // A port that browsers and Node refuse, or where nobody listens.
        const nobody = withKey(key, { baseUrl: 'http://127.0.0.1:1', retries: 0 });
        const error = await refused(keylatch, 'network_error', () => nobody.whoami());
        ok(error.cause instanceof Error, 'the platform\'s own error');
        await refused(keylatch, 'insecure_url', () => withKey(key, { baseUrl: 'http://keys.example' }));
        await refused(keylatch, 'origin_mismatch', () => withKey(key).fetch('https://evil.example/'));
      },
    },
    {
      name: 'a session and a key are not mixed up',
      async run() {
        const kim = await signIn();
        const { secret } = await kim.create({ name: unique('mixed') });
        const robot = withKey(secret);
        const error = await thrown(() => robot.signOut());
        equal(error.code, 'invalid_argument');
        const other = withKey(generateKey());
        await refused(keylatch, 'unauthorized', () => other.whoami(), 'a bad key beside a good session');
        equal((await kim.whoami()).user, server.user);
      },
    },
  ];
};
