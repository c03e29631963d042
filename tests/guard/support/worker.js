// A worker whose callers have keys at keylatch-server: bundled and started by
// tests/guard/worker.test.js.

import { createGuard } from 'keylatch/guard';
import { protect } from 'keylatch/guard/fetch';

let guard;

export default {
  fetch(request, env, context) {
    guard ??= createGuard({ application: env.APPLICATION, credential: env.CREDENTIAL, baseUrl: env.SERVER });
    const answer = protect(guard, (_, { owner, limits }) => Response.json({ owner, left: limits.map(({ remaining }) => remaining) }), { scopes: ['mesh:read'] });
    return answer(request, env, context);
  },
};
