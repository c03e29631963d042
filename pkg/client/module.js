// The client's WebAssembly with its glue. In Node the credential chain is in it too.

import { load } from '#client';
import { start } from '#glue';
import { clientErrors } from '#data';

import { learn } from '../core/errors.js';
import { isModule } from '../core/offline.js';

/** Compiled once, instantiated again after each trap. @type {WebAssembly.Module | undefined} */
let compiled;
/** @type {any} */
let instance;

/** The instance, compiled off the main thread. */
export async function open() {
  const source = compiled ?? (await load());
  compiled ??= isModule(source) ? source : await WebAssembly.compile(source);
  return started();
}

/** The instance, at once: Node compiles modules of any size so. */
export function openNow() {
  compiled ??= new WebAssembly.Module(/** @type {any} */ (load()));
  return started();
}

function started() {
  learn(clientErrors);
  return (instance ??= start(/** @type {WebAssembly.Module} */ (compiled)));
}

/** An instance that has trapped is not entered again. @param {unknown} trapped */
export function forget(trapped) {
  if (instance === trapped) instance = undefined;
}
