// What Node shows of objects that only the platform can look into, and names that are keys: of
// files, of functions, of classes.

import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { inspect } from 'node:util';

import '../sources.js';

const { redact, redactConsole } = await import('../../pkg/entries/redact.js');

const KEY = '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';
const OUT = 'ghp_[redacted]';

/** Each as a function of what it holds. */
const HOLDING = {
  'a promise': (text) => Promise.resolve(text),
  'a promise of an object': (text) => Promise.resolve({ deep: { token: text } }),
  'a promise that was rejected': (text) => {
    const promise = Promise.reject(new Error(text));
    promise.catch(() => {});
    return promise;
  },
  'the entries of a Map': (text) => new Map([['a', text]]).entries(),
  'the values of a Set': (text) => new Set([text]).values(),
  'the parameters of an address': (text) => new URLSearchParams({ a: text }).values(),
  'a boxed symbol': (text) => Object(Symbol(text)),
  'an event': (text) => new Event(text),
  'a mark of a measurement': (text) => performance.mark(text),
  'what a mark has with it': (text) => performance.mark('m', { detail: { token: text } }),
  'a WeakMap': (text) => new WeakMap([[{}, text]]),
  'a WeakSet': (text) => new WeakSet([{ token: text }]),
  'a function': (text) => ({ [text]: () => {} })[text],
  'a method': (text) => ({ [text]() {} })[text],
  'a class': (text) => ({ [text]: class {} })[text],
  'a function with members': (text) => Object.assign(() => {}, { token: text }),
  'a class with a method called name': (text) => class { static name() {} static token = text; },
  'a file': (text) => new File(['x'], text),
  'a file of a form': (text) => {
    const form = new FormData();
    form.append('upload', new File(['x'], text));
    return form;
  },
};

for (const [what, make] of Object.entries(HOLDING)) {
  test(`${what} is shown without the key, and is the same where there is none`, () => {
    let written = '';
    const stream = new Writable({ decodeStrings: false, write: (part, _, done) => ((written += part), done()) });
    const console = new Console({ stdout: stream, stderr: stream });
    const show = () => {
      const value = make(KEY);
      console.log(value);
      console.log('%o and %O', { deep: [value] }, value);
      console.dir(value, { showHidden: true, depth: 9 });
    };
    show();
    assert.ok(written.includes(KEY), written);
    written = '';
    redactConsole(console);
    show();
    assert.ok(!written.includes(KEY), written);
    // What is weak is shown as unknown.
    assert.equal(written.includes(OUT), !what.startsWith('a Weak'), written);
    const clean = make('none');
    assert.equal(redact(clean), clean);
    assert.equal(redact({ deep: [clean] }).deep[0], clean);
  });
}

test('a file keeps what it is: its bytes, its type, its time', async () => {
  const form = new FormData();
  form.append(KEY, new File(['some bytes'], `${KEY}.txt`, { type: 'text/plain', lastModified: 7 }));
  const [[name, file]] = [...redact(form)];
  assert.deepEqual([name, file instanceof File, file.name, file.type, file.lastModified, await file.text()], [OUT, true, `${OUT}.txt`, 'text/plain', 7, 'some bytes']);
  assert.equal(redact(Object.assign(new File([], 'a'), { token: KEY })).token, OUT);
  assert.ok(!inspect(redact({ [Symbol.toStringTag]: 'File', name: KEY })).includes(KEY));
});

test('a function does what it did, and what an object tells of itself is that of the object', () => {
  const { [KEY]: add } = { [KEY]: (a, b) => a + b };
  assert.deepEqual([redact(add)(1, 2), redact(add).name], [3, OUT]);
  assert.equal(redact(new Event(KEY)).type, OUT);
  const { entries } = redact({ entries: new Map([['a', KEY]]).entries() });
  assert.equal(inspect(entries), `[Map Entries] { [ 'a', '${OUT}' ] }`);
});
