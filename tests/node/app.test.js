// keylatch app …: applications, their keys, their customers and their management keys.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { Applications } from '../../pkg/dist/node/applications.js';
import { at, json, keys, ok, server } from './support/command.js';

/** What makes management keys must have their scopes itself. */
const SCOPES = ['keys:read', 'keys:write', 'verify', 'keys:create', 'keys:revoke'];

/** A computer with a key for applications, and one of them by a name of its own. */
let number = 0;
async function withApplication(t) {
  const pc = await at(t);
  const { secret } = await keys.create({ name: 'for applications', expiresIn: 'never', scopes: SCOPES });
  const key = secret.reveal();
  await pc.write('.env', `KEYLATCH_API_KEY=${key}\n`);
  const name = `Acme ${(number += 1)}`;
  const { application } = await json(pc, ['app', 'create', '--name', name, '--prefix', 'acme_live_', '--prefix', 'test=acme_test_', '--scope', 'mesh:read', '--scope', 'mesh:write', '--rate', '100/min']);
  const applications = new Applications({ baseUrl: server.url, credential: key });
  return { pc, name, application, applications, acme: applications.application(application.id) };
}

test('an application is made, shown, changed and deleted', async (t) => {
  const { pc, name, application } = await withApplication(t);
  assert.deepEqual(application.formats, [{ environment: 'live', prefix: 'acme_live_' }, { environment: 'test', prefix: 'acme_test_' }]);
  assert.deepEqual(application.limits, [{ name: 'requests', kind: 'rate', limit: 100, windowSeconds: 60 }]);
  assert.ok((await ok(pc, ['app', 'list'])).out.includes(`${application.id}  ${name}`));
  const shown = (await ok(pc, ['app', 'show', name])).out;
  for (const word of [application.id, 'acme_live_ test=acme_test_', 'mesh:read, mesh:write', 'requests=100/60s', 'P3M']) assert.ok(shown.includes(word), word);
  await ok(pc, ['app', 'change', name, '--rate', 'search=5/10s', '--quota', '10000/month@Europe/Berlin', '--expires', '1y']);
  const changed = (await json(pc, ['app', 'show', application.id])).application;
  assert.deepEqual([changed.limits.map(({ name: limit }) => limit), changed.limits[1].timeZone, changed.defaultLifetime, changed.scopes.length], [['search', 'quota'], 'Europe/Berlin', 'P1Y', 2]);
  await ok(pc, ['app', 'change', name, '--rate', 'none']);
  assert.deepEqual((await json(pc, ['app', 'show', name])).application.limits, []);
  assert.match((await pc.keylatch(['app', 'delete', name])).err, /--yes: this cannot be undone/);
  assert.match((await ok(pc, ['app', 'delete', name, '--yes'])).err, /^Deleted the application "Acme \d+" \(app_/);
  assert.equal((await pc.keylatch(['app', 'show', application.id])).code, 1);
});

test('a name that is mistyped is answered with the nearest, and one that two have with their ids', async (t) => {
  const { pc, name, application } = await withApplication(t);
  const wrong = await pc.keylatch(['app', 'show', name.replace('Acme', 'Acne')]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, new RegExp(`There is no application "Acne \\d+"\\. Did you mean "${name}"\\?`));
  const twin = await json(pc, ['app', 'create', '--name', name, '--prefix', 'twin_']);
  const two = await pc.keylatch(['app', 'show', name]);
  assert.equal(two.code, 2);
  for (const { id } of [application, twin.application]) assert.ok(two.err.includes(id));
});

test('a key of a customer lives: issued once, listed, changed, rotated, revoked, deleted', async (t) => {
  const { pc, name, applications, acme } = await withApplication(t);
  const made = await ok(pc, ['app', 'keys', 'create', name, '--owner', 'cust_7', '--name', 'nightly', '--scope', 'mesh:read', '--expires', '90d', '--address', '10.0.0.0/8', '--quota', '500/day', '--metadata', '{"plan":"pro"}']);
  assert.match(made.out, /^acme_live_[0-9A-Za-z]{36}\n$/);
  assert.match(made.err, /^Created the key "nightly" \(acme_live_…\w{4}\), good until .* It is shown only now\.\n$/);
  const [key] = (await json(pc, ['app', 'keys', 'list', name, '--owner', 'cust_7'])).keys;
  assert.deepEqual([key.name, key.owner, key.scopes, key.metadata, key.allowedAddresses, key.limits[0].name], ['nightly', 'cust_7', ['mesh:read'], { plan: 'pro' }, ['10.0.0.0/8'], 'quota']);
  assert.deepEqual((await json(pc, ['app', 'keys', 'list', name, '--owner', 'cust_8'])).keys, []);
  assert.deepEqual((await json(pc, ['app', 'keys', 'list', name, '--ends-within', '30d'])).keys, []);
  assert.equal((await json(pc, ['app', 'keys', 'list', name, '--ends-within', '91d'])).keys.length, 1);
  assert.ok((await ok(pc, ['app', 'keys', 'show', name, 'nightly'])).out.includes('quota=500/day'));

  await ok(pc, ['app', 'keys', 'disable', name, 'nightly']);
  assert.equal((await acme.keys.get(key.id)).status, 'disabled');
  await ok(pc, ['app', 'keys', 'enable', name, 'nightly']);
  await ok(pc, ['app', 'keys', 'change', name, key.id, '--scope', 'mesh:write', '--expires', new Date(Date.now() + 86_400_000 * 20).toISOString().slice(0, 10)]);
  const changed = await acme.keys.get(key.id);
  assert.deepEqual([changed.status, changed.scopes], ['active', ['mesh:write']]);
  assert.ok(changed.expiresAt < new Date(Date.now() + 86_400_000 * 22));

  const rotated = await ok(pc, ['app', 'keys', 'rotate', name, 'nightly', '--yes', '--output', 'key.txt']);
  assert.equal(rotated.out, '');
  assert.match(await pc.read('key.txt'), /^acme_live_[0-9A-Za-z]{36}\n?$/);
  assert.equal(await pc.mode('key.txt'), '600');
  const several = await pc.keylatch(['app', 'keys', 'revoke', name, 'nightly', '--yes']);
  assert.equal(several.code, 2);
  assert.match(several.err, /several keys have this name\. Say which by its id: key_\w+ of cust_7, key_\w+ of cust_7\./);
  const { replacedBy } = await acme.keys.get(key.id);
  assert.match((await ok(pc, ['app', 'keys', 'revoke', name, replacedBy, '--yes'])).err, /^Revoked the key "nightly"/);
  assert.deepEqual(await json(pc, ['app', 'keys', 'delete', name, replacedBy, '--yes']), { deleted: replacedBy });
  assert.equal((await pc.keylatch(['app', 'keys', 'show', name, replacedBy])).code, 1);
  assert.equal((await applications.application(key.applicationId).owners.get('cust_7')).keys, 1);
});

test('all keys of a customer end at once', async (t) => {
  const { pc, name, acme } = await withApplication(t);
  await acme.keys.create({ owner: 'cust_7' });
  await acme.keys.create({ owner: 'cust_7' });
  const other = await acme.keys.create({ owner: 'cust_8' });
  const set = await ok(pc, ['app', 'owners', 'set', name, 'cust_7', '--quota', '10000/month', '--metadata', '{"plan":"pro"}']);
  assert.match(set.out, /quota=10000\/month[^]*\{"plan":"pro"\}/);
  assert.deepEqual((await json(pc, ['app', 'owners', 'list', name])).owners.map(({ id, keys: count }) => [id, count]), [['cust_7', 2], ['cust_8', 1]]);
  assert.match((await pc.keylatch(['app', 'owners', 'revoke', name, 'cust_7'])).err, /--yes/);
  assert.match((await ok(pc, ['app', 'owners', 'revoke', name, 'cust_7', '--yes'])).err, /^Revoked 2 keys of cust_7\.\n$/);
  for await (const key of acme.keys.list()) assert.equal(key.status, key.owner === 'cust_7' ? 'revoked' : 'active');
  assert.deepEqual(await json(pc, ['app', 'owners', 'delete', name, 'cust_7', '--yes']), { deleted: 'cust_7' });
  assert.equal((await pc.keylatch(['app', 'owners', 'show', name, 'cust_7'])).code, 1);
  assert.equal((await acme.keys.get(other.key.id)).status, 'active');
});

test('a management key goes into the file where a program looks for it, and works', async (t) => {
  const { pc, name, acme } = await withApplication(t);
  await ok(pc, ['app', 'management-keys', 'create', name, '--name', 'API server', '--scope', 'verify', '--output', 'server.env']);
  const [, text] = /^KEYLATCH_MANAGEMENT_KEY=(kl_mgmt_\w+)$/m.exec(await pc.read('server.env'));
  const { secret } = await acme.keys.create({ owner: 'cust_7' });
  assert.equal((await new Applications({ baseUrl: server.url, credential: text }).verify(secret)).code, 'valid');
  const [listed] = (await json(pc, ['app', 'management-keys', 'list', name])).keys;
  assert.deepEqual([listed.name, listed.scopes, listed.status], ['API server', ['verify'], 'active']);
  assert.deepEqual(await json(pc, ['app', 'management-keys', 'revoke', name, 'API server', '--yes']), { revoked: listed.id });
  await assert.rejects(new Applications({ baseUrl: server.url, credential: text }).verify(secret), { code: 'unauthorized' });
});

test('a management key does for keys and owners, where it is given or no key of the person is found', async (t) => {
  const { pc, name, application, acme } = await withApplication(t);
  const made = await acme.managementKeys.create({ name: 'issuer', scopes: ['keys:create', 'keys:read'] });
  const text = made.secret.reveal();
  const create = ['app', 'keys', 'create', application.id, '--owner', 'cust_7'];
  // The person's own key comes first, unless the other is given.
  await ok(pc, [...create, '--name', 'own'], { env: { KEYLATCH_MANAGEMENT_KEY: 'kl_mgmt_rubbish' } });
  await ok(pc, [...create, '--name', 'given', '--api-key', '-'], { input: `${text}\n` });
  await pc.write('.env', `KEYLATCH_MANAGEMENT_KEY=${text}\n`);
  await ok(pc, [...create, '--name', 'dotenv']);
  await pc.write('.env', '');
  const env = { KEYLATCH_MANAGEMENT_KEY: text };
  await ok(pc, [...create, '--name', 'env'], { env });
  const { keys: listed } = await json(pc, ['app', 'keys', 'list', application.id], { env });
  assert.deepEqual(listed.map((key) => key.name), ['env', 'dotenv', 'given', 'own']);

  const named = await pc.keylatch(['app', 'keys', 'list', name], { env });
  assert.deepEqual([named.code, /This key may not list applications, so that none is found by its name\. Give its id/.test(named.err)], [1, true], named.err);
  assert.match((await pc.keylatch(['app', 'keys', 'revoke', application.id, listed[0].id, '--yes'], { env })).err, /does not allow this: .*lacks the scope keys:revoke/);
  // What is about the application itself takes no management key.
  assert.equal((await pc.keylatch(['app', 'show', application.id], { env })).code, 3);
  const none = await pc.keylatch(['app', 'owners', 'list', application.id]);
  assert.equal(none.code, 3);
  for (const variable of ['KEYLATCH_API_KEY', 'KEYLATCH_MANAGEMENT_KEY']) assert.ok(none.err.includes(`${variable} is not set`), none.err);
  assert.match((await pc.keylatch(['app', 'owners', 'list', application.id, '--api-key', '-'], { input: `${text.slice(0, -1)}_\n` })).err, /This is not a key for keylatch/);
});

test('what is left of limits is shown', async (t) => {
  const { pc, name, acme } = await withApplication(t);
  await ok(pc, ['app', 'owners', 'set', name, 'cust_7', '--quota', 'calls=1000/never']);
  const { key, secret } = await acme.keys.create({ owner: 'cust_7', name: 'nightly' });
  const manager = (await acme.managementKeys.create({ name: 'v', scopes: ['verify'] })).secret;
  await new Applications({ baseUrl: server.url, credential: manager }).verify(secret, { cost: 3 });
  assert.match((await ok(pc, ['app', 'keys', 'show', name, 'nightly'])).out, /^Left now +requests=97 of 100 calls=997 of 1000 \(owner\)$/m);
  assert.match((await ok(pc, ['app', 'owners', 'show', name, 'cust_7'])).out, /^Left now +calls=997 of 1000 \(owner\)$/m);
  const { limits } = await json(pc, ['app', 'keys', 'show', name, key.id]);
  assert.deepEqual(limits.map(({ of, remaining }) => [of, remaining]), [['key', 97], ['owner', 997]]);
});

test('a place that cannot take the key is known before there is one, and a key that nobody gets is ended', async (t) => {
  const { pc, name, acme } = await withApplication(t);
  const create = ['app', 'keys', 'create', name, '--owner', 'cust_7'];
  await pc.write('file', 'no directory');
  for (const output of ['file/key.txt', '.env']) assert.equal((await pc.keylatch([...create, '--output', output])).code, output === '.env' ? 2 : 1, output);
  const none = [];
  for await (const key of acme.keys.list()) none.push(key);
  assert.deepEqual(none, []);
  const { code, err } = await pc.shell(`keylatch ${create.map((word) => `'${word}'`).join(' ')} >/dev/full`);
  assert.equal(code, 1, err);
  assert.match(err, /The new key key_\w+ was revoked again, because nobody could get it\./);
  for await (const key of acme.keys.list()) assert.equal(key.status, 'revoked');
});

test('whoever signs in with a password reaches the same', async (t) => {
  const { pc, application } = await withApplication(t);
  await pc.write('.env', '');
  const run = await ok(pc, ['app', 'list', '--user', 'demo@example.com', '--password-stdin', '--json'], { input: 'reveal-once\n' });
  assert.ok(JSON.parse(run.out).applications.some(({ id }) => id === application.id));
});

for (const [args, code, sentence] of [
  [['app'], 2, /usage: keylatch app <command>\. The commands are list, create, show, change, delete, keys, owners, management-keys\./],
  [['app', 'kyes'], 2, /there is no command "app kyes"\. Did you mean app keys\?/],
  [['app', 'keys', 'crate'], 2, /there is no command "app keys crate"\. Did you mean app keys create\?/],
  [['help', 'app', 'nothing-like-it'], 2, /there is no command "app nothing-like-it"\. Run keylatch app --help\./],
  [['app', 'create', '--prefix', 'a_'], 2, /--name: say what the application is called/],
  [['app', 'create', '--name', 'x'], 2, /--prefix: say how its keys begin/],
  [['app', 'create', '--name', 'x', '--prefix', 'a_', '--expires', '2999-01-01'], 2, /--expires: it is for keys that are made at any time/],
  [['app', 'change', 'x'], 2, /options: say what is to be another/],
  [['app', 'keys', 'create', 'x'], 2, /--owner: say whose key it is/],
  [['app', 'keys', 'create', 'x', '--owner', 'a', '--rate', '100'], 2, /--rate: use 100\/min/],
  [['app', 'keys', 'create', 'x', '--owner', 'a', '--rate', '100/m'], 2, /--rate: m may be minutes or months/],
  [['app', 'keys', 'create', 'x', '--owner', 'a', '--quota', '100/hour'], 2, /--quota: use 10000\/month/],
  [['app', 'keys', 'create', 'x', '--owner', 'a', '--metadata', '[1]'], 2, /--metadata: use a JSON object/],
  [['app', 'keys', 'create', 'x', '--owner', 'a', '--environment', 'production'], 2, /--environment: use live or test/],
  [['app', 'keys', 'list', 'x', '--ends-within', 'soon'], 2, /--ends-within: use a number of days/],
  [['app', 'keys', 'change', 'x', 'y', '--expires', '90d'], 2, /--expires: a key ends earlier by a date or a time/],
  [['app', 'management-keys', 'create', 'x', '--name', 'y'], 2, /--scope: say what the key may do/],
]) {
  test(`keylatch ${args.join(' ')}`, async (t) => {
    const run = await (await at(t)).keylatch(args);
    assert.equal(run.code, code, run.err);
    assert.match(run.err, sentence);
  });
}

test('a refusal of the server names the option, and a key in the place of an id is not sent', async (t) => {
  const { pc, name, acme } = await withApplication(t);
  const scope = await pc.keylatch(['app', 'keys', 'create', name, '--owner', 'cust_7', '--scope', 'other:scope']);
  assert.equal(scope.code, 1);
  assert.match(scope.err, /refused the request: --scope/);
  const { secret } = await acme.keys.create({ owner: 'cust_7' });
  const text = secret.reveal();
  for (const args of [['app', 'show', text], ['app', 'keys', 'show', name, text], ['app', 'owners', 'show', name, text], ['app', 'keys', 'create', name, '--owner', text]]) {
    const run = await pc.keylatch(args);
    assert.equal(run.code, 2, args.slice(0, 3).join(' '));
    assert.ok(!run.err.includes(text));
  }
  const narrow = await keys.create({ name: 'looks only', scopes: ['keys:read'] });
  await pc.write('.env', `KEYLATCH_API_KEY=${narrow.secret.reveal()}\n`);
  assert.match((await pc.keylatch(['app', 'keys', 'create', acme.id, '--owner', 'cust_7'])).err, /does not allow this: .*keys:write/);
});

test('a key that ends within thirty days is warned of, once, and not where JSON is read', async (t) => {
  const pc = await at(t);
  const soon = await keys.create({ name: 'ends soon', expiresIn: 'P7D', scopes: ['keys:read', 'keys:write'] });
  await pc.write('.env', `KEYLATCH_API_KEY=${soon.secret.reveal()}\n`);
  const sentence = /^warning: The key that keylatch works with here ends in 7 days \(\d{4}-\d\d-\d\d \d\d:\d\d \S+\)\. Make another one before, with keylatch create\.$/;
  for (const args of [['whoami'], ['list'], ['app', 'list']]) {
    const { err } = await ok(pc, args);
    const warnings = err.split('\n').filter((line) => line.startsWith('warning:'));
    assert.equal(warnings.length, 1, `${args.join(' ')}: ${err}`);
    assert.match(warnings[0], sentence);
    assert.equal((await ok(pc, [...args, '--json'])).err, '');
  }
  const late = await keys.create({ name: 'ends late', expiresIn: 'P2M', scopes: ['keys:read'] });
  await pc.write('.env', `KEYLATCH_API_KEY=${late.secret.reveal()}\n`);
  assert.doesNotMatch((await ok(pc, ['whoami'])).err, /warning/);
});

const GROUPS = {
  app: ['change', 'create', 'delete', 'keys', 'list', 'management-keys', 'owners', 'show'],
  'app keys': ['change', 'create', 'delete', 'disable', 'enable', 'import', 'list', 'revoke', 'rotate', 'show'],
  'app owners': ['delete', 'list', 'revoke', 'set', 'show'],
  'app management-keys': ['create', 'list', 'revoke'],
};

test('each command has help with an example, and each group tells its commands', async (t) => {
  const pc = await at(t);
  for (const [group, words] of Object.entries(GROUPS)) {
    const { out } = await ok(pc, [...group.split(' '), '--help']);
    assert.deepEqual([...out.matchAll(/^  ([a-z-]+)(?: <command>)?  /gm)].map(([, word]) => word).sort(), words, group);
    assert.equal((await ok(pc, ['help', ...group.split(' ')])).out, out);
    for (const word of words.filter((one) => !(`${group} ${one}` in GROUPS))) {
      const name = `${group} ${word}`;
      const help = (await ok(pc, ['help', ...name.split(' ')])).out;
      assert.match(help, new RegExp(`^keylatch ${name}: [^]*Usage: keylatch ${name}[^]*Options:[^]*Examples:\n  keylatch ${name}`), name);
    }
  }
});

test('completion proposes the next word, and the options of the whole command', async (t) => {
  const pc = await at(t);
  const script = Object.fromEntries(await Promise.all(['bash', 'fish'].map(async (shell) => [shell, (await ok(pc, ['completion', shell])).out])));
  const ways = {
    bash: (typed) => `${script.bash}\nCOMP_WORDS=(keylatch ${typed.endsWith(' ') ? `${typed}""` : typed}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _keylatch; printf '%s\\n' "\${COMPREPLY[@]}"`,
    fish: (typed) => `${script.fish}\ncomplete -C 'keylatch ${typed}'`,
  };
  for (const [shell, way] of Object.entries(ways)) {
    const proposed = (typed) => spawnSync(shell, ['-c', way(typed)], { cwd: pc.cwd, encoding: 'utf8' }).stdout.split('\n').map((line) => line.split('\t')[0]).filter(Boolean).sort();
    for (const [group, words] of Object.entries(GROUPS)) assert.deepEqual(proposed(`${group} `), words, `${shell}: ${group}`);
    assert.deepEqual(proposed('app keys ro'), ['rotate'], shell);
    assert.deepEqual(proposed('app keys rotate acme nightly --over'), ['--overlap'], shell);
    assert.deepEqual(proposed('list --own'), [], shell);
    assert.deepEqual(proposed('app keys create acme --environment '), ['live', 'test'], shell);
    // Only keys of an application are ever disabled.
    assert.deepEqual(proposed('list --status '), ['active', 'all', 'expired', 'inactive', 'revoked'], shell);
    assert.deepEqual(proposed('app keys list acme --status '), ['active', 'all', 'disabled', 'expired', 'inactive', 'revoked'], shell);
  }
});
