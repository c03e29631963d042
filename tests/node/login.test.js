// Logging in by browser, for real: keylatch-server is the issuer, a person sits
// in Chromium.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, utimes } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';

import { DEMO, startServer } from '../browser/support/server.js';
import { blankPage, useBrowser } from '../browser/support/scenario.js';
import { CLI, computer } from './support/computer.js';

const CONFIG = '~/.luminarycloud/config';
const SDK = '~/.config/luminarycloud/tokens2';
const PORTS = [10001, 9876, 22223, 5000];

useBrowser();
let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

/** A computer where Luminary's address and issuer are the server. */
const at = (t) => computer(t, { LC_DOMAIN: server.url, LC_AUTH_DOMAIN: server.url });
const login = `'${process.execPath}' '${CLI}' login --provider luminary`;

/** Starts a login that opens no browser by itself; the address that it prints. */
async function begin(pc, env = {}) {
  const terminal = pc.terminal(`${login} --no-browser`, env);
  await terminal.sees('Interactive login required. Open the following URL in your browser: ');
  await terminal.sees('\n');
  const url = /browser: (\S+)/.exec(terminal.screen)[1];
  return { terminal, url, port: Number(new URL(new URL(url).searchParams.get('redirect_uri')).port) };
}

/** The person fills in the form. */
async function signIn(page, { password = DEMO.password, button = 'Log in' } = {}) {
  await page.getByLabel('E-mail address').fill(DEMO.user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: button }).click();
}

async function loggedIn(pc) {
  const { terminal, url } = await begin(pc);
  const page = await blankPage();
  await page.goto(url);
  await signIn(page);
  await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
  assert.equal(await terminal.ends(), 0, terminal.screen);
  return { terminal, page, url };
}

const token = async (pc, file) => JSON.parse(await pc.read(file)).refresh_token;
const whoami = (pc) => pc.keylatch(['whoami', '--provider', 'luminary', '--json']);

test('a person logs in; the token is stored where the document and the SDK have it; the next calls need nobody', async (t) => {
  const pc = await at(t);
  const { terminal, page } = await loggedIn(pc);
  await page.getByText('You can close this page and return to the terminal.').waitFor();
  assert.match(terminal.screen, /Logged in to Luminary Cloud; stored in ~\/\.luminarycloud\/config/);
  const first = await token(pc, CONFIG);
  assert.equal(await token(pc, SDK), first);
  for (const file of [CONFIG, SDK]) assert.equal(await pc.mode(file), '600');
  assert.equal(await pc.mode('~/.luminarycloud'), '700');
  assert.ok(!terminal.screen.includes(first));

  // Silently, with a new token each time; the old one is no good any more.
  for (let i = 0; i < 2; i += 1) {
    const before = await token(pc, CONFIG);
    const { code, out, err } = await whoami(pc);
    assert.equal(code, 0, err);
    assert.deepEqual(JSON.parse(out).source, { kind: 'stored-login', name: CONFIG });
    assert.notEqual(await token(pc, CONFIG), before);
    assert.equal(await token(pc, SDK), await token(pc, CONFIG));
  }
  const header = await pc.keylatch(['headers', '--provider', 'luminary']);
  assert.match(header.out, /^Authorization: Bearer eyJ/);
});

test('the message is the document\'s, and the browser that is opened gets the address', async (t) => {
  const pc = await at(t);
  await pc.write('browser.sh', '#!/bin/sh\nprintf %s "$1" > opened\n', 0o755);
  const terminal = pc.terminal(login, { BROWSER: pc.at('browser.sh') });
  await terminal.sees('Interactive login required. Your browser has been opened to visit the following URL: http');
  await terminal.sees('\n');
  const [, url] = /following URL: (\S+)/.exec(terminal.screen);
  const page = await blankPage();
  await page.goto(url);
  await signIn(page);
  assert.equal(await terminal.ends(), 0);
  assert.equal(await pc.read('opened'), url);
});

