// An API whose keys stand at keylatch-server, with how much may be used by each:
//
//   KEYLATCH_URL=https://keys.example.com KEYLATCH_APPLICATION=app_… KEYLATCH_MANAGEMENT_KEY=kl_mgmt_… node served-api.mjs
//
//   curl -i -H "Authorization: Bearer $KEY" http://127.0.0.1:8080/meshes

import express from 'express';
import { createGuard } from 'keylatch/guard';
import { answerRefusals, protect } from 'keylatch/guard/express';

const { KEYLATCH_URL: baseUrl, KEYLATCH_APPLICATION: application, KEYLATCH_MANAGEMENT_KEY: credential, PORT = 8080 } = process.env;

const guard = createGuard({ application, credential, baseUrl });
const app = express();

app.get('/meshes', protect(guard, { scopes: ['mesh:read'] }), (request, response) => {
  const { owner, ownerMetadata, limits } = request.caller;
  response.json({ owner, plan: ownerMetadata.plan, left: limits.map(({ name, remaining }) => `${name}: ${remaining}`) });
});

// What takes more of the computer takes more of the limits.
app.post('/meshes', protect(guard, { scopes: ['mesh:write'], cost: 5 }), (request, response) => {
  response.status(201).json({ owner: request.caller.owner });
});

app.use(answerRefusals);

const server = app.listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));

// What was used in the last second is told before the program ends.
process.once('SIGTERM', () => server.close(() => guard.close()));
