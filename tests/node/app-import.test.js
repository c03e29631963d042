// keylatch app keys import: what is taken over, passed over and refused, and what a second run does.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';

import { Applications } from '../../pkg/dist/node/applications.js';
import { at, json, keys, ok, server } from './support/command.js';

const SCOPES = ['keys:read', 'keys:write', 'verify', 'keys:create', 'keys:revoke'];
const hash = (text) => createHash('sha256').update(text).digest('hex');

/** A computer with an application to import into. */
async function withApplication(t) {
  const pc = await at(t);
  const { secret } = await keys.create({ name: 'imports', expiresIn: 'never', scopes: SCOPES });
  const key = secret.reveal();
  await pc.write('.env', `KEYLATCH_API_KEY=${key}\n`);
  const applications = new Applications({ baseUrl: server.url, credential: key });
  const { id } = await applications.create({ name: 'Moved', formats: [{ environment: 'live', prefix: 'acme_live_' }], scopes: ['mesh:read', 'mesh:write'] });
  const acme = applications.application(id);
  const { secret: manager } = await acme.managementKeys.create({ name: 'v', scopes: ['verify'] });
  const verify = (text) => new Applications({ baseUrl: server.url, credential: manager }).verify(text);
  const all = async () => {
    const found = [];
    for await (const one of acme.keys.list()) found.push(one);
    return found;
  };
  return { pc, id, acme, all, verify, run: (...args) => pc.keylatch(['app', 'keys', 'import', id, ...args]) };
}

test('CSV as a database writes it is taken over', async (t) => {
  const { pc, all, verify, run } = await withApplication(t);
  const rows = [
    'hash,owner,name,scopes,metadata,created_at,expires_at,allowed_addresses,limits',
    `${hash('old_1')},cust_1,"robot, ""the"" first",mesh:read mesh:write,"{""plan"": ""pro""}",2024-01-02 03:04:05.5+02,2099-01-01T00:00:00Z,10.0.0.0/8 192.0.2.7,"[{""name"":""r"",""kind"":""rate"",""limit"":5,""window_seconds"":10}]"`,
    `${hash('old_2')},cust_2,"two`, `lines",,,,,,`,
    '',
    `${hash('old_3')},cust_2,,,,,,,`,
  ];
  await pc.write('keys.csv', `\uFEFF${rows.join('\r\n')}`);
  const refused = await run('keys.csv');
  // A name of two lines is refused by the server; it begins on the third line.
  assert.match(refused.out, /^line 3: `name` has a control character/);
  assert.match(refused.err, /^Imported 2 keys, 1 refused\.\n$/);
  assert.equal(refused.code, 1);
  const [last, first] = await all();
  assert.deepEqual([last.owner, last.name, last.scopes, last.limits, last.expiresAt], ['cust_2', '', [], null, null]);
  assert.deepEqual([first.name, first.scopes, first.metadata, first.allowedAddresses], ['robot, "the" first', ['mesh:read', 'mesh:write'], { plan: 'pro' }, ['10.0.0.0/8', '192.0.2.7/32']]);
  assert.deepEqual([first.createdAt, first.expiresAt, first.limits[0].windowSeconds], [new Date('2024-01-02T01:04:05.500Z'), new Date('2099-01-01T00:00:00Z'), 10]);
  assert.equal((await verify('old_3')).code, 'valid');
});

test('more than a thousand lines go in parts; a second run passes over what is there', async (t) => {
  const { pc, all, run } = await withApplication(t);
  const line = (number, more = {}) => JSON.stringify({ hash: hash(`old_${number}`), owner: `cust_${number % 7}`, ...more });
  await pc.write('some.jsonl', Array.from({ length: 1200 }, (_, number) => line(number)).join('\n'));
  const first = await run('some.jsonl');
  assert.equal(first.code, 0, first.err);
  assert.match(first.err, /^1000 of 1200\n1200 of 1200\nImported 1200 keys\.\n$/);
  await pc.write('all.jsonl', Array.from({ length: 1300 }, (_, number) => line(number, { idPart: null, expires_at: '2099-01-01T00:00:00Z' })).join('\n'));
  assert.match((await run('all.jsonl')).err, /Imported 100 keys, 1200 were there already\.\n$/);
  assert.deepEqual(await json(pc, ['app', 'keys', 'import', (await all())[0].applicationId, 'all.jsonl']), { imported: 0, skipped: 1300, refused: [] });
  assert.equal(new Set((await all()).map(({ id }) => id)).size, 1300);
});