test('a browser that does not open is told of, and so is what to do where it is another computer\'s', async (t) => {
  const pc = await at(t);
  await pc.write('bin/xdg-open', '#!/bin/sh\nexit 4\n', 0o755);
  await pc.write('late.sh', '#!/bin/sh\nsleep 3.5\nexit 4\n', 0o755);
  const PATH = `${pc.at('bin')}:${pc.env.PATH}`;
  const alone = "Or open the address all the same: when the browser cannot show the page that it comes back to, copy that page's address and run here, in another terminal: curl '<the address>'";
  for (const [env, says] of [
    [{ PATH }, 'Open the following URL in your browser: http'],
    [{ BROWSER: 'no-such-browser' }, 'Open the following URL in your browser: http'],
    [{ BROWSER: `no-such-browser:${pc.at('bin/xdg-open')} %s:true` }, 'Your browser has been opened to visit the following URL: http'],
    [{ BROWSER: pc.at('late.sh') }, 'The browser did not open ('],
    [{ PATH, SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22' }, /On your own, run first: ssh -L (\d+):127\.0\.0\.1:\1 \S+@192\.0\.2\.1\s+Or open/],
    [{ PATH, container: 'podman' }, /This is a container.*docker run --network host\)\.\s+Or open/],
  ]) {
    const terminal = pc.terminal(login, env);
    await terminal.sees(typeof says === 'string' ? says : alone);
    if (typeof says !== 'string') assert.match(terminal.screen, says);
    if (!env.BROWSER) assert.doesNotMatch(terminal.screen, /has been opened/);
    terminal.types('\x03');
    await terminal.ends();
  }
});

test('nobody is sent to log in when the login could not be stored, or no port is free', async (t) => {
  const pc = await at(t);
  await mkdir(pc.at(CONFIG), { recursive: true });
  const unstored = await pc.keylatch(['login', '--provider', 'luminary']);
  assert.equal(unstored.code, 1);
  assert.match(unstored.err, /~\/\.luminarycloud\/config cannot be read \(it is a directory\)/);
  assert.doesNotMatch(unstored.err, /URL/);

  const other = await at(t);
  const taken = await Promise.all(PORTS.map(async (port) => {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }));
  const { code, err } = await other.keylatch(['login', '--provider', 'luminary']);
  for (const server of taken) server.close();
  assert.equal(code, 1);
  assert.match(err, /10001, 9876, 22223, 5000\)\. .*: keylatch login --provider luminary --api-key -\n$/);
});

test('at one\'s own server a login by browser makes a key, which is stored', async (t) => {
  const pc = await computer(t, { KEYLATCH_URL: server.url });
  const terminal = pc.terminal(`'${process.execPath}' '${CLI}' login --browser --no-browser`);
  await terminal.sees('Interactive login required. Open the following URL in your browser: ');
  await terminal.sees('\n');
  const page = await blankPage();
  await page.goto(/browser: (\S+)/.exec(terminal.screen)[1]);
  await signIn(page);
  await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
  assert.equal(await terminal.ends(), 0, terminal.screen);
  assert.match(terminal.screen, /Created the key "keylatch on [^"]+" \(kl_\w+_….{4}\), good until .*\.\s+Logged in to keylatch; stored in ~\/\.config\/keylatch\/credentials\.json\./);
  const { code, out, err } = await pc.keylatch(['whoami', '--json']);
  assert.equal(code, 0, err);
  assert.deepEqual([JSON.parse(out).account.user, JSON.parse(out).source.kind], [DEMO.user, 'file']);
});

/** A person types on another computer what the program shows, signs in, and answers. */
async function answerDevice(terminal, answer) {
  await terminal.sees('enter the code ');
  await terminal.sees('/device');
  await terminal.sees('\n');
  const page = await blankPage();
  await page.goto(`${server.url}/device`);
  await page.getByLabel('Code').fill(/enter the code (\S+)/.exec(terminal.screen)[1]);
  await page.getByLabel('E-mail address').fill(DEMO.user);
  await page.getByLabel('Password').fill(DEMO.password);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'Let this program in?' }).waitFor();
  await page.getByRole('button', { name: answer }).click();
  return page;
}

