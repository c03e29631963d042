// The client's WebAssembly is loaded by the first call that talks to a service; a
// load that fails is a KeylatchError, and the next call loads again.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { client, provideClient, trapped } = await import('../../pkg/client/load.js');
const module = await import('../../pkg/client/module.js');
const { KeylatchError } = await import('../../pkg/core/errors.js');

/** Fails the first time with this, and then loads. */
function failing(first) {
  let count = 0;
  provideClient(async () => {
    count += 1;
    return count === 1 ? first() : module;
  });
  return () => count;
}

const refuse = (error) => () => { throw error; };
const open = (error) => () => ({ ...module, open: async () => { throw error; } });

for (const [what, first, why] of [
  ['its file cannot be fetched', refuse(new TypeError('Failed to fetch dynamically imported module')), /could not be loaded/],
  ['its file is no script', refuse(new SyntaxError('Unexpected token <')), /could not be loaded/],
  ['something is thrown that is no error', refuse('offline'), /could not be loaded/],
  ['its bytes are damaged', open(new WebAssembly.CompileError('expected magic word')), /the platform refused it/],
  ['a policy forbids it', open(new WebAssembly.CompileError('violates the following Content Security policy directive')), /wasm-unsafe-eval/],
  ['its imports do not fit', open(new WebAssembly.LinkError('import is not a Function')), /the platform refused it/],
]) {
  test(`when ${what}, the calls that waited fail alike, and the next one loads again`, async () => {
    const count = failing(first);
    const waited = await Promise.all([1, 2, 3].map(() => client().then(() => assert.fail('it was loaded'), (error) => error)));
    for (const error of waited) {
      assert.ok(error instanceof KeylatchError, String(error));
      assert.equal(error.code, 'not_started');
      assert.match(error.message, why);
    }
    assert.equal(count(), 1, 'the calls share one load');
    const wasm = await client();
    assert.equal(typeof wasm.Client, 'function');
    assert.equal(count(), 2);
    // After a trap it is not used again, so the next case loads anew.
    trapped(wasm, new RangeError());
  });
}

test('an error of the package comes through as it is', async () => {
  const ours = new KeylatchError({ code: 'not_started', details: ['it needs keylatch/client.wasm.'] });
  failing(refuse(ours));
  assert.equal(await client().catch((error) => error), ours);
});
