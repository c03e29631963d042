// Runs the terminal sessions that a document shows:
//
//   ```console
//   $ command with arguments
//   what it prints
//   Sure? [y/N] y
//   Password:
//   ```
//
// Each command runs on a terminal of its own, is given the answers that stand
// after its questions, and what it hides while it is typed, and must print what
// stands below it. `…` stands for anything. An id, and the tail of a masked
// key, stand for what is at their place when they are first met, and for the
// same from then on, in commands too.

import assert from 'node:assert/strict';

const SAMPLE = /key_[0-9A-Za-z]{20}|(?<=kl_test_…)[0-9A-Za-z]{4}/g;

/** The sessions of a Markdown text: `{ line, steps }`, the line counted from 1. */
export function sessions(markdown) {
  return [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(({ 1: text, index }) => {
    const line = markdown.slice(0, index).split('\n').length + 1;
    const steps = [];
    for (const [number, words] of text.trimEnd().split('\n').entries()) {
      if (words.startsWith('$ ')) steps.push({ line: line + number, command: words.slice(2), expected: [] });
      else if (steps.length === 0) throw new Error(`line ${line + number}: output without a command`);
      else steps.at(-1).expected.push(words);
    }
    return { line, steps };
  });
}

/**
 * Walks through a session.
 * @param {{ terminal: (command: string, env: object) => any }} computer where it runs
 * @param {(question: string) => Promise<string>} hidden what is typed after a question that shows no answer
 */
export async function walk(computer, { steps }, hidden) {
  const known = new Map();
  const env = { NO_COLOR: '1' };
  for (const { line, command, expected } of steps) {
    const [, name, value] = /^export (\w+)=(\S+)$/.exec(command) ?? [];
    if (name) env[name] = value;
    if (name) assert.deepEqual(expected, [], `line ${line}: export prints nothing`);
    if (name) continue;

    const terminal = computer.terminal(filled(command, known), env);
    for (const shown of expected) {
      const [, question, answer] = /^(.*(?:\[y\/N\]|:)) ?(|[yn])$/.exec(shown) ?? [];
      if (!question || (answer === '' && !/^(Password|API key) for /.test(question))) continue;
      await terminal.sees(question.endsWith(']') ? '[y/N] ' : `${question} `);
      terminal.types(`${answer || (await hidden(question))}\r`);
    }
    assert.equal(await terminal.ends(), 0, `line ${line}: ${command}\n${terminal.screen}`);
    assertShown(printed(terminal.screen), expected, known, `line ${line}: ${command}`);
  }
}

/** Compares what was printed, and learns what the samples in it stand for. */
export function assertShown(screen, expected, known, place) {
  const says = `${place}\nprints\n${screen.join('\n')}\nand not\n${expected.join('\n')}\n`;
  assert.equal(screen.length, expected.length, says);
  for (const [number, pattern] of expected.entries()) {
    const samples = [];
    let source = '';
    let from = 0;
    for (const { 0: sample, index } of pattern.matchAll(SAMPLE)) {
      source += literal(pattern.slice(from, index));
      from = index + sample.length;
      source += known.has(sample) ? literal(known.get(sample)) : '([0-9A-Za-z_]+)';
      if (!known.has(sample)) samples.push(sample);
    }
    const found = new RegExp(`^${source}${literal(pattern.slice(from))}$`).exec(screen[number]);
    assert.ok(found, `${says}\n(line ${number + 1} of it)`);
    for (const [i, sample] of samples.entries()) known.set(sample, found[i + 1]);
  }
}

/** A command with the real thing in the place of each sample. */
function filled(command, known) {
  return command.replace(SAMPLE, (sample) => {
    assert.ok(known.has(sample), `${sample} was not shown before: ${command}`);
    return known.get(sample);
  });
}

/** What a person sees: no movements of the cursor, no spaces at the ends. */
function printed(screen) {
  const lines = screen.replaceAll('\r\n', '\n').replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function literal(pattern) {
  return pattern.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*?');
}
