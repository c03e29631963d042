// The client's WebAssembly with its glue.

import { load } from '#client';
import { start } from '#glue';

/** Compiled once, instantiated again after each trap. @type {WebAssembly.Module | undefined} */
let compiled;

export async function open() {
  const source = compiled ?? (await load());
  compiled = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
  return start(compiled);
}
