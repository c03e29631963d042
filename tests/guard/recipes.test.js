// The recipes of the guard's declarations, on the databases that they are for.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import Database from 'better-sqlite3';
import pg from 'pg';

import { generateKey } from '../../pkg/dist/node/index.js';
import { createGuard, issueKey } from '../../pkg/dist/node/guard.js';
import { bearer, OWNER, settled, verdict } from './support/table.js';
import { startPostgres } from './support/postgres.js';

const declarations = await readFile(new URL('../../pkg/guard.d.ts', import.meta.url), 'utf8');

/** A recipe as it stands in the declarations: `{ store, lookup, revoke }` over a database. */
function recipe(title, db) {
  const [, , text] = declarations.match(new RegExp(`@example (${title}[^\\n]*)\\n \\* \`\`\`ts\\n([^]*?) \\* \`\`\``));
  const code = text.replace(/^ \* ?/gm, '');
  const AsyncFunction = (async () => {}).constructor;
  return new AsyncFunction('db', `${code}\nreturn { store, lookup, revoke };`)(db);
}

/** Everything that a guard wants of a table. */
async function tryOut({ store, lookup, revoke }, disable) {
  const guard = createGuard({ lookup });
  const issued = (more) => issueKey({ owner: OWNER, metadata: { plan: 'pro', nested: [1, null, 'ä'] }, ...more });
  const [good, revoked, forever, disabled, soon] = [
    issued({ scopes: ['mesh:read', 'mesh:write'] }), issued(), issued({ expiresIn: 'never' }), issued(), issued({ expiresIn: 0.001 }),
  ];
  for (const { row } of [good, revoked, forever, disabled, soon]) await store(row);

  const caller = await guard.authenticate(bearer(good.key.expose()), { scopes: ['mesh:write'] });
  assert.deepEqual(caller, {
    id: good.row.id, owner: OWNER, scopes: ['mesh:read', 'mesh:write'], metadata: { plan: 'pro', nested: [1, null, 'ä'] },
    prefix: 'kl_live_', expiresAt: good.row.expiresAt, limits: [],
  });
  assert.equal((await guard.authenticate(bearer(forever.key.expose()))).expiresAt, null);
  assert.equal(await verdict(guard, good.key.expose(), { scopes: ['admin'] }), 'insufficient_scope');
  assert.equal(await verdict(guard, generateKey().expose()), 'not_found');
  // A millisecond may be longer than all of the above.
  while (Date.now() < soon.row.expiresAt) await settled();
  assert.equal(await verdict(guard, soon.key.expose()), 'expired');

  assert.equal(await verdict(guard, revoked.key.expose()), 'ok');
  await revoke(revoked.row.id);
  assert.equal(await verdict(guard, revoked.key.expose()), 'ok', 'for five seconds');
  guard.forget(revoked.row.id);
  assert.equal(await verdict(guard, revoked.key.expose()), 'revoked');

  await disable(disabled.row.id);
  assert.equal(await verdict(guard, disabled.key.expose()), 'disabled');
  await assert.rejects(async () => store(good.row), /unique/i);
}

test('SQLite, by better-sqlite3', async (t) => {
  const db = new Database(':memory:');
  t.after(() => db.close());
  await tryOut(await recipe('A table of SQLite', db), (id) => db.prepare('UPDATE api_keys SET disabled = 1 WHERE id = ?').run(id));
});

test('PostgreSQL, by pg', async (t) => {
  const { config, stop } = await startPostgres();
  t.after(stop);
  const admin = new pg.Client(config);
  await admin.connect();
  await admin.query('CREATE SCHEMA guard_recipe');
  const db = new pg.Pool({ ...config, options: '-c search_path=guard_recipe' });
  try {
    await tryOut(await recipe('A table of PostgreSQL', db), (id) => db.query('UPDATE api_keys SET disabled = true WHERE id = $1', [id]));
  } finally {
    await db.end();
    await admin.query('DROP SCHEMA guard_recipe CASCADE');
    await admin.end();
  }
});

test('a Map, as the declarations and the README have it', async () => {
  const rows = new Map();
  const store = (row) => {
    if (rows.has(row.hash)) throw new Error('not unique');
    rows.set(row.hash, row);
  };
  const of = (id) => [...rows.values()].find((row) => row.id === id);
  const revoke = (id) => (of(id).revokedAt = new Date());
  await tryOut({ store, lookup: (hash) => rows.get(hash), revoke }, (id) => (of(id).disabled = true));
});

