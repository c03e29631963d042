// What two programs that look for faults in packages find in the tarball: nothing.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { npm, pkg } from './project.js';

const directory = mkdtempSync(join(tmpdir(), 'keylatch-tarball-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const [{ filename }] = JSON.parse(npm(['pack', pkg, '--json', '--pack-destination', directory]));
const tarball = new Uint8Array(readFileSync(join(directory, filename)));

test('publint, strict, finds nothing', async () => {
  const { messages, pkg: manifest } = await publint({ pack: { tarball: tarball.buffer }, strict: true, level: 'suggestion' });
  assert.equal(manifest.name, 'keylatch');
  assert.deepEqual(messages.map((message) => formatMessage(message, manifest)), []);
});

test('arethetypeswrong finds nothing, for a package of ES modules', async () => {
  const { types, problems, entrypoints } = await checkPackage(createPackageFromTarballData(tarball));
  assert.equal(types.kind, 'included');
  assert.ok(Object.keys(entrypoints).length > 10);
  // As its own profile `esm-only`: `node10` reads no exports, and that `require` gets an ES module
  // works in every Node that the package promises.
  const isFault = ({ kind, resolutionKind }) => kind !== 'CJSResolvesToESM' && resolutionKind !== 'node10';
  assert.deepEqual(problems.filter(isFault), []);
});