test('at one\'s own server a login by a code that is typed elsewhere makes a key, which is stored', async (t) => {
  const pc = await computer(t, { KEYLATCH_URL: server.url });
  const terminal = pc.terminal(`'${process.execPath}' '${CLI}' login --device`);
  const page = await answerDevice(terminal, 'Allow');
  await page.getByRole('heading', { name: 'The program is logged in' }).waitFor();
  assert.equal(await terminal.ends(), 0, terminal.screen);
  assert.match(terminal.screen, /Created the key "keylatch on [^"]+" \(kl_\w+_….{4}\), good until .*\.\s+Logged in to keylatch; stored in ~\/\.config\/keylatch\/credentials\.json\./);
  const { code, out, err } = await pc.keylatch(['whoami', '--json']);
  assert.equal(code, 0, err);
  assert.deepEqual([JSON.parse(out).account.user, JSON.parse(out).source.kind], [DEMO.user, 'file']);
});

test('a login by a code that the person refuses makes and stores nothing', async (t) => {
  const pc = await computer(t, { KEYLATCH_URL: server.url });
  const terminal = pc.terminal(`'${process.execPath}' '${CLI}' login --device`);
  const page = await answerDevice(terminal, 'Refuse');
  await page.getByRole('heading', { name: 'The program is not logged in' }).waitFor();
  assert.equal(await terminal.ends(), 1, terminal.screen);
  assert.match(terminal.screen, /access_denied/);
  await assert.rejects(pc.read('~/.config/keylatch/credentials.json'), { code: 'ENOENT' });
});

test('programs that renew at once take turns, so none uses a token twice', async (t) => {
  const pc = await at(t);
  await loggedIn(pc);
  const runs = await Promise.all(Array.from({ length: 6 }, () => whoami(pc)));
  assert.deepEqual(runs.map(({ code }) => code), [0, 0, 0, 0, 0, 0], runs.map(({ err }) => err).join(''));
});

test('the SDK\'s newer token is used, and a login that has ended says: log in again', async (t) => {
  const pc = await at(t);
  await loggedIn(pc);
  const good = await token(pc, CONFIG);
  // As the SDK leaves it, rotated, while the document's file is stale.
  await pc.write(CONFIG, '{"refresh_token":"stale"}');
  await utimes(pc.at(CONFIG), new Date(0), new Date(0));
  await pc.write(SDK, JSON.stringify({ refresh_token: good, kept: 1 }), 0o644);
  assert.equal((await whoami(pc)).code, 0);
  assert.equal(JSON.parse(await pc.read(SDK)).kept, 1);
  assert.equal(await pc.mode(SDK), '600');

  await pc.write(CONFIG, JSON.stringify({ refresh_token: good }));
  const { code, err } = await whoami(pc);
  assert.equal(code, 3);
  const { tried } = JSON.parse(err).error;
  assert.deepEqual(tried.at(-1), { reason: 'login_expired', message: `the login stored in ${CONFIG} has expired or was revoked: log in again` });
});

test('a wrong password may be tried again; to cancel is told to the program', async (t) => {
  const pc = await at(t);
  const { terminal, url } = await begin(pc);
  const page = await blankPage();
  await page.goto(url);
  await signIn(page, { password: 'wrong' });
  await page.getByRole('alert').getByText('wrong').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('heading', { name: 'The login failed' }).waitFor();
  assert.equal(await terminal.ends(), 1);
  assert.match(terminal.screen, /access_denied: The login was cancelled\./);
  await assert.rejects(pc.read(CONFIG), { code: 'ENOENT' });
});

