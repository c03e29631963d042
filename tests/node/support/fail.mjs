// Preloaded by `--import`: a step of the file system fails as FAIL says, such as
// `rename EBUSY` or `write ENOSPC`.

import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [step, code] = process.env.FAIL.split(' ');
const failing = async () => {
  throw Object.assign(new Error(code), { code });
};

const { open } = fs;
if (step === 'write') {
  fs.open = async (path, ...more) => {
    const file = await open(path, ...more);
    if (String(path).endsWith('.tmp')) file.writeFile = failing;
    return file;
  };
} else {
  fs[step] = failing;
}
syncBuiltinESMExports();
