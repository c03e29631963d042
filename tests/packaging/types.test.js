// The declarations, as a strict project reads them: by each TypeScript that is promised,
// by each way of finding modules, and without `skipLibCheck`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { installed, node, root } from './project.js';

/** The oldest, those on both sides of `using`, and the newest of each kind. */
const VERSIONS = ['typescript-5.0', 'typescript-5.1', 'typescript-5.2', 'typescript-5.9', 'typescript'];
const RESOLUTIONS = [['node16', 'node16'], ['nodenext', 'nodenext'], ['esnext', 'bundler']];

const APP = `
  import { checkKey, KeyClient, KeylatchError, Secret, type CredentialSource, type KeyCheck } from 'keylatch';
  import { CredentialFile, resolveKey } from 'keylatch/node';
  import * as whole from 'keylatch/client';
  import { init } from 'keylatch/slim';
  import wasm from 'keylatch/keylatch.wasm';
  import clientWasm from 'keylatch/client.wasm';
  const check: KeyCheck = checkKey('keylatch', 'text');
  const started: Promise<void> = init(wasm, () => clientWasm);
  const secret = new Secret('text');
  secret[Symbol.dispose]();
  const source: CredentialSource = { secret, async refresh({ signal } = {}) { return signal?.aborted ? undefined : source; } };
  const client = new KeyClient({ provider: 'luminary', credential: source });
  const listed = async (signal: AbortSignal) => { for await (const { id } of client.list({ signal })) return id; };
  const isOurs = (error: unknown): string | undefined => (error instanceof KeylatchError ? error.code : undefined);
  void [started, listed, isOurs, CredentialFile, resolveKey, whole.hashKey];
  // @ts-expect-error proves that these are no \`any\`
  const wrong: number = check;
  void wrong;
`;

test('TypeScript finds the declarations, and nothing wrong in them', async (t) => {
  const project = installed(t);
  project.write('app.ts', APP);
  project.write('using.ts', `import { Secret } from 'keylatch';\n{ using secret = new Secret('text'); void secret; }\n`);
  project.write('slim.ts', `import { checkKey, init } from 'keylatch/slim';\nimport wasm from 'keylatch/keylatch.wasm';\nvoid [checkKey, init(wasm)];\n`);
  const compiled = (version, files, [module, moduleResolution], more = { lib: ['es2022', 'dom'], types: [] }) => {
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false };
    const compilerOptions = { ...strict, noEmit: true, target: 'es2022', module, moduleResolution, ...more };
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
    assert.equal(node([join(root, 'tests/node_modules', version, 'bin/tsc'), '--project', '.'], project.dir), '');
  };
  for (const version of VERSIONS) {
    const { version: number } = JSON.parse(readFileSync(join(root, 'tests/node_modules', version, 'package.json'), 'utf8'));
    const files = Number(number.slice(0, 3)) >= 5.2 ? ['app.ts', 'using.ts'] : ['app.ts'];
    const isBetween = ['typescript-5.1', 'typescript-5.2'].includes(version);
    for (const how of RESOLUTIONS.slice(isBetween ? -1 : 0)) await t.test(`${number}, ${how[1]}`, () => compiled(version, files, how));
  }
  await t.test('a project for Node needs no lib DOM', () => {
    for (const name of ['@types/node', 'undici-types']) project.lend(name);
    for (const version of VERSIONS.slice(-2)) compiled(version, ['app.ts', 'slim.ts'], ['nodenext', 'nodenext'], { lib: ['es2022'], types: ['node'] });
  });
});

test('require() gets the package too, in each Node that it promises', async (t) => {
  const project = installed(t);
  for (const entry of ['keylatch', 'keylatch/client', 'keylatch/slim', 'keylatch/node']) {
    const script = `const { KeylatchError } = require('keylatch'); console.log(typeof require('${entry}') === 'object' && typeof KeylatchError);`;
    assert.equal(node(['--no-warnings', '--input-type=commonjs', '-e', script], project.dir).trim(), 'function', entry);
  }
  const { engines } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
  // The first of each line that can \`require\` an ES module without a flag.
  assert.equal(engines.node, '^20.19.0 || >=22.12.0');
});
