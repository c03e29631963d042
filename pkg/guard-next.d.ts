/**
 * keylatch/guard/next: a guard around route handlers of Next.js. (A `proxy.ts` is
 * no place for it: Next documents that as no layer of authorization.)
 *
 * @example
 * ```ts
 * // app/api/meshes/[id]/route.ts
 * export const GET = protect(guard, async (request, caller, { params }) => {
 *   const { id } = await params;
 *   return Response.json({ id, owner: caller.owner });
 * }, { scopes: ['mesh:read'] });
 * ```
 *
 * @module
 */

export { protect, type ProtectOptions } from './guard-fetch.js';
