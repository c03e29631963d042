// keylatch/guard/fastify: a plugin that protects the routes of where it is registered.

import { isRefusal } from './send.js';

/** @param {any} guard @param {object} [options] */
export function protect(guard, options) {
  /** @param {any} app */
  async function keylatchGuard(app) {
    if (!app.hasRequestDecorator('caller')) app.decorateRequest('caller', null);
    app.addHook('onRequest', async (/** @type {any} */ request, /** @type {any} */ reply) => {
      try {
        // Fastify has applied its own `trustProxy`.
        request.caller = await guard.authenticate(request.raw, { ...options, address: request.ip });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const { status, headers, problem } = /** @type {any} */ (error);
        return reply.code(status).headers(headers).send(JSON.stringify(problem));
      }
    });
  }
  // Without it the hook would be of the plugin alone, and no route is in there.
  return Object.assign(keylatchGuard, { [Symbol.for('skip-override')]: true });
}
