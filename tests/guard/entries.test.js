// What the guard's entries bring along, and what they do not.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const pkg = fileURLToPath(new URL('../../pkg/', import.meta.url));
const dist = (...path) => join(pkg, 'dist', ...path);

/** A script and all that comes with it, whether it is imported at once or later. */
function closure(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, path] of text.matchAll(/(?:from|import)\s*\(?["']([^"']+)["']/g)) {
    if (!path.startsWith('.')) found.add(path);
    else if (path.endsWith('.js')) closure(join(dirname(file), path), found);
    else found.add(join(dirname(file), path));
  }
  return found;
}

test('the guard brings the offline module, and nothing of the client', () => {
  for (const [entry, wasm] of [['guard.js'], ['node/guard.js'], ['edge/guard.js', dist('keylatch.wasm?module')]]) {
    const files = [...closure(dist(entry))];
    assert.deepEqual(files.filter((file) => !file.endsWith('.js')), wasm ? [wasm] : [], entry);
    const text = files.filter((file) => file.endsWith('.js')).map((file) => readFileSync(file, 'utf8')).join('\n');
    // In Node a hash is Node's.
    const own = entry.startsWith('node/') ? ['node:crypto'] : [];
    assert.deepEqual(text.match(/KeyClient|\bnode:\w+/g) ?? [], own, entry);
    // The client's wasm alone would be more.
    assert.ok(text.length < 160_000, `${entry}: ${text.length}`);
  }
});

test('an entry of a framework imports nothing but its own parts, and no framework', () => {
  const entries = readdirSync(dist('guard')).filter((name) => !name.startsWith('chunk-'));
  assert.deepEqual(entries.sort(), ['express.js', 'fastify.js', 'fetch.js', 'hono.js', 'next.js']);
  for (const entry of entries) {
    const files = [...closure(dist('guard', entry))];
    assert.ok(files.every((file) => dirname(file) === dist('guard')), files.join());
    const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0);
    assert.ok(bytes < 1500, `${entry}: ${bytes} bytes`);
  }
});

test('each entry has its declarations, and what they declare is there', async () => {
  const { exports } = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).filter(([name]) => name.startsWith('./guard'));
  assert.deepEqual(entries.map(([name]) => name), ['./guard', './guard/express', './guard/fastify', './guard/fetch', './guard/hono', './guard/next']);
  for (const [name, { types, node, default: file }] of entries) {
    assert.ok(existsSync(join(pkg, types)), types);
    const declared = [...readFileSync(join(pkg, types), 'utf8').matchAll(/^export (?:function (\w+)|\{ (\w+))/gm)].map(([, one, other]) => one ?? other);
    assert.deepEqual(Object.keys(await import(join(pkg, node ?? file))).sort(), [...new Set(declared)].sort(), name);
  }
});

test('the guard speaks of the same Secret and the same errors as keylatch', async () => {
  const [guard, keylatch] = await Promise.all([import(dist('node/guard.js')), import(dist('node/index.js'))]);
  const { key } = guard.issueKey({ owner: 'cust_7' });
  assert.ok(key instanceof keylatch.Secret);
  assert.throws(() => guard.createGuard({}), keylatch.KeylatchError);
});

test('to import and to make a guard needs no timer, no clock and no random bytes, which workers lack at that time', () => {
  const script = `
    for (const [place, name] of [[globalThis, 'setTimeout'], [globalThis, 'setInterval'], [performance, 'now'], [Date, 'now'], [crypto, 'getRandomValues'], [globalThis, 'fetch']]) {
      Object.defineProperty(place, name, { value: () => { throw new Error(name + ' was called'); } });
    }
    const { createGuard } = await import(${JSON.stringify(dist('node/guard.js'))});
    createGuard({ application: 'app_0123456789abcdefghij', credential: 'kl_mgmt_x', baseUrl: 'https://keys.example.com' });
    createGuard({ format: ['live', { parts: ['ak_', { alphabet: 'hex', length: 32 }], certainty: 'documented' }], lookup: () => undefined });
    console.log('made');`;
  assert.equal(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }), 'made\n');
});
