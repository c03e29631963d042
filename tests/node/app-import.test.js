// keylatch app keys import: what is taken over, passed over and refused, and what a second run does.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
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

/** What stands between the command and the server, and loses what it is told to. */
async function between(t) {
  const way = { asked: 0, plan: () => 'pass' };
  const passing = createServer(async (request, response) => {
    const body = await buffer(request);
    const isImport = request.url.endsWith('/import');
    const what = isImport ? way.plan(++way.asked) : 'pass';
    if (what === 'lose before') return request.socket.destroy();
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(server.url + request.url, { method: request.method, headers, body: body.length > 0 ? body : undefined });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (what === 'lose after') return request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain', 'content-length': bytes.length });
    if (what !== 'cut') return response.end(bytes);
    response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy());
  }).listen(0, '127.0.0.1');
  t.after(() => passing.close() && passing.closeAllConnections());
  await once(passing, 'listening');
  way.url = `http://127.0.0.1:${passing.address().port}`;
  return way;
}

const lines = (from, to) => Array.from({ length: to - from }, (_, at) => JSON.stringify({ hash: hash(`lost_${from + at}`), owner: 'cust_1' })).join('\n');

for (const [what, lost] of [['the answer is lost', 'lose after'], ['half of the answer is lost', 'cut']]) {
  test(`keys whose import was done and ${what} are not called there before`, async (t) => {
    const { pc, id, all, run } = await withApplication(t);
    const way = await between(t);
    pc.env.KEYLATCH_URL = way.url;
    await pc.write('keys.jsonl', lines(0, 1200));
    way.plan = (number) => (number === 1 ? lost : 'pass');
    const told = await run('keys.jsonl');
    assert.equal(told.code, 0, told.err);
    assert.match(told.err, /Imported 200 keys, 1000 are there, and whether since now is not known, because an answer was lost\.\n$/);
    assert.equal((await all()).length, 1200);
    // What is there for certain is told so again.
    assert.deepEqual(await json(pc, ['app', 'keys', 'import', id, 'keys.jsonl']), { imported: 0, skipped: 1200, refused: [] });
    await pc.write('more.jsonl', lines(1000, 1500));
    way.plan = (number) => (number === way.first ? lost : 'pass');
    way.first = way.asked + 1;
    assert.deepEqual(await json(pc, ['app', 'keys', 'import', id, 'more.jsonl']), { imported: 0, skipped: 0, unclear: 500, refused: [] });
  });
}

test('a request that did not arrive is sent again, and what it imports is told as far as it is known', async (t) => {
  const { pc, id } = await withApplication(t);
  const way = await between(t);
  pc.env.KEYLATCH_URL = way.url;
  await pc.write('keys.jsonl', lines(0, 20));
  way.plan = (number) => (number === 1 ? 'lose before' : 'pass');
  // Nothing is passed over, so there is nothing that is not known.
  assert.deepEqual(await json(pc, ['app', 'keys', 'import', id, 'keys.jsonl']), { imported: 20, skipped: 0, refused: [] });
});

test('a server that is gone between two parts: what was done is told, and what is not known', async (t) => {
  const { pc, id, all, run } = await withApplication(t);
  const way = await between(t);
  pc.env.KEYLATCH_URL = way.url;
  await pc.write('keys.jsonl', lines(0, 2500));
  way.plan = (number) => (number === 1 ? 'pass' : number === 2 ? 'lose after' : 'lose before');
  const told = await run('keys.jsonl');
  assert.equal(told.code, 1);
  assert.match(told.err, /Imported 1000 keys before this\.\nOf the keys on the lines 1001 to 2000 it is not known whether they were imported, because the answer was lost\. Run it again for the rest: what is there already is passed over\.\nkeylatch: .* could not be reached/);
  assert.equal((await all()).length, 2000);
  way.plan = () => 'lose before';
  const known = await pc.keylatch(['app', 'keys', 'import', id, 'keys.jsonl', '--json']);
  assert.deepEqual([known.code, JSON.parse(known.out)], [1, { imported: 0, skipped: 0, unclear: 1000, refused: [] }]);
  assert.equal(JSON.parse(known.err).error.code, 'network_error');
  way.plan = () => 'pass';
  assert.match((await run('keys.jsonl')).err, /Imported 500 keys, 2000 were there already\.\n$/);
});

test('an import of which nothing came says no more than why', async (t) => {
  const { pc, run } = await withApplication(t);
  await pc.write('keys.jsonl', lines(0, 2));
  pc.env.KEYLATCH_API_KEY = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';
  const refused = await run('keys.jsonl', '--json');
  assert.deepEqual([refused.code, refused.out, JSON.parse(refused.err).error.code], [1, '', 'unauthorized']);
});

test('a key that stands twice in the file is imported once, and its second line told', async (t) => {
  const { pc, all, run } = await withApplication(t);
  const text = lines(0, 1000).split('\n');
  const again = JSON.stringify({ hash: hash('lost_3').toUpperCase(), owner: 'cust_2' });
  await pc.write('keys.jsonl', [...text, again, ...lines(1000, 1001).split('\n')].join('\n'));
  const told = await run('keys.jsonl');
  assert.deepEqual([told.code, told.out], [1, 'line 1001: `hash` is that of line 4 too. Send each key once.\n']);
  assert.match(told.err, /Imported 1001 keys, 1 refused\.\n$/);
  assert.deepEqual(new Set((await all()).map(({ owner }) => owner)), new Set(['cust_1']));
});
