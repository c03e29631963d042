// keylatch/guard/hono: middleware that sets the variable `caller`.

import { forRequest, isRefusal } from './send.js';

/** @param {any} guard @param {any} [options] */
export function protect(guard, options) {
  return async (/** @type {any} */ c, /** @type {() => Promise<void>} */ next) => {
    try {
      // The address of the one who is connected is known where Hono runs on Node's server.
      const address = c.env?.incoming?.socket?.remoteAddress;
      const waitUntil = (/** @type {Promise<void>} */ work) => c.executionCtx.waitUntil(work);
      c.set('caller', await guard.authenticate(c.req.raw, { address, waitUntil, ...forRequest(options, c) }));
    } catch (error) {
      if (isRefusal(error)) return /** @type {any} */ (error).response;
      throw error;
    }
    await next();
  };
}