test('each line that is refused is told with its number and the reason, and the others are taken over', async (t) => {
  const { pc, all, run } = await withApplication(t);
  const whole = (await keys.create({ name: 'leaked', scopes: [] })).secret.reveal();
  const lines = [
    JSON.stringify({ hash: hash('a'), owner: 'cust_1' }),
    'no json',
    JSON.stringify({ hash: '$2b$12$abcdefghijklmnopqrstuv', owner: 'cust_1' }),
    JSON.stringify({ hash: hash('b') }),
    JSON.stringify({ hash: hash('b'), owner: 'cust 1' }),
    JSON.stringify({ hash: hash('b'), owner: 'cust_1', created: 1 }),
    JSON.stringify({ hash: hash('b'), owner: 'cust_1', created_at: '2024-01-02 03:04:05' }),
    JSON.stringify({ hash: whole, owner: 'cust_1' }),
    JSON.stringify({ hash: hash('a'), owner: 'cust_2' }),
    JSON.stringify({ hash: hash('c'), owner: 'cust_1', scopes: ['other'] }),
    JSON.stringify({ hash: hash('d'), owner: 'cust_1' }),
  ];
  await pc.write('keys.jsonl', lines.join('\n'));
  const told = await run('keys.jsonl');
  assert.equal(told.code, 1);
  assert.deepEqual(told.out.split('\n').map((line) => line.slice(0, 40)), [
    'line 2: This is no JSON object.', 'line 3: `hash` is a slow hash, which no ', 'line 4: owner is missing.', 'line 5: `owner` must be your own id of t',
    'line 6: There is no "created": there are', 'line 7: created_at is no time with its z', 'line 8: There is a whole key in it (hash', 'line 9: `hash` is that of line 1 too. Se',
    'line 10: `scopes` has other, which is no', '',
  ]);
  assert.match(told.err, /^Imported 2 keys, 9 refused\.\n$/);
  assert.ok(!`${told.out}${told.err}`.includes(whole));
  assert.equal((await all()).length, 2);
});

test('what is wrong in all lines ends it early', async (t) => {
  const { pc, all, run } = await withApplication(t);
  await pc.write('keys.jsonl', Array.from({ length: 500 }, (_, number) => JSON.stringify({ hash: hash(`${number}`), owner: `cust_${number}`, scopes: ['none:such'] })).join('\n'));
  const { code, out, err } = await run('keys.jsonl');
  assert.deepEqual([code, out.trim().split('\n').length], [1, 101]);
  assert.match(err, /More than 100 were refused, so the rest was not sent\. Mend the file or the options, and run it again\.\n$/);
  await pc.write('one.jsonl', JSON.stringify({ hash: hash('x'), owner: 'cust_1' }));
  const rule = await run('one.jsonl', '--separator', '_');
  assert.match(rule.err, /`rule\.separator` has no meaning/);
  assert.equal((await all()).length, 0);
});

test('a part of a key with a pepper, from standard input', async (t) => {
  const { pc, id, verify } = await withApplication(t);
  await pc.write('pepper.txt', 'salt & pepper\n');
  const digest = createHmac('sha512', 'salt & pepper').update('s3cret-part').digest('base64url');
  const args = ['app', 'keys', 'import', id, '--input', 'after_last', '--separator', '.', '--algorithm', 'sha512', '--encoding', 'base64url', '--pepper-file', 'pepper.txt'];
  await ok(pc, args, { input: `hash,idPart,owner\n${digest},row.7,cust_1\n` });
  assert.equal((await verify('row.7.s3cret-part')).owner.id, 'cust_1');
  assert.equal((await verify('row.8.s3cret-part')).code, 'not_found');
});

for (const [what, content, sentence] of [
  ['nothing', '', /there is no key in it/],
  ['a line without names', `${hash('a')},cust_1\n`, /its first line must name the columns: hash, owner/],
  ['a quote that does not end', 'hash,owner\n"abc,cust_1\n', /line 2 is no CSV/],
]) {
  test(`a file with ${what} is refused as a whole`, async (t) => {
    const { pc, run } = await withApplication(t);
    await pc.write('keys.csv', content);
    const { code, err } = await run('keys.csv');
    assert.equal(code, 2);
    assert.match(err, sentence);
  });
}

test('a file that cannot be read, and a key and keys from one standard input', async (t) => {
  const { run } = await withApplication(t);
  assert.match((await run('none.csv')).err, /none\.csv cannot be read \(ENOENT\)/);
  assert.match((await run('--api-key', '-')).err, /standard input can give one thing only\. Name the file of the keys\./);
});
