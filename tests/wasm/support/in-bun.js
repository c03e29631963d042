// Runs the specs in Bun: a line of JSON for each case, and one that counts them.

import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';

import { casesOf, runCase } from './cases.js';
import { declarationsOf } from './declarations.js';
import { watchMemory } from './memory.js';

/** Those in which the engine and its platform matter; hostile values take the other engines minutes. */
const SPECS = ['memory', 'surface', 'keys', 'providers', 'secrets', 'lifecycle', 'cloud', 'leaks', 'source', 'traps'];

const memories = watchMemory();
const pkg = new URL('../../../pkg/', import.meta.url);
const kit = {
  platform: 'bun',
  server: JSON.parse(process.argv[2]),
  // What Bun takes by the exports of the package: those of Node.
  keylatch: await import(new URL('dist/node/index.js', pkg)),
  declarations: await declarationsOf((name) => readFile(new URL(name, pkg), 'utf8')),
  memories,
  inspect: (value) => inspect(value, { depth: 8, showHidden: true }),
  onUnhandled(listener) {
    process.on('unhandledRejection', listener);
    return () => process.off('unhandledRejection', listener);
  },
};

let count = 0;
for (const spec of SPECS) {
  for (const { name } of await casesOf(spec, kit)) {
    const failure = await runCase(spec, name, kit).then(() => undefined, (error) => error?.stack ?? String(error));
    console.log(JSON.stringify({ spec, name, failure }));
    count += 1;
  }
}
console.log(JSON.stringify({ count }));
