// A program ends when it has nothing more to do: no call leaves a timer, a
// socket or a listener behind that would keep it alive.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { DEMO, startServer } from '../browser/support/server.js';
import { CASE } from '../limits.js';

const pkg = new URL('../../pkg/dist/node/index.js', import.meta.url);
/** What a call may take: a timer of it that is left behind keeps the program running until it is killed. */
const HOUR = 3_600_000;

let server;
before(async () => { server = await startServer(); });
after(() => server?.stop());

/** Runs a program; it must end by itself, well, and say nothing on standard error. */
async function program(body) {
  const source = `
    import { KeyClient, KeylatchError, Secret, generateKey } from ${JSON.stringify(pkg)};
    const url = ${JSON.stringify(server.url)};
    const signIn = (options) => KeyClient.signIn({ provider: 'keylatch', baseUrl: url, ...${JSON.stringify(DEMO)}, timeout: ${HOUR}, ...options });
    ${body}`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], { timeout: CASE });
  assert.equal(stderr, '');
  return stdout.trim();
}

for (const [what, body, said] of [
  ['nothing was called', '', ''],
  ['a call went well', 'console.log((await (await signIn()).whoami()).user);', DEMO.user],
  ['a list was left in the middle', `
    const kim = await signIn();
    for (let n = 0; n < 3; n += 1) await kim.create({ name: 'exit', expiresIn: 'PT1H' });
    for await (const key of kim.list()) { console.log(key.name); break; }`, 'exit'],
  ['a call was refused', "await (await signIn()).get('key_0123456789abcdefghij').catch(({ code }) => console.log(code));", 'not_found'],
  ['a call was aborted', `
    const controller = new AbortController();
    const call = (await signIn()).whoami({ signal: controller.signal });
    controller.abort();
    await call.catch(({ code }) => console.log(code));`, 'aborted'],
  ['a call timed out', `
    const fetch = () => new Promise(() => {});
    const client = new KeyClient({ provider: 'keylatch', baseUrl: url, credential: generateKey(), fetch, timeout: 100 });
    await client.whoami().catch(({ code }) => console.log(code));`, 'timeout'],
  ['a call waited for another try', `
    let count = 0;
    const fetch = async () => new Response('{}', { status: (count += 1) === 1 ? 503 : 404 });
    const client = new KeyClient({ provider: 'keylatch', baseUrl: url, credential: generateKey(), fetch, timeout: ${HOUR} });
    await client.whoami().catch(({ code }) => console.log(code, count));`, 'not_found 2'],
  ['the service\'s own API was used', `
    const kim = await signIn();
    const { secret } = await kim.create({ name: 'exit', expiresIn: 'PT1H' });
    const robot = new KeyClient({ provider: 'keylatch', baseUrl: url, credential: secret, timeout: ${HOUR} });
    console.log((await robot.fetch('/v1/account')).status);`, '200'],
  ['twelve calls had one signal', `
    const { signal } = new AbortController();
    const kim = await signIn();
    const { secret } = await kim.create({ name: 'exit', expiresIn: 'PT1H' });
    const robot = new KeyClient({ provider: 'keylatch', baseUrl: url, credential: { secret, refresh: async () => undefined }, timeout: ${HOUR} });
    await Promise.all(Array.from({ length: 12 }, () => kim.whoami({ signal })));
    await Promise.all(Array.from({ length: 12 }, async () => (await robot.fetch('/v1/account', { signal })).text()));
    await Promise.all(Array.from({ length: 12 }, async () => (await robot.fetch(new Request(url + '/v1/account', { signal }))).text()));
    console.log('done');`, 'done'],
  ['the platform has no FinalizationRegistry', `
    delete globalThis.FinalizationRegistry;
    const { checkKey } = await import(${JSON.stringify(pkg)});
    const acme = { id: 'acme', title: 'Acme', format: { parts: ['ak_', { alphabet: 'base62', length: 4 }], certainty: 'documented' } };
    console.log(checkKey(acme, 'ak_0aZ9').ok, checkKey(acme, 'ak_0aZ').ok);`, 'true false'],
  ['a call was never waited for, and fails', `
    const client = new KeyClient({ provider: 'keylatch', baseUrl: url, credential: generateKey(), timeout: ${HOUR} });
    const call = client.whoami();
    call.catch(() => {});
    console.log('gone');`, 'gone'],
]) {
  test(`a program ends by itself when ${what}`, async () => {
    assert.equal(await program(body), said);
  });
}

test('a failure that nobody catches ends a program as any other error does', async () => {
  const failed = await program('await (await signIn()).get("..");').then(() => assert.fail('it ends well'), (error) => error);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /KeylatchError: id: /);
});
