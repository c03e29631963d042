// Runs the examples of a document, each as a module of its own, in somebody
// else's project.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { transform } from 'esbuild';

import { startServer } from '../../browser/support/server.js';
import { CASE } from '../../limits.js';
import { checking } from './blocks.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const STATED = new URL('stated.js', import.meta.url).href;
/** The address that the documents use; the tests put their own server's in its place. */
const ADDRESS = 'http://127.0.0.1:8787';

/** What the documents import besides the package. */
const PEERS = ['express', 'hono', 'react', 'react-dom'];

/** The text of a file of the work tree. */
export const read = (name) => readFile(join(root, name), 'utf8');

/**
 * Declares a test that runs every example of a document, in order, against one
 * server. `prelude` goes before an example that imports nothing itself.
 */
export function testExamples(document, find, prelude = '') {
  test(`${document}: every example does what it says`, async (t) => {
    const found = find(await read(document));
    assert.ok(found.length > 0, `${document} has no example`);
    const directory = await mkdtemp(join(tmpdir(), 'keylatch-docs-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    await mkdir(join(directory, 'node_modules'));
    await symlink(join(root, 'pkg'), join(directory, 'node_modules/keylatch'), 'dir');
    for (const name of PEERS) await symlink(join(root, 'tests/node_modules', name), join(directory, 'node_modules', name), 'dir');
    const server = await startServer();
    t.after(() => server.stop());

    for (const [number, block] of found.entries()) {
      await t.test(`line ${block.line}`, async () => {
        const { code, stated } = checking(block);
        assert.ok(stated > 0, 'it states no result, so it could not be wrong');
        const before = /^import /m.test(code) ? '' : prelude;
        const file = join(directory, `${number}.mjs`);
        const plain = `import * as stated from '${STATED}'; stated.expect(${stated}); ${before}${code}`.replaceAll(ADDRESS, server.url);
        const text = block.kind === 'jsx' ? (await transform(plain, { loader: 'jsx', jsx: 'automatic' })).code : plain;
        await writeFile(file, text);
        await succeeds(file, directory);
      });
    }
  });
}

/** Runs a module in an environment without keys. */
async function succeeds(file, cwd) {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [file], { cwd, env: { PATH, HOME: cwd, USERPROFILE: cwd }, timeout: CASE });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const [status, signal] = await once(child, 'close');
  assert.equal(status ?? signal, 0, said);
}
