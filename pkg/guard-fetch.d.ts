/**
 * keylatch/guard/fetch: a guard around whatever takes a `Request` and answers a
 * `Response`, as in workers, Deno and Bun.
 *
 * @module
 */

import type { AuthenticateOptions, Caller, Guard, Metadata } from './guard.js';

/** What is asked of each request. */
export interface ProtectOptions<A extends unknown[]> extends Pick<AuthenticateOptions, 'scopes' | 'cost'> {
  /** The address of the client, from a source that you trust, such as the header `cf-connecting-ip` behind Cloudflare. Default: not known. */
  address?: (request: Request, ...rest: A) => string | undefined | null;
}

/**
 * The handler gets the caller behind the request, and then whatever else it is called with.
 *
 * @example
 * ```js
 * import { createGuard, issueKey } from 'keylatch/guard';
 * import { protect } from 'keylatch/guard/fetch';
 *
 * const { key, row } = issueKey({ owner: 'cust_7' });
 * const guard = createGuard({ lookup: (hash) => (hash === row.hash ? row : undefined) });
 * const worker = { fetch: protect(guard, (request, caller, env) => Response.json([caller.owner, env.REGION])) };
 *
 * const request = new Request('https://api.example.com/', { headers: { Authorization: `Bearer ${key.expose()}` } });
 * await (await worker.fetch(request, { REGION: 'eu' })).json(); // → [ 'cust_7', 'eu' ]
 * const refused = await worker.fetch(new Request('https://api.example.com/'), { REGION: 'eu' });
 * [refused.status, refused.headers.get('www-authenticate')]; // → [ 401, 'Bearer' ]
 * ```
 */
export function protect<R extends Request, A extends unknown[], M extends object = Metadata>(
  guard: Guard<M>,
  handler: (request: R, caller: Caller<M>, ...rest: A) => Response | Promise<Response>,
  options?: ProtectOptions<A>,
): (request: R, ...rest: A) => Promise<Response>;
