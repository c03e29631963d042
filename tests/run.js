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
/** Of each file, how deep the test was that ended last: what ends above it is its parent, and no case. */
const depths = new Map();

const tests = run({ files, concurrency: Number(count), timeout: FILE });
for (const end of ['test:pass', 'test:fail']) {
  tests.on(end, ({ name, nesting, file, skip, todo, details: { duration_ms, type } }) => {
    // A test that is not run proves nothing, whatever is missing for it.
    if (end === 'test:fail' || skip !== undefined || todo !== undefined) process.exitCode = 1;
    if (skip !== undefined || todo !== undefined) console.error(`not run: ${name}. A test that cannot run is a failure.`);
    const isCase = type !== 'suite' && !(depths.get(file) > nesting);
    depths.set(file, nesting);
    if (isCase) cases.write(`${duration_ms / 1000}\t${basename(file)}: ${name.replaceAll('\n', ' ')}\n`);
  });
}
tests.compose(new spec()).pipe(process.stdout);
