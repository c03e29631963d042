// Files of keys between keylatch and the clouds' own Python clients: what one
// writes, the other reads.

import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { request } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { KeyClient } from '../../pkg/dist/node/index.js';
import { DEMO, startServer } from '../browser/support/server.js';
import { computer } from '../node/support/computer.js';
import { drive, environment } from './python.js';

let python;
let server;
let keys;

before(async () => {
  python = await environment();
  server = await startServer();
  keys = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...DEMO });
});
after(() => server?.stop());

const newKey = async () => (await keys.create({ name: 'files', scopes: ['keys:read', 'keys:write'] })).secret.reveal();

/** Python, in the home of a test's computer. */
async function act(pc, action, variables = {}) {
  const told = await drive(python, 'files_driver.py', { ACTION: action, HOME: pc.home, USERPROFILE: pc.home, ...variables });
  assert.equal(told.error, undefined, told.message);
  return told.answer;
}

test('modelon-impact-client takes the key that keylatch stored', async (t) => {
  const pc = await computer(t);
  const key = await newKey();
  await pc.module(`await new node.CredentialFile('modelon').write('${key}');`);
  const told = await drive(python, 'modelon_driver.py', { HOME: pc.home, USERPROFILE: pc.home, MODELON_IMPACT_CLIENT_URL: server.url });
  assert.equal(told.answer?.email, DEMO.user, told.message);
});

test('keylatch takes the key that modelon-impact-client stored, and says that others can read it', async (t) => {
  const pc = await computer(t, { MODELON_IMPACT_CLIENT_URL: server.url });
  await act(pc, 'write_modelon', { KEY: await newKey() });
  const { code, out, err } = await pc.keylatch(['whoami', '--provider', 'modelon']);
  assert.equal(code, 0, err);
  assert.equal(out, `Modelon Impact: ${DEMO.user}\n`);
  if (await pc.mode('~/.impact/api.key') !== '600') assert.match(err, /warning: ~\/\.impact\/api\.key is readable by others/);
});

test('luminarycloud takes the key from the .env that keylatch wrote, and keylatch from the one that python-dotenv wrote', async (t) => {
  const pc = await computer(t, { LC_DOMAIN: server.url });
  const FILE = pc.at('.env');
  await pc.write('.env', '# mine\nOTHER="a\nb" # c\n');
  const [first, second] = [await newKey(), await newKey()];
  await pc.module(`await new node.CredentialFile('luminary').write('${first}');`);
  assert.deepEqual(await act(pc, 'read_dotenv', { FILE, LC_DOMAIN: server.url }), { listed: 0 });
  await act(pc, 'write_dotenv', { FILE, KEY: second });
  assert.equal(await pc.module(`return (await node.resolveKey('luminary')).secret.expose()`), second);
  assert.ok((await pc.read('.env')).startsWith('# mine\nOTHER="a\nb" # c\n'));
});

for (const STYLE of ['flow', 'block']) {
  test(`Conduce's configuration goes through PyYAML (${STYLE}) and keylatch and back`, async (t) => {
    const pc = await computer(t);
    const FILE = pc.at('~/.conduceconfig');
    const write = (key, host) => pc.module(`await new node.CredentialFile('conduce', { user: 'kim@example.test', host: '${host}' }).write('${key}');`);
    await write('6f1d2c1e-0000-4000-8000-000000000001', 'app.conduce.com');
    await act(pc, 'write_yaml', { FILE, STYLE, KEY: '6f1d2c1e-0000-4000-8000-000000000002' });
    const found = await pc.module(`const { secret, baseUrl } = await node.resolveKey('conduce'); return [secret.expose(), baseUrl]`);
    assert.deepEqual(found, ['6f1d2c1e-0000-4000-8000-000000000002', 'https://app.conduce.com']);
    await write('6f1d2c1e-0000-4000-8000-000000000003', '127.0.0.1:8080');
    await write('123e4567', 'stg.conduce.com');
    await write('true', 'dev.conduce.com');
    const config = await act(pc, 'read_yaml', { FILE });
    assert.equal(config['default-host'], 'app.conduce.com');
    assert.deepEqual(config['kim@example.test'], {
      'api-keys': {
        app: '6f1d2c1e-0000-4000-8000-000000000002', 'dev-app': 'true', 'prd-app': '', 'stg-app': '123e4567',
        127: '6f1d2c1e-0000-4000-8000-000000000003',
      },
    });
  });
}

/** The server behind https, which the SDK's login insists on. */
async function https(t, certificate) {
  const pem = await readFile(certificate);
  const proxy = createServer({ key: pem, cert: pem }, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request(`${server.url}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
  t.after(() => proxy.close());
  return `127.0.0.1:${proxy.address().port}`;
}

/** Logs in as a person's browser would, without one. */
async function logIn(pc, env) {
  const terminal = pc.terminal(`'${process.execPath}' '${new URL('../../pkg/dist/node/cli.js', import.meta.url).pathname}' login --provider luminary --no-browser`, env);
  await terminal.sees('in your browser: ');
  await terminal.sees('\n');
  const body = new URL(/browser: (\S+)/.exec(terminal.screen)[1]).searchParams;
  for (const [name, value] of Object.entries({ ...DEMO, action: 'log-in' })) body.set(name, value);
  const answer = await fetch(`${server.url}/authorize`, { method: 'POST', body, redirect: 'manual' });
  assert.equal((await fetch(answer.headers.get('location'))).status, 200);
  assert.equal(await terminal.ends(), 0, terminal.screen);
}

test('luminarycloud goes on with the login that keylatch began, and keylatch with what the SDK made of it', async (t) => {
  const pc = await computer(t, { LC_DOMAIN: server.url });
  await mkdir(pc.at('~/tls'));
  const FILE = pc.at('~/tls/ca.pem');
  await act(pc, 'certificate', { FILE });
  const LC_AUTH_DOMAIN = await https(t, FILE);
  // As https://HOST, for both; keylatch would take plain http on this computer.
  const env = { LC_AUTH_DOMAIN: `https://${LC_AUTH_DOMAIN}`, NODE_EXTRA_CA_CERTS: FILE };
  await logIn(pc, env);
  const sdk = { LC_AUTH_DOMAIN, LC_DOMAIN: server.url, LC_REFRESH_ROTATION: 'TRUE', REQUESTS_CA_BUNDLE: FILE };
  for (let i = 0; i < 2; i += 1) {
    assert.deepEqual(await act(pc, 'sdk_login', sdk), { listed: 0 });
    const { code, err } = await pc.keylatch(['whoami', '--provider', 'luminary'], { env });
    assert.equal(code, 0, err);
  }
});
