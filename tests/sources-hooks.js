// See sources.js: runs in Node's thread for loading modules.

import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const made = (name) => join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'xtask/staging', name);
const source = (name) => join(root, 'pkg/platform/node', name);

const PARTS = {
  '#data': made('data.js'),
  '#data-client': made('data-client.js'),
  '#data-node': made('data-node.js'),
  '#bytes': made('offline.base64.js'),
  '#client-bytes': made('node.base64.js'),
  '#glue': made('glue-node.js'),
  '#offline': source('offline.js'),
  '#parts': source('parts.js'),
  '#client': source('client.js'),
  '#catalogue': made('catalogue.js'),
  '#find': source('find.js'),
  '#find-bytes': made('find.base64.js'),
  '#find-simd-bytes': made('find-simd.base64.js'),
};

export function resolve(specifier, context, next) {
  return PARTS[specifier] ? next(pathToFileURL(PARTS[specifier]).href, context) : next(specifier, context);
}
