// Runs a worker on Node: node worker.mjs WORKER ROWS. ROWS is a file with the rows
// of its KV namespace, which is read each time.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { serve } from '@hono/node-server';

const [worker, rows] = process.argv.slice(2);
const { default: app } = await import(pathToFileURL(resolve(worker)).href);
const KEYS = { get: async (hash) => JSON.parse(await readFile(rows, 'utf8')).find((row) => row.hash === hash) ?? null };
serve({ fetch: (request) => app.fetch(request, { KEYS }), hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`http://127.0.0.1:${port}`));
