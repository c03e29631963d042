// What a document's examples call to have their results checked.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';

let reached = 0;

/** At the end so many results must have been looked at: none behind a branch that was not taken. */
export function expect(number) {
  process.on('exit', (code) => {
    if (code !== 0 || reached === number) return;
    console.error(`${number} results are stated, but only ${reached} were reached`);
    process.exitCode = 1;
  });
}

/** The value, shown on one line, must fit the pattern. */
export function shows(value, pattern, line) {
  reached += 1;
  const shown = inspect(value, { depth: 8, breakLength: Infinity, compact: true });
  assert.ok(fits(shown, pattern), `line ${line} states ${pattern}\nbut it is ${shown}`);
}

/** The work must end in a KeylatchError of this code. */
export async function throws(work, code, line) {
  reached += 1;
  let value;
  try {
    value = await work();
  } catch (error) {
    assert.equal(error?.code, code, `line ${line} states that it throws ${code}, but it threw ${error?.stack}`);
    assert.equal(error.name, 'KeylatchError', `line ${line}`);
    return;
  }
  assert.fail(`line ${line} states that it throws ${code}, but it gave ${inspect(value)}`);
}

/** Whether a text is what a pattern says; `…` stands for anything. */
export function fits(text, pattern) {
  const known = pattern.replace(/ \([^()]*\)$/, '').split('…');
  const source = known.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*?');
  return new RegExp(`^${source}$`, 's').test(text);
}
