// The command against a server of the test file's own, with a key to begin with.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { KeyClient } from '../../../pkg/dist/node/index.js';
import { DEMO, startServer } from '../../browser/support/server.js';
import { computer } from './computer.js';

export let server;
/** The keys of the server's account. */
export let keys;
before(async () => {
  server = await startServer();
  keys = await KeyClient.signIn({ provider: 'keylatch', baseUrl: server.url, ...DEMO });
});
after(() => server?.stop());

/** What a key is asked for with that may look at keys and change them, and those with its own powers. */
export const managing = (name) => ({ name, expiresIn: 'never', scopes: ['keys:read', 'keys:write'] });

/** A computer whose `.env` has a key for the server. */
export async function at(t) {
  const pc = await computer(t, { KEYLATCH_URL: server.url });
  const { key, secret } = await keys.create(managing('the command'));
  await pc.write('.env', `KEYLATCH_API_KEY=${secret.reveal()}\n`);
  return Object.assign(pc, { key });
}

/** It must go well. */
export async function ok(pc, args, options) {
  const run = await pc.keylatch(args, options);
  assert.equal(run.code, 0, `keylatch ${args.join(' ')}: ${run.err}`);
  return run;
}

/** What it prints with `--json`. */
export const json = async (pc, args, options) => JSON.parse((await ok(pc, [...args, '--json'], options)).out);
