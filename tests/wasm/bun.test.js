// Specs in Bun, which is another engine: JavaScriptCore.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { DEMO, startServer } from '../browser/support/server.js';
import { FILE } from '../limits.js';
import { binary } from './support/bun.js';

// Before the tests are declared: their names come out of Bun.
const server = await startServer();
after(() => server.stop());
const program = fileURLToPath(new URL('support/in-bun.js', import.meta.url));
const options = { timeout: FILE, maxBuffer: 1 << 26 };
// Not in one go: the server would wait for somebody to read what it logs.
const { failed, stdout, stderr } = await new Promise((resolve) => {
  execFile(binary(), ['run', program, JSON.stringify({ ...DEMO, url: server.url })], options, (failed, stdout, stderr) => resolve({ failed, stdout, stderr }));
});
const lines = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

describe('in Bun', () => {
  test('every case was run', () => {
    assert.equal(failed, null, `${failed} ${stderr}`);
    assert.equal(lines.at(-1)?.count, lines.length - 1);
    assert.ok(lines.length > 70, `only ${lines.length} cases`);
  });
  for (const { spec, name, failure } of lines.slice(0, -1)) {
    test(`${spec}: ${name}`, () => assert.equal(failure, undefined, failure));
  }
});
