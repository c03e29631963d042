// What `npm pack ./pkg` ships, and that it works where it is installed.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { decode } from '../../pkg/platform/web/printable.js';
import { declarationsOf } from '../wasm/support/declarations.js';
import { installed, node, npm, pkg, root } from './project.js';

const manifest = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8'));

/** Every file that is shipped. A new one is added here on purpose. `#` stands for the hash of a chunk. */
const SHIPPED = [
  'LICENSE-APACHE',
  'LICENSE-MIT',
  'README.md',
  'applications.d.ts',
  'catalogue.d.ts',
  'dist/applications.js',
  'dist/catalogue.js',
  'dist/chunk-#.js',
  'dist/client.js',
  'dist/client.wasm',
  'dist/edge/applications.js',
  'dist/edge/catalogue.js',
  'dist/edge/chunk-#.js',
  'dist/edge/edge.js',
  'dist/edge/guard.js',
  'dist/edge/redact.js',
  'dist/element/element.js',
  'dist/element/shared.js',
  'dist/find.wasm',
  'dist/guard.js',
  'dist/guard/chunk-#.js',
  'dist/guard/express.js',
  'dist/guard/fastify.js',
  'dist/guard/fetch.js',
  'dist/guard/hono.js',
  'dist/guard/next.js',
  'dist/index.js',
  'dist/keylatch.wasm',
  'dist/node/applications.js',
  'dist/node/catalogue.js',
  'dist/node/chunk-#.js',
  'dist/node/cli.js',
  'dist/node/client-face.js',
  'dist/node/client.js',
  'dist/node/core.js',
  'dist/node/guard.js',
  'dist/node/index.js',
  'dist/node/node.js',
  'dist/node/redact.js',
  'dist/parts/check.js',
  'dist/parts/client.js',
  'dist/parts/headers.js',
  'dist/parts/issue.js',
  'dist/parts/providers.js',
  'dist/parts/secret.js',
  'dist/redact.js',
  'dist/slim/chunk-#.js',
  'dist/slim/slim.js',
  'element.d.ts',
  'guard-express.d.ts',
  'guard-fastify.d.ts',
  'guard-fetch.d.ts',
  'guard-hono.d.ts',
  'guard-next.d.ts',
  'guard.d.ts',
  'index.d.ts',
  'node.d.ts',
  'package.json',
  'redact.d.ts',
  'slim.d.ts',
  'types/application-keys.d.ts',
  'types/applications.d.ts',
  'types/check.d.ts',
  'types/client.d.ts',
  'types/errors.d.ts',
  'types/formats.d.ts',
  'types/headers.d.ts',
  'types/issue.d.ts',
  'types/keys.d.ts',
  'types/limits.d.ts',
  'types/management-keys.d.ts',
  'types/owners.d.ts',
  'types/providers.d.ts',
  'types/secrets.d.ts',
  'wasm.d.ts',
];

/** The files that the exports map points to, by entry. */
function targets() {
  const leaves = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(leaves));
  return Object.entries(manifest.exports).map(([entry, value]) => [entry, leaves(value)]);
}

test('the tarball holds exactly the files that are meant to be shipped', () => {
  const [{ files }] = JSON.parse(npm(['pack', '--dry-run', '--json', pkg]));
  const names = files.map((file) => file.path.replace(/chunk-[A-Z0-9]+/, 'chunk-#'));
  assert.deepEqual([...new Set(names)].sort(), SHIPPED);
  assert.deepEqual(files.filter(({ size }) => size === 0), [], 'an empty file is loaded for nothing');
});

test('every target of the exports map is shipped', () => {
  for (const [entry, files] of targets()) {
    for (const file of files) assert.ok(SHIPPED.includes(file.replace('./', '')), `${entry} → ${file}`);
  }
});

test('the package needs no other package and runs nothing when it is installed', () => {
  for (const field of ['dependencies', 'optionalDependencies', 'scripts']) assert.equal(manifest[field], undefined, field);
  // npm installs no optional peer by itself.
  const unasked = Object.keys(manifest.peerDependencies).filter((name) => !manifest.peerDependenciesMeta[name]?.optional);
  assert.deepEqual(unasked, []);
});

test('the licences and the version are those of the project', () => {
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE']) {
    assert.equal(readFileSync(join(pkg, name), 'utf8'), readFileSync(join(root, name), 'utf8'), name);
  }
  const [, version] = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m);
  assert.equal(manifest.version, version);
});

test('the declarations declare exactly what the default entry exports', async () => {
  const declarations = await declarationsOf(async (name) => readFileSync(join(pkg, name), 'utf8'));
  const declared = [...declarations.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(Object.keys(await import(join(pkg, 'dist/node/index.js'))).sort(), [...new Set(declared)].sort());
});

test('a module that travels as text is the module, in any encoding and any quotes', async () => {
  const staging = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'xtask/staging');
  const part = (name) => [name, `offline/parts/${name}.wasm`];
  for (const [name, texts] of [['offline', ['check', 'diagnosis', 'secrets'].map(part)], ['client', [['text', 'client/keylatch_bg.wasm']]]]) {
    const written = join(staging, `${name}.printable.js`);
    const module = await import(written);
    assert.match(readFileSync(written, 'latin1'), /^[\n -~]+$/);
    for (const [member, file] of texts) {
      const { frequent, [member]: text } = module;
      assert.ok(readFileSync(join(staging, file)).equals(decode({ frequent, text })), file);
      assert.doesNotMatch(text, /["$<\\`]/);
    }
  }
});

test('installed offline into an empty project', async (t) => {
  const project = installed(t);

  await t.test('a key is checked without a word of set-up', () => {
    const app = project.write('app.js', `
      import { checkKey, generateKey } from 'keylatch';
      const good = checkKey('keylatch', generateKey().expose());
      const bad = checkKey('keylatch', 'kl_live_');
      console.log(JSON.stringify([good.ok, bad.ok, bad.problems[0].code, typeof bad.problems[0].message]));
    `);
    assert.deepEqual(JSON.parse(node([app], project.dir)), [true, false, 'wrong_length', 'string']);
  });

  await t.test('every entry resolves to a file', () => {
    for (const [entry, files] of targets()) {
      const name = `keylatch${entry.slice(1)}`;
      const script = `console.log(import.meta.resolve(${JSON.stringify(name)}))`;
      const found = new URL(node(['--input-type=module', '-e', script], project.dir).trim());
      assert.ok(existsSync(found), name);
      for (const file of files) assert.ok(existsSync(join(project.dir, 'node_modules/keylatch', file)), file);
    }
  });

  await t.test('every JavaScript entry can be imported', () => {
    for (const [entry, files] of targets().filter(([, files]) => files.some((file) => file.endsWith('.js')))) {
      const name = `keylatch${entry.slice(1)}`;
      const script = `console.log(Object.keys(await import(${JSON.stringify(name)})).length > 0)`;
      assert.equal(node(['--input-type=module', '-e', script], project.dir).trim(), 'true', `${name}: ${files}`);
    }
  });

  await t.test('npx runs the command', () => {
    assert.match(npm(['exec', '--offline', '--', 'keylatch', '--version'], project.dir), /^keylatch \d+\.\d+\.\d+$/m);
    assert.match(npm(['exec', '--offline', '--', 'keylatch', 'providers'], project.dir), /^luminary +Luminary Cloud/m);
  });

  await t.test('nothing but the entries can be reached', () => {
    const script = `await import('keylatch/dist/parts/check.js')`;
    assert.throws(() => node(['--input-type=module', '-e', script], project.dir), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });
});
