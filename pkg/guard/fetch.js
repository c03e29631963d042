// keylatch/guard/fetch: around whatever takes a Request and answers a Response.

import { forRequest, isRefusal } from './send.js';

/** @param {any} guard @param {(request: any, caller: any, ...rest: any[]) => any} handler @param {any} [options] */
export function protect(guard, handler, options) {
  return async (/** @type {any} */ request, /** @type {any[]} */ ...rest) => {
    let caller;
    try {
      // On a worker it is the third; elsewhere nobody asks for it.
      const waitUntil = (/** @type {Promise<void>} */ work) => rest[1].waitUntil(work);
      caller = await guard.authenticate(request, { ...forRequest(options, request, ...rest), waitUntil });
    } catch (error) {
      if (isRefusal(error)) return /** @type {any} */ (error).response;
      throw error;
    }
    return handler(request, caller, ...rest);
  };
}
