// `cargo xtask release --dry-run`, as a person meets it: what it makes, and what it
// says a person would do.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [, version] = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m);

async function release(...options) {
  const child = spawn('cargo', ['xtask', 'release', ...options], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (said.output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (said.errors += text));
  [said.status] = await once(child, 'close');
  return said;
}

test('without --dry-run nothing is made, and it says who publishes', async () => {
  const { status, output, errors } = await release();
  assert.deepEqual([status, output], [1, '']);
  assert.match(errors, /published by a person.*cargo xtask release --dry-run/);
});

test('with --dry-run everything is made and named, and nothing is published', async () => {
  const { status, output, errors } = await release('--dry-run');
  assert.equal(status, 0, errors);
  const [, out] = output.match(/^Version .* would be published from (.*):$/m);
  const made = readdirSync(out).sort();
  const binary = made.find((name) => name.startsWith(`keylatch-server-${version}-`));
  assert.deepEqual(made, ['NOTES.md', `keylatch-${version}.tgz`, `keylatch-find-${version}.crate`, `keylatch-format-${version}.crate`, binary].sort());
  for (const name of made) {
    assert.ok(statSync(join(out, name)).size > 100, name);
    assert.ok(output.includes(name), `${name} is not named`);
  }
  const notes = readFileSync(join(out, 'NOTES.md'), 'utf8').trim();
  assert.ok(readFileSync(join(root, 'CHANGELOG.md'), 'utf8').includes(notes));
  assert.ok(output.includes(notes));
  for (const command of [`npm publish keylatch-${version}.tgz`, 'cargo publish --locked --package keylatch-format', `git tag v${version}`]) {
    assert.ok(output.includes(command), command);
  }
  assert.match(output, /Nothing was published\.\n$/);
});
