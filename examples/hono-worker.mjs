// A worker whose customers have keys, which stand in a KV namespace bound as KEYS:
// the hash of each key, and its row as JSON.
//
// A KV namespace itself answers from a cache of up to a minute, which comes on top
// of the guard's five seconds when a key is revoked.

import { Hono } from 'hono';
import { createGuard } from 'keylatch/guard';
import { protect } from 'keylatch/guard/hono';

// A worker is given its bindings with each request; the guard, and what it knows, is for all of them.
let guard;
const guardOf = (env) => (guard ??= createGuard({ format: 'test', lookup: (hash) => env.KEYS.get(hash, 'json') }));

/** Whose address Cloudflare says it is; elsewhere anybody could say so. */
const address = (c) => c.req.header('cf-connecting-ip');

const needs = (...scopes) => (c, next) => protect(guardOf(c.env), { scopes, address })(c, next);

const app = new Hono();
app.get('/meshes', needs('mesh:read'), (c) => c.json({ owner: c.get('caller').owner, meshes: ['wing', 'hull'] }));
app.post('/meshes', needs('mesh:write'), (c) => c.json({ owner: c.get('caller').owner }, 201));

export default app;
