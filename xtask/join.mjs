// Joins what an entry loads at once into one file. esbuild makes a file for each set of
// entries that share code, and Node takes longer to read and link five small files than
// one: a fifth of the time to the first check.

import { basename } from 'node:path';

import { build } from './npm/node_modules/esbuild/lib/main.js';

/**
 * The files of a bundle, with those that `entry` imports in `name`.
 * @param {import('esbuild').BuildResult<{ write: false, metafile: true }>} bundle @param {string} entry @param {string} name
 * @returns {Promise<{ name: string, text: string }[]>}
 */
export async function joined({ outputFiles, metafile }, entry, name) {
  const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const facts = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const imported = (file) => facts.get(file).imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path));

  const together = new Set();
  const visit = (file) => {
    if (!files.has(file) || together.has(file)) return;
    together.add(file);
    imported(file).forEach(visit);
  };
  imported(entry).forEach(visit);

  /** Two files may export by one short name, so each is followed by its file's number. */
  const names = new Map([...together].map((file, number) => [file, facts.get(file).exports.map((own) => `${own} as ${own}${number}`)]));
  const whole = [...names].map(([file, own]) => `export { ${own} } from "./${file}";`).join('\n');
  const others = [...files.keys()].filter((file) => !together.has(file));
  return Promise.all([
    bundled(whole, (file) => files.get(file)).then((text) => ({ name, text })),
    ...others.map(async (file) => {
      const elsewhere = (part) => (names.has(part) ? `export { ${names.get(part).map((one) => one.split(' as ').reverse().join(' as '))} } from "./${name}";` : undefined);
      return { name: file, text: await bundled(files.get(file), elsewhere) };
    }),
  ]);
}

/** A file, with those that `inner` has a text of in it; what else it imports stays outside. */
async function bundled(text, inner) {
  const { outputFiles } = await build({
    stdin: { contents: text },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    charset: 'utf8',
    write: false,
    logLevel: 'warning',
    plugins: [{
      name: 'inner',
      setup(build) {
        build.onResolve({ filter: /./ }, ({ path, kind }) => {
          const file = basename(path);
          return kind === 'import-statement' && path.startsWith('.') && inner(file) !== undefined ? { path: file, namespace: 'inner' } : { path, external: true };
        });
        build.onLoad({ filter: /./, namespace: 'inner' }, ({ path }) => ({ contents: inner(path), loader: 'js' }));
      },
    }],
  });
  return outputFiles[0].text;
}
