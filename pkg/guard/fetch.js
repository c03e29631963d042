// keylatch/guard/fetch: around whatever takes a Request and answers a Response.

import { forRequest, isRefusal } from './send.js';

/** @param {any} guard @param {(request: any, caller: any, ...rest: any[]) => any} handler @param {any} [options] */
export function protect(guard, handler, options) {
  return async (/** @type {any} */ request, /** @type {any[]} */ ...rest) => {
    let caller;
    try {
      caller = await guard.authenticate(request, forRequest(options, request, ...rest));
    } catch (error) {
      if (isRefusal(error)) return /** @type {any} */ (error).response;
      throw error;
    }
    return handler(request, caller, ...rest);
  };
}
