// What the first call costs, everything included: reading the files, compiling
// them, instantiating the wasm. Each time in a process of its own; the time that
// Node itself takes to start is not in it.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Without a `_`, as `prefixed-api-key` hashes only what stands behind the last. */
const KEY = 'thisIsAKeyOfFortyFourCharactersAndNoUndersco';
const HASH = '600fd20153c84cd54461e9306b39c2342010ea6e9b15c7d038e48920a3f753f4';

/** The first call is `verifyKey`, because every peer can do that. */
const FIRST_CALLS = {
  keylatch: async () => (await import('../pkg/dist/node/index.js')).verifyKey(KEY, HASH),
  'hand-written': async () => (await import('./peers/handwritten.js')).verifyKey(KEY, HASH),
  'prefixed-api-key': async () => (await import('prefixed-api-key')).default.checkAPIKey(KEY, HASH),
};

const file = fileURLToPath(import.meta.url);

/** @param {keyof typeof FIRST_CALLS} name @returns {import('./measure.js').Peer} */
export function coldStart(name) {
  return {
    name,
    time: async () => Number((await promisify(execFile)(process.execPath, [file, name])).stdout),
  };
}

if (process.argv[1] === file) {
  const start = process.hrtime.bigint();
  const right = await FIRST_CALLS[process.argv[2]]();
  const end = process.hrtime.bigint();
  if (right !== true) throw new Error(`${process.argv[2]} answered wrongly.`);
  console.log(String(end - start));
}
