// Issues a key of the example: node issue.mjs cust_7 mesh:read

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { issueKey } from 'keylatch/guard';

const [owner, ...scopes] = process.argv.slice(2);
const { key, row } = issueKey({ format: 'test', owner, scopes });
const rows = existsSync('keys.json') ? JSON.parse(readFileSync('keys.json', 'utf8')) : [];
writeFileSync('keys.json', JSON.stringify([...rows, row], undefined, 2));
console.log(key.expose());
