// The conformance script as a program: `main.js SERVER`, which is JSON. Its last
// line of output is what was done, as JSON.

import process from 'node:process';

import { conformance } from './conformance.js';

console.log(JSON.stringify(await conformance(JSON.parse(process.argv.at(-1)))));
