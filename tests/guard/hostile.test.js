// Whatever is handed to the guard: an answer or an error of ours, at once, and the
// next call works. No value lets anybody in.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';

import { createGuard, issueKey } from '../../pkg/dist/node/guard.js';
import { Mine, values } from '../wasm/support/hostile.js';
import { APPLICATION, CREDENTIAL, StandIn } from './support/stand-in.js';
import { bearer, OWNER } from './support/table.js';

const declarations = await readFile(new URL('../../pkg/types/errors.d.ts', import.meta.url), 'utf8');
const [, union] = declarations.match(/export type ErrorCode =([^;]+);/);
const CODES = new Set([...union.matchAll(/'(\w+)'/g)].map(([, code]) => code));

const { key, row } = issueKey({ owner: OWNER, scopes: ['a'] });
const KEY = key.expose();
const lookup = () => row;
const guard = createGuard({ lookup });

/** Where a value goes, and whether the key may still be let in. */
const PLACES = {
  'issueKey(_)': (value) => issueKey(value),
  'createGuard(_)': (value) => createGuard(value),
  'authenticate(_)': (value) => guard.authenticate(value),
  'authenticate({ headers: _ })': (value) => guard.authenticate({ headers: value }),
  'authenticate({ headers: { authorization: _ } })': (value) => guard.authenticate({ headers: { authorization: value } }),
  'authenticate({ rawHeaders: _ })': (value) => guard.authenticate({ ...bearer('x'), rawHeaders: value }),
  'authenticate({ headers: { get: () => _ } })': (value) => guard.authenticate({ headers: { get: () => value } }),
  'authenticate(request, { scopes: [_] })': (value) => guard.authenticate(bearer(KEY), { scopes: [value] }),
  'a look-up that gives _': (value) => createGuard({ lookup: () => value, timeout: 20 }).authenticate(bearer(KEY)),
  'a look-up that rejects with _': (value) => createGuard({ lookup: () => Promise.reject(value) }).authenticate(bearer(KEY)),
};
for (const name of ['owner', 'scopes', 'metadata', 'expiresIn', 'format']) {
  PLACES[`issueKey({ ${name}: _ })`] = (value) => issueKey({ owner: OWNER, [name]: value });
}
for (const name of ['format', 'lookup', 'schemes', 'fresh', 'stale', 'onUnavailable', 'timeout', 'cacheSize', 'unknownPerMinute']) {
  PLACES[`createGuard({ ${name}: _ })`] = (value) => createGuard({ lookup, [name]: value });
}
for (const name of ['id', 'owner', 'scopes', 'expiresAt', 'revokedAt', 'disabled', 'hash']) {
  PLACES[`a row with ${name}: _`] = (value) => createGuard({ lookup: () => ({ ...row, [name]: value }) }).authenticate(bearer(KEY));
}
PLACES['authenticate(request, _)'] = (value) => guard.authenticate(bearer('x'), value);
PLACES['authenticate(request, { scopes: _ })'] = (value) => guard.authenticate(bearer('x'), { scopes: value });
PLACES['authenticate(request, { address: _ })'] = (value) => createGuard({ lookup: () => undefined }).authenticate(bearer(KEY), { address: value });
PLACES['forget(_)'] = (value) => guard.forget(value);

const server = new StandIn();
await server.start();
after(() => server.stop());
const served = server.issue({ scopes: ['a'] }).text;
const OF_SERVER = { application: APPLICATION, credential: CREDENTIAL, baseUrl: server.url };
for (const name of ['application', 'credential', 'baseUrl', 'allowInsecure', 'onWarning']) {
  PLACES[`createGuard({ …, ${name}: _ })`] = (value) => createGuard({ ...OF_SERVER, [name]: value });
}
const asking = createGuard(OF_SERVER);
await asking.authenticate(bearer(served));
PLACES['a credential() that gives _'] = (value) => createGuard({ ...OF_SERVER, credential: () => value, timeout: 20 }).authenticate(bearer(served));
PLACES['a credential() that rejects with _'] = (value) => createGuard({ ...OF_SERVER, credential: () => Promise.reject(value) }).authenticate(bearer(served));
PLACES['asking.authenticate(bad, { cost: _ })'] = (value) => asking.authenticate(bearer('x'), { cost: value });
PLACES['asking.authenticate(bad, { waitUntil: _ })'] = (value) => asking.authenticate(bearer('x'), { waitUntil: value });
/** Where nothing but what the row has by itself lets the key in. */
const LETS_IN = {
  'a row with id: _': (value) => typeof value === 'string',
  'a row with owner: _': (value) => typeof value === 'string',
  'a row with expiresAt: _': (value) => value === null || value === Infinity,
  'a row with revokedAt: _': (value) => value === null,
  'a row with disabled: _': (value) => value === 0,
  'a row with hash: _': (value) => value === undefined,
};

for (const [place, call] of Object.entries(PLACES)) {
  test(place, async () => {
    for (const [what, make] of Object.entries(values())) {
      const value = make();
      let given;
      try {
        given = await call(value);
      } catch (error) {
        if (error instanceof Mine) continue;
        assert.equal(error?.name, 'KeylatchError', `${what}: ${Object.prototype.toString.call(error)} ${error?.stack}`);
        assert.ok(CODES.has(error.code) && error.code !== 'internal', `${what}: ${error.code} ${error.message}`);
        assert.ok(!error.message.includes(KEY));
        continue;
      }
      if (LETS_IN[place]) assert.ok(LETS_IN[place](value), `${what} let the key in`);
      if (/^(authenticate\(request, |a look-up|a credential|asking)/.test(place)) assert.fail(`${what} let the key in: ${JSON.stringify(given)}`);
    }
    assert.equal((await guard.authenticate(bearer(KEY))).owner, OWNER, 'afterwards');
    assert.equal({}.polluted, undefined);
  });
}
