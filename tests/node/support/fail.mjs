// Preloaded by `--import`: a step of the file system fails as FAIL says, such as
// `rename EBUSY`, or `write ENOSPC` of what a temporary file gets (`lock`: a lock).

import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [step, code] = process.env.FAIL.split(' ');
const failing = async () => {
  throw Object.assign(new Error(code), { code });
};

const { open } = fs;
const end = { write: '.tmp', lock: '.lock' }[step];
if (end) {
  fs.open = async (path, ...more) => {
    const file = await open(path, ...more);
    if (String(path).endsWith(end)) file.writeFile = failing;
    return file;
  };
} else {
  fs[step] = failing;
}
syncBuiltinESMExports();
