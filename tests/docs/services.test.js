// The pages of the services are those that the catalogue makes, with figures that are true.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { pages } from '../../xtask/services.mjs';
import '../sources.js';

const { quality } = await import('../unit/quality.js');

test('each service has its page, as format/services.txt has it', () => {
  const directory = new URL('../../docs/services/', import.meta.url);
  const all = pages(quality());
  assert.ok(all.size > 60);
  assert.deepEqual(readdirSync(directory).sort(), [...all.keys()].sort(), 'run node xtask/services.mjs');
  for (const [name, text] of all) assert.equal(readFileSync(new URL(name, directory), 'utf8'), text, `${name}: run node xtask/services.mjs`);
});
