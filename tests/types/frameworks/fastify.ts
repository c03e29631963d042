// keylatch/guard/fastify with Fastify's own declarations. Compiled, never run.

import fastify from 'fastify';
import { createGuard } from 'keylatch/guard';
import type { Caller } from 'keylatch/guard';
import { protect } from 'keylatch/guard/fastify';

const guard = createGuard({ lookup: () => undefined });
const app = fastify();
app.register(protect(guard, { scopes: ['mesh:read'] }));
app.get<{ Params: { id: string } }>('/v1/meshes/:id', async (request) => {
  const caller: Caller | null = request.caller;
  // @ts-expect-error a route that is not protected has no caller
  request.caller.owner;
  return { owner: caller?.owner, id: request.params.id };
});
// @ts-expect-error no such option
protect(guard, { scope: ['mesh:read'] });
