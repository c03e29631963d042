// The description of the API is true: requests that it allows are taken, others
// are refused as it says, every answer is as described, what one user has made
// another does not get, and what is deleted is gone. The same requests each time;
// `cargo xtask test --all` asks many more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from './schemathesis.js';

const SAME = ['--seed', '1', '--generation-deterministic', '--no-color'];

test('every operation keeps what its description promises, for two users', async () => {
  // Signing out would end what all others are asked with.
  const { code, report } = await ask('--exclude-operation-id', 'signOut', '--max-examples', '25', ...SAME);
  assert.equal(code, 0, report);
  assert.match(report, /API Links: +[1-9]/, 'no link was followed');
  // Signing in takes a password, and verifying a key of another kind.
  const refused = /401 Unauthorized \(\d+ operations?\):\n((?: +- .+\n)+)/.exec(report)?.[1] ?? '';
  assert.deepEqual(refused.match(/(?<=- ).+/g)?.sort(), ['POST /v1/guards/{guard}/reports', 'POST /v1/session', 'POST /v1/verify', 'POST /v1/verify/batch'], report);
});

test('signing in and out keep theirs', async () => {
  const { code, report } = await ask('--include-operation-id', 'signIn', '--include-operation-id', 'signOut', '--phases', 'examples,coverage,fuzzing', '--max-examples', '25', ...SAME);
  assert.equal(code, 0, report);
});
