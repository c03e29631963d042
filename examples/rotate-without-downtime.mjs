// Replaces the key in a file by a new one. Programs that read the file go on
// working throughout: the old key lives for another hour, and it would live on
// if the new one could not be stored. The key needs the scopes keys:read and
// keys:write, as it rotates itself.
//
//   KEYLATCH_URL=http://127.0.0.1:8787 node rotate-without-downtime.mjs key.txt

import { open, readFile, rename } from 'node:fs/promises';
import { KeyClient } from 'keylatch';

const file = process.argv[2];
const baseUrl = process.env.KEYLATCH_URL;
const credential = (await readFile(file, 'utf8')).trim();
const client = new KeyClient({ provider: 'keylatch', baseUrl, credential });

const { key: old } = await client.validate(credential);
const { key } = await client.rotate(old.id, {
  overlap: 'PT1H',
  // Whole or not at all: written beside the old file, then put in its place.
  store: async (secret) => {
    const beside = await open(`${file}.new`, 'wx', 0o600);
    try {
      await beside.writeFile(secret.expose());
      await beside.sync();
    } finally {
      await beside.close();
    }
    await rename(`${file}.new`, file);
  },
});

console.log(`${old.masked} was rotated into ${key.masked}; the old key ends ${(await client.get(old.id)).expiresAt.toISOString()}`);
