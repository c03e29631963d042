// Preloaded by `--import`: the process is killed at the step of a write that
// DIE_AT counts to, before it or right after it.

import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [fatal, when] = process.env.DIE_AT.split(' ');
let step = 0;

/** @param {any} target @param {string} name */
function watch(target, name) {
  const real = target[name];
  target[name] = async function (...args) {
    step += 1;
    const mine = step;
    if (mine === Number(fatal) && when === 'before') process.kill(process.pid, 'SIGKILL');
    const result = await real.apply(this, args);
    if (mine === Number(fatal) && when === 'after') process.kill(process.pid, 'SIGKILL');
    if (name === 'open') for (const method of ['writeFile', 'sync', 'close']) watch(result, method);
    return result;
  };
}

for (const name of ['mkdir', 'open', 'rename', 'unlink']) watch(fs, name);
syncBuiltinESMExports();