test('an answer that does not know the state of this login gets a page, and the login goes on', async (t) => {
  const pc = await at(t);
  const { terminal, url, port } = await begin(pc);
  assert.equal((await fetch(`http://127.0.0.1:${port}/favicon.ico`)).status, 404);
  const { searchParams } = new URL(url);
  const state = searchParams.get('state');
  for (const [query, headers] of [
    ['?state=guessed&code=theirs'],
    ['?error=access_denied&state=other'],
    ['?error=access_denied', { Origin: 'https://evil.example' }],
    [''],
    ['?state='],
    [`?state=${state.slice(0, -1)}&code=x`],
    [`?state=${state.toLowerCase()}x&code=x`],
    [`?code=x&STATE=${state}`],
  ]) {
    const response = await fetch(`http://127.0.0.1:${port}/callback${query}`, { headers });
    assert.equal(response.status, 400, query);
    assert.match(await response.text(), /goes on waiting/);
  }
  const page = await blankPage();
  await page.goto(url);
  await signIn(page);
  await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
  assert.equal(await terminal.ends(), 0, terminal.screen);
});

test('whatever is asked of the listener, it goes on listening', async (t) => {
  const pc = await at(t);
  const { terminal, port } = await begin(pc);
  for (const [line, status] of [
    ['GET // HTTP/1.1', '404'],
    ['GET //[?a=b HTTP/1.1', '404'],
    ['GET http://[ HTTP/1.1', '404'],
    ['GET http://a:b/callback HTTP/1.1', '404'],
    ['GET /callback%ff HTTP/1.1', '404'],
    ['POST /callback HTTP/1.1', '404'],
    ['OPTIONS * HTTP/1.1', '404'],
    ['CONNECT // HTTP/1.1', undefined],
    ['no request at all', '400'],
  ]) {
    assert.equal(await asked(port, line), status, line);
  }
  assert.equal((await fetch(`http://127.0.0.1:${port}/callback?__proto__=x&%ff=%`)).status, 400, 'it is there, and refuses');
  terminal.types('\x03');
  await terminal.ends();
});

/** The status that a request gets, sent as it is; nothing when the connection is closed without. */
function asked(port, line) {
  return new Promise((done, fail) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.end(`${line}\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`));
    let text = '';
    socket.on('data', (data) => (text += data)).once('error', fail);
    socket.once('close', () => done(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]));
  });
}

test('it listens on the first port that is free, and for this computer only', async (t) => {
  const pc = await at(t);
  const taken = createServer();
  await new Promise((done, fail) => taken.once('error', fail).listen(PORTS[0], '127.0.0.1', done));
  t.after(() => taken.close());
  const { terminal, port } = await begin(pc);
  assert.equal(port, PORTS[1]);
  const others = Object.values(networkInterfaces()).flat().filter(({ family, internal }) => family === 'IPv4' && !internal);
  for (const { address } of [...others, { address: '127.0.0.2' }]) {
    const reached = await new Promise((done) => {
      const socket = connect({ port, host: address, timeout: 2000 }, () => done(true));
      for (const event of ['error', 'timeout']) socket.once(event, () => done(false));
      socket.unref();
    });
    assert.equal(reached, false, address);
  }
  terminal.types('\x03');
  await terminal.ends();
});

test('a login takes no longer than the person has, and an issuer beyond this computer needs https', async (t) => {
  const pc = await at(t);
  const attempt = (options) => `try { await node.login('luminary', { open: false, say() {}, ...${options} }); } catch ({ code, message }) { return [code, message]; }`;
  assert.equal((await pc.module(attempt('{ timeout: 50 }')))[0], 'timeout');
  assert.equal((await pc.module(attempt('{ signal: AbortSignal.timeout(50) }')))[0], 'aborted');
  const insecure = await pc.module(attempt('{}'), { env: { LC_AUTH_DOMAIN: 'http://login.example.com' } });
  assert.equal(insecure[0], 'insecure_url');
});

test('to log out forgets the login and nothing else', async (t) => {
  const pc = await at(t);
  await loggedIn(pc);
  const { code, out } = await pc.keylatch(['logout', '--provider', 'luminary', '--yes', '--json']);
  assert.deepEqual([code, JSON.parse(out).removed], [0, [CONFIG]]);
  assert.equal(await token(pc, CONFIG), undefined);
  assert.equal(await token(pc, SDK), undefined);
  assert.equal((await whoami(pc)).code, 3);
});
