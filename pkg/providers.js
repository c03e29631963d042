// Providers are plain frozen data on this side, and a handle on the other.

import { core } from './core.js';
import { attempt, failure } from './errors.js';

/**
 * @typedef {import('./wasm/keylatch.js').Provider} Handle
 * @typedef {import('./index.js').Provider} Provider
 */

/** @type {Map<string, Provider>} */
const builtins = new Map();
/** @type {WeakMap<object, Handle>} */
const handles = new WeakMap();
/** @type {WeakMap<Handle, Provider>} */
const descriptions = new WeakMap();

/** @param {string} id @returns {Provider} */
export function provider(id) {
  let found = builtins.get(id);
  if (!found) builtins.set(id, (found = describe(attempt(() => core().Provider.builtin(id)))));
  return found;
}

export function providers() {
  return core().Provider.ids().map(provider);
}

/** @param {unknown} spec */
export function defineProvider(spec) {
  return describe(attempt(() => core().Provider.declare(spec)));
}

/**
 * The handle of a provider that is given by id, as what `provider` and
 * `defineProvider` answer, or as a declaration.
 * @param {any} given
 * @returns {Handle}
 */
export function handleOf(given) {
  if (typeof given !== 'object' || given === null) {
    if (typeof given !== 'string') {
      throw failure('invalid_argument', 'provider', 'expected the id of a service, such as "keylatch", or a declaration.');
    }
    given = provider(given);
  }
  let handle = handles.get(given);
  if (!handle) handles.set(given, (handle = attempt(() => core().Provider.declare(given))));
  return handle;
}

/** @param {Handle} handle @returns {Provider} */
export function describe(handle) {
  const known = descriptions.get(handle);
  if (known) return known;
  /** @type {Provider} */
  const data = freeze(attempt(() => handle.describe()));
  descriptions.set(handle, data);
  handles.set(data, handle);
  return data;
}

/** @param {any} value */
function freeze(value) {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
