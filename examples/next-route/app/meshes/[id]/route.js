// GET /meshes/wing: answers requests whose key has the scope mesh:read.

import { protect } from 'keylatch/guard/next';
import { guard } from '../../../guard.js';

export const GET = protect(guard, async (request, caller, { params }) => {
  const { id } = await params;
  return Response.json({ id, owner: caller.owner });
}, { scopes: ['mesh:read'] });
