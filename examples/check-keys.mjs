// Checks keys, one a line, from standard input. Exits with 1 when one is wrong.
//
//   node check-keys.mjs [service] < keys.txt

import { createInterface } from 'node:readline';
import { checkKey, maskKey } from 'keylatch';

const service = process.argv[2] ?? 'keylatch';
let number = 0;
for await (const line of createInterface({ input: process.stdin })) {
  number += 1;
  const check = checkKey(service, line);
  if (check.ok) {
    console.log(`${number}: ok ${maskKey(line)} (format ${check.certainty})`);
    continue;
  }
  process.exitCode = 1;
  for (const { message, index } of check.problems) console.log(`${number}:${index + 1}: ${message}`);
  if (check.looksLike.length) console.log(`${number}: it looks like a key for ${check.looksLike.join(' or ')}`);
}
