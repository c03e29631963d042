// The description of the API is true, by requests that are others each time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../schemathesis.js';

const MINUTES = 5;

test('every operation keeps what its description promises, for two users', { timeout: 2 * MINUTES * 60_000 }, async () => {
  const { code, report } = await ask('--exclude-operation-id', 'signOut', '--max-examples', '2000', '--max-time', String(MINUTES * 60), '--no-color');
  assert.equal(code, 0, report);
});
