// That the key which the command works with ends soon, as keylatch-server says it with its
// answers for the last thirty days.

import { relative, warn } from './print.js';
import { isTime, local } from './when.js';

/** @type {Date | undefined} */
let ends;

/** The platform's `fetch`, which notes what an answer says of the key. @param {any} request */
export async function watched(request) {
  const response = await fetch(request);
  const said = new Date(response.headers.get('keylatch-key-expires') ?? NaN);
  if (isTime(said)) ends = said;
  return response;
}

/** Tells it, once the work is done. */
export function warnOfEnd() {
  if (ends) warn([{ message: `The key that keylatch works with here ends ${relative(ends, '')} (${local(ends)}). Make another one before, with keylatch create.` }]);
}
