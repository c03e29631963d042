// Runs test files with Node's own runner, each in a process of its own:
//
//   node tests/run.js LIST COUNT FILE…
//
// COUNT files run at a time. Each is shown as a whole when it ends, and LIST gets
// a line for each case: the seconds it took, its file and its name, and what it
// failed by if it did, with tabs between.

import { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { setTimeout as pause } from 'node:timers/promises';

import { FILE } from './limits.js';

/** How long a file may take to end what it has started, in milliseconds. */
const GRACE = 10_000;

/** How much is listed of what a case failed by; all of it stands where the case is shown. */
const SHOWN = 600;

const [list, count, ...files] = process.argv.slice(2);
const cases = createWriteStream(list);
const reporter = new spec();
reporter.pipe(process.stdout);

const waiting = [...files];
await Promise.all(Array.from({ length: Number(count) }, async () => {
  for (let file; (file = waiting.shift());) {
    const events = [];
    for await (const event of run({ files: [file], timeout: FILE })) events.push(event);
    show(basename(file), events);
    note(basename(file), events);
  }
}));
reporter.end();
cases.end();
// Node has asked a file that hangs to end, and waits for it without a limit; an
// endless loop does not hear that. Only this undocumented list has the processes.
const hanging = process._getActiveHandles().filter((handle) => handle instanceof ChildProcess && handle.exitCode === null && handle.signalCode === null);
if (hanging.length > 0) {
  await pause(GRACE);
  for (const child of hanging) child.kill('SIGKILL');
}

function show(file, events) {
  reporter.write({ type: 'test:stdout', data: { message: `${file}\n` } });
  // The counts that Node tells at the end of a file say less than the names.
  for (const event of events) if (event.type !== 'test:diagnostic') reporter.write(event);
}

function note(file, events) {
  /** The test that runs, and what it stands in. */
  const names = [];
  /** How deep the test was that ended last: what ends above it is what it stood in, and no case. */
  let depth = 0;
  for (const { type: event, data } of events) {
    const { name, nesting, skip, todo, details } = data ?? {};
    if (event === 'test:start') names.splice(nesting, Infinity, name);
    if (event !== 'test:pass' && event !== 'test:fail') continue;
    const isRun = skip === undefined && todo === undefined;
    if (event === 'test:fail' || !isRun) process.exitCode = 1;
    if (!isRun) console.error(`“${name}” in ${file} was not run, which proves nothing and counts as a failure.`);
    if (details.type !== 'suite' && depth <= nesting) {
      const path = [...names.slice(0, nesting), name].join(' › ');
      const columns = [details.duration_ms / 1000, `${file}: ${path}`];
      if (event === 'test:fail') columns.push(String(details.error?.cause?.message ?? details.error?.message).slice(0, SHOWN));
      cases.write(`${columns.map((column) => String(column).replaceAll(/\s+/g, ' ')).join('\t')}\n`);
    }
    depth = nesting;
  }
}
