// The guard of this application. Its table is a file, which a database would be elsewhere.

import { readFile } from 'node:fs/promises';
import { createGuard } from 'keylatch/guard';

export const guard = createGuard({
  format: 'test',
  lookup: async (hash) => JSON.parse(await readFile('keys.json', 'utf8')).find((row) => row.hash === hash),
});
