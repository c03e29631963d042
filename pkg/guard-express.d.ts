/**
 * keylatch/guard/express: a guard before the routes of Express, or of whatever
 * else calls `(request, response, next)`, as Node's own server can.
 *
 * @module
 */

import type { AuthenticateOptions, Caller, Guard } from './guard.js';

declare global {
  namespace Express {
    interface Request {
      /** Who calls, behind `protect`. */
      caller?: Caller<any>;
    }
  }
}

/** What Express and Node's server give: a request. */
export interface IncomingRequest {
  /** By lower-case names. */
  readonly headers: object;
  /** Express's, by its own `trust proxy`; without one it is the address of who is connected. */
  readonly ip?: string | undefined;
}

/** What Express and Node's server give: a response. */
export interface OutgoingResponse {
  /** Whether the answer has begun. */
  readonly headersSent: boolean;
  /** Begins the answer. */
  writeHead(status: number, headers: Record<string, string>): { end(body: string): unknown };
}

/**
 * Middleware that sets `request.caller`. Whoever is refused goes to `next`, as an error with
 * `status` and `headers`: put {@link answerRefusals} behind the routes, or answer in your own error handler.
 *
 * @example
 * ```ts
 * app.use('/v1', protect(guard));
 * app.post('/v1/meshes', protect(guard, { scopes: ['mesh:write'] }), (request, response) => {
 *   response.json({ owner: request.caller?.owner });
 * });
 * app.use(answerRefusals);
 * ```
 */
export function protect(
  guard: Guard<any>,
  options?: Pick<AuthenticateOptions, 'scopes' | 'cost'>,
): (request: IncomingRequest, response: OutgoingResponse, next: (error?: any) => void) => void;

/**
 * Error handler that sends the answer of a refusal, as problem details, and leaves other errors to the next one.
 *
 * @example
 * ```ts
 * app.use((error, request, response, next) => {
 *   log(error);
 *   answerRefusals(error, request, response, next);
 * });
 * ```
 */
export function answerRefusals(error: unknown, request: IncomingRequest, response: OutgoingResponse, next: (error?: any) => void): void;
