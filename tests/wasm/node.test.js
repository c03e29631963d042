// The specs, in Node.

import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import vm from 'node:vm';

import { DEMO, startServer } from '../browser/support/server.js';
import { SPECS, casesOf, runCase } from './support/cases.js';
import { declarationsOf } from './support/declarations.js';
import { watchMemory } from './support/memory.js';
import { readVectors } from './support/vectors.js';

const memories = watchMemory();
const pkg = new URL('../../pkg/', import.meta.url);
const server = { ...DEMO };

const kit = {
  platform: 'node',
  server,
  vectors: await readVectors(),
  keylatch: await import(new URL('dist/node/index.js', pkg)),
  declarations: await declarationsOf((name) => readFile(new URL(name, pkg), 'utf8')),
  realm: vm.runInNewContext('globalThis'),
  memories,
  inspect: (value) => inspect(value, { depth: 8, showHidden: true }),
  onUnhandled(listener) {
    process.on('unhandledRejection', listener);
    return () => process.off('unhandledRejection', listener);
  },
};

let started;
before(async () => {
  started = await startServer();
  server.url = started.url;
});
after(() => started?.stop());

// All at once: what is declared after an await may come too late for the runner.
const all = await Promise.all(SPECS.map(async (spec) => [spec, await casesOf(spec, kit)]));
for (const [spec, cases] of all) {
  describe(spec, () => {
    for (const { name } of cases) test(name, () => runCase(spec, name, kit));
  });
}
