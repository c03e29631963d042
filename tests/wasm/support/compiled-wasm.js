// Bundling for workers as Wrangler does it: a module of wasm that is imported stays a file
// beside the bundle, which the runtime compiles.

import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * A plugin of esbuild, and the names of the modules that it has copied.
 * @param {string} directory where the bundle is written
 */
export function compiledWasm(directory) {
  /** @type {Set<string>} */
  const modules = new Set();
  const plugin = {
    name: 'compiled wasm',
    setup(build) {
      build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => {
        const file = join(resolveDir, path.replace('?module', ''));
        cpSync(file, join(directory, basename(file)));
        modules.add(basename(file));
        return { path: `./${basename(file)}`, external: true };
      });
    },
  };
  return { plugin, modules };
}
