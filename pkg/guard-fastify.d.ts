/**
 * keylatch/guard/fastify: a guard before the routes of Fastify 5.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify';
import type { AuthenticateOptions, Caller, Guard } from './guard.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, behind `protect`; `null` elsewhere. */
    caller: Caller<any> | null;
  }
}

/**
 * A plugin for `register`, which sets `request.caller` for every route of the instance where it
 * is registered. The address is Fastify's own `request.ip`, by its `trustProxy`.
 *
 * @example
 * ```ts
 * app.register(async (api) => {
 *   api.register(protect(guard, { scopes: ['mesh:read'] }));
 *   api.get('/meshes', async (request) => ({ owner: request.caller?.owner }));
 * }, { prefix: '/v1' });
 * ```
 */
export function protect(guard: Guard<any>, options?: Pick<AuthenticateOptions, 'scopes' | 'cost'>): (app: FastifyInstance) => Promise<void>;
