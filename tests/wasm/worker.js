// Runs cases in a module worker, when a message asks for one.

import { list, makeKit, run } from './support/browser-kit.js';

let kit;

addEventListener('message', async ({ data: { id, given, spec, name } }) => {
  kit ??= makeKit('worker', given);
  const answer = spec ? await run(await kit, spec, name) : await list(await kit);
  postMessage({ id, answer });
});
