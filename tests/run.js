// Runs test files with Node's own runner, each in a process of its own:
//
//   node tests/run.js LIST COUNT FILE…
//
// COUNT files run at a time. What happens is printed for a person, and LIST gets
// a line for each case: the seconds it took, a tab, its file and its name.

import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

import { FILE } from './limits.js';

const [list, count, ...files] = process.argv.slice(2);
const cases = createWriteStream(list);
/** The names of the test that runs and of all that it stands in. Node reports file after file, also when they run at once. */
const names = [];
/** How deep the test was that ended last: what ends above it is what it stood in, and no case. */
let depth = 0;

const tests = run({ files, concurrency: Number(count), timeout: FILE });
tests.on('test:start', ({ name, nesting }) => names.splice(nesting, Infinity, name));
for (const end of ['test:pass', 'test:fail']) {
  tests.on(end, ({ name, nesting, file, skip, todo, details: { duration_ms, type } }) => {
    const isRun = skip === undefined && todo === undefined;
    if (end === 'test:fail' || !isRun) process.exitCode = 1;
    if (!isRun) console.error(`“${name}” was not run, which proves nothing and counts as a failure.`);
    if (type !== 'suite' && depth <= nesting) {
      const path = [...names.slice(0, nesting), name].join(' › ').replaceAll('\n', ' ');
      cases.write(`${duration_ms / 1000}\t${basename(file)}: ${path}\n`);
    }
    depth = nesting;
  });
}
tests.compose(new spec()).pipe(process.stdout);
