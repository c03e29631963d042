// keylatch/guard/express: also for whatever else calls `(request, response, next)`.

import { isRefusal } from './send.js';

/** @param {any} guard @param {object} [options] */
export function protect(guard, options) {
  return (/** @type {any} */ request, /** @type {any} */ response, /** @type {(error?: unknown) => void} */ next) => {
    // Express has applied its own `trust proxy`; elsewhere it is the one who is connected.
    const address = request.ip ?? request.socket?.remoteAddress;
    guard.authenticate(request, { ...options, address }).then((/** @type {any} */ caller) => {
      request.caller = caller;
      next();
    }, next);
  };
}

/** @param {any} error @param {any} request @param {any} response @param {(error?: unknown) => void} next */
export function answerRefusals(error, request, response, next) {
  if (!isRefusal(error) || response.headersSent) return next(error);
  response.writeHead(error.status, error.headers).end(JSON.stringify(error.problem));
}
