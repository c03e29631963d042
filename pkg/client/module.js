// The client's WebAssembly with its glue. In Node the credential chain is in it too.

import { load } from '#client';
import { clientErrors } from '#data-client';
import { start } from '#glue';

import { learn } from '../core/errors.js';

/** Compiled once, instantiated again after each trap. @type {WebAssembly.Module | undefined} */
let compiled;
/** @type {any} */
let instance;

/** The instance, compiled off the main thread. */
export async function open() {
  const module = compiled ?? (await load());
  compiled ??= module;
  return started();
}

/** The instance, at once. @param {() => WebAssembly.Module} compile */
export function openNow(compile) {
  compiled ??= compile();
  return started();
}

function started() {
  if (!instance) {
    learn(clientErrors);
    instance = start(/** @type {WebAssembly.Module} */ (compiled));
  }
  return instance;
}

/** An instance that has trapped is not entered again. @param {unknown} trapped */
export function forget(trapped) {
  if (instance === trapped) instance = undefined;
}
