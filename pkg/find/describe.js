// What the catalogue knows, for those who show it.

import { failure } from '../core/errors.js';
import { buffer, enter } from './engine.js';
import { kinds } from './kinds.js';
import { everything } from './search.js';

/** @param {string} [id] */
export function keyKinds(id) {
  const found = kinds().filter(({ provider }) => id === undefined || provider === id);
  if (found.length === 0) throw failure('invalid_argument', 'id', 'the catalogue has no such service.');
  return found.map(({ provider, name, purpose, isTest, needsContext, certainty, shapes }) =>
    Object.freeze({ provider, name, purpose, certainty, test: isTest, needsContext, shapes: Object.freeze([...shapes]) }),
  );
}

/** @param {string} id @param {string} [name] */
export function exampleKey(id, name) {
  const { shapes } = everything();
  const at = shapes.findIndex(({ kind }) => kind.provider === id && (name === undefined || kind.name === name));
  if (at < 0) throw failure('invalid_argument', 'id', 'the catalogue has no such kind of key.');
  return enter((core) => {
    // The same each time, so that documents stay as they are.
    const length = core.wasm.example(everything().number(core), at, 2_654_435_769 + 7919 * at);
    return String.fromCharCode(...buffer(core).subarray(0, length));
  });
}
