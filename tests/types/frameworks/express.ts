// keylatch/guard/express with Express's own declarations. Compiled, never run.

import express from 'express';
import { createServer } from 'node:http';
import { createGuard } from 'keylatch/guard';
import type { Caller } from 'keylatch/guard';
import { answerRefusals, protect } from 'keylatch/guard/express';

const guard = createGuard({ lookup: () => undefined });
const app = express();
app.use('/v1', protect(guard));
app.get('/v1/meshes/:id', protect(guard, { scopes: ['mesh:read'] }), (request, response) => {
  const caller: Caller | undefined = request.caller;
  // @ts-expect-error a route that is not protected has no caller
  request.caller.owner;
  response.json({ owner: caller?.owner, id: request.params.id });
});
app.use(answerRefusals);
// @ts-expect-error no such option
protect(guard, { scope: ['mesh:read'] });

createServer((request, response) => protect(guard)(request, response, (error) => response.end(String(error))));
