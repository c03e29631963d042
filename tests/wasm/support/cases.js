// Every spec, and how one of its cases is run.

import { fail } from './assert.js';

export const SPECS = [
  // While there is little to look through.
  'memory',
  'surface', 'vectors', 'keys', 'providers', 'secrets', 'lifecycle', 'cloud', 'calls', 'abort', 'fetch', 'source', 'leaks',
  'hostile-values', 'hostile-fetch', 'hostile-answers', 'traps',
];

/** In milliseconds, as tests/limits.js has it, which a browser is not served. A case that takes longer hangs. */
const CASE = 2 * 60_000;

/**
 * The cases of a spec. A spec is a function of the kit: `{ keylatch, server,
 * vectors, realm, platform, memory, declarations }`, see the runners.
 */
export async function casesOf(spec, kit) {
  const { default: define } = await import(`../specs/${spec}.spec.js`);
  return define(kit);
}

/** Runs a case by its name, within its time, and sees that nobody is left behind. */
export async function runCase(spec, name, kit) {
  const found = (await casesOf(spec, kit)).filter((one) => one.name === name);
  if (found.length !== 1) fail(`${found.length} cases are called “${name}” in ${spec}`);
  const [{ run }] = found;
  const unhandled = [];
  const stop = kit.onUnhandled((reason) => unhandled.push(reason));
  let timer;
  // Begun before the case, which may put timers of its own in place.
  const hanging = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it hangs: no end within ${CASE} ms`)), CASE);
  });
  try {
    await Promise.race([run(), hanging]);
    // Rejections are reported after the microtasks.
    await new Promise((resolve) => setTimeout(resolve, 0));
  } finally {
    clearTimeout(timer);
    stop();
  }
  if (unhandled.length) fail(`${unhandled.length} rejections that nobody handled, first ${unhandled[0]}`);
}
