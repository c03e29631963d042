// An API whose customers have keys. It shows its first key when it starts:
//
//   PORT=8080 node express-api.mjs
//
//   curl -H "Authorization: Bearer $KEY" http://127.0.0.1:8080/meshes
//   curl -H "Authorization: Bearer $KEY" http://127.0.0.1:8080/keys --json '{"owner": "cust_7", "scopes": ["mesh:read"]}'
//   curl -H "Authorization: Bearer $KEY" http://127.0.0.1:8080/keys/key_… -X DELETE

import express from 'express';
import { createGuard, issueKey } from 'keylatch/guard';
import { answerRefusals, protect } from 'keylatch/guard/express';

// A table of your own, in the declarations of keylatch/guard with SQLite and PostgreSQL.
const table = new Map();

const guard = createGuard({ format: 'test', lookup: (hash) => table.get(hash) });
const app = express();

app.get('/meshes', protect(guard, { scopes: ['mesh:read'] }), (request, response) => {
  response.json({ owner: request.caller.owner, meshes: ['wing', 'hull'] });
});

app.post('/keys', protect(guard, { scopes: ['keys:write'] }), express.json(), (request, response) => {
  const { owner, scopes, expiresIn } = request.body;
  const { key, row } = issueKey({ format: 'test', owner, scopes, expiresIn });
  table.set(row.hash, row);
  // This answer is the only place where the key is ever seen.
  response.status(201).set('Cache-Control', 'no-store').json({ id: row.id, key: key.expose(), expiresAt: row.expiresAt });
});

app.delete('/keys/:id', protect(guard, { scopes: ['keys:write'] }), (request, response) => {
  const row = [...table.values()].find(({ id }) => id === request.params.id);
  if (!row) return response.sendStatus(404);
  row.revokedAt ??= new Date();
  guard.forget(row.id);
  response.sendStatus(204);
});

app.use(answerRefusals);
app.use((error, request, response, next) => {
  // A wrong argument of issueKey came with the request: 422.
  if (error.code !== 'invalid_argument') return next(error);
  response.status(422).json({ detail: error.message });
});

const { key, row } = issueKey({ format: 'test', owner: 'admin', scopes: ['keys:write', 'mesh:read'] });
table.set(row.hash, row);
const server = app.listen(process.env.PORT ?? 8080, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
  console.log(key.expose());
});
