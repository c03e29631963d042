/**
 * keylatch/guard/hono: a guard before the routes of Hono 4.
 *
 * @module
 */

import type { Context, MiddlewareHandler } from 'hono';
import type { AuthenticateOptions, Caller, Guard, Metadata } from './guard.js';

/** What is asked of each request. */
export interface ProtectOptions extends Pick<AuthenticateOptions, 'scopes' | 'cost'> {
  /**
   * The address of the client, from a source that you trust, such as the header `cf-connecting-ip` behind Cloudflare. Default: who
   * is connected, on Node's server.
   */
  address?: (c: Context) => string | undefined;
}

/**
 * Middleware that sets the variable `caller`. Its type follows chained calls of `use`.
 *
 * @example
 * ```ts
 * const app = new Hono()
 *   .use('/v1/*', protect(guard, { scopes: ['mesh:read'] }))
 *   .get('/v1/meshes', (c) => c.json({ owner: c.var.caller.owner }));
 * ```
 */
export function protect<M extends object = Metadata>(
  guard: Guard<M>,
  options?: ProtectOptions,
): MiddlewareHandler<{ Variables: { caller: Caller<M> } }>;
