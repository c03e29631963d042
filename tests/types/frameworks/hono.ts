// keylatch/guard/hono with Hono's own declarations. Compiled, never run.

import { Hono } from 'hono';
import { createGuard } from 'keylatch/guard';
import { protect } from 'keylatch/guard/hono';

const guard = createGuard<{ plan: 'free' | 'pro' }>({ lookup: () => undefined });
const app = new Hono<{ Bindings: { KV: string } }>()
  .use('/v1/*', protect(guard, { scopes: ['mesh:read'], address: (c) => c.req.header('cf-connecting-ip') }))
  .get('/v1/meshes', (c) => {
    const plan: 'free' | 'pro' = c.var.caller.metadata.plan;
    // @ts-expect-error it is one of two
    const other: 'gold' = c.var.caller.metadata.plan;
    void other;
    return c.json({ owner: c.var.caller.owner, plan, kv: c.env.KV });
  });
void app;
new Hono().get('/open', (c) => {
  // @ts-expect-error a route that is not protected has no caller
  return c.json(c.var.caller.owner);
});
