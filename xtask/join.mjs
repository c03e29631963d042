// Joins what an entry loads at once into one file. esbuild makes a file for each set of
// entries that share code, and Node takes longer to read and link many small files than
// one: a sixth of the time to the first check.

import { basename } from 'node:path';

import { build } from './npm/node_modules/esbuild/lib/main.js';

/**
 * The files of a bundle, with those that an entry shares with others in one: by its name,
 * and the entry. What two such entries import is in the file of the first.
 * @param {import('esbuild').BuildResult<{ write: false, metafile: true }>} bundle @param {Record<string, string>} together
 * @returns {Promise<{ name: string, text: string }[]>}
 */
export async function joined({ outputFiles, metafile }, together) {
  const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const facts = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const imported = (file, isLater) => facts.get(file).imports
    .filter(({ kind, path }) => (isLater || kind === 'import-statement') && files.has(basename(path))).map(({ path }) => basename(path));
  /** What an entry imports, and what that imports; at once, or later too. */
  const reached = (entry, isLater) => {
    const found = new Set();
    const visit = (file) => imported(file, isLater).filter((next) => !found.has(next)).forEach((next) => visit((found.add(next), next)));
    visit(entry);
    return [...found];
  };

  // What an entry loads later is joined where another loads it at once.
  const atOnce = new Set(Object.values(together).flatMap((entry) => reached(entry, false)));
  /** Which file a file is joined into. */
  const home = new Map();
  for (const [name, entry] of Object.entries(together)) {
    for (const file of reached(entry, true)) if (atOnce.has(file) && !home.has(file)) home.set(file, name);
  }

  // Two files may export by one short name, so each is followed by its file's number.
  const numbers = new Map([...home.keys()].map((file, number) => [file, number]));
  const exported = (file, write) => facts.get(file).exports.map((own) => write(own, own + numbers.get(file))).join();
  const elsewhere = (file) => home.has(file) ? `export { ${exported(file, (own, joined) => `${joined} as ${own}`)} } from "./${home.get(file)}";` : undefined;
  const whole = (name) => [...home.keys()].filter((file) => home.get(file) === name)
    .map((file) => `export { ${exported(file, (own, joined) => `${own} as ${joined}`)} } from "./${file}";`).join('\n');
  const written = async (name, text) => ({ name, text: await bundled(text, (file) => (home.get(file) === name ? files.get(file) : elsewhere(file))) });
  return Promise.all([
    ...Object.keys(together).map((name) => written(name, whole(name))),
    ...[...files].filter(([file]) => !home.has(file)).map(([file, text]) => written(file, text)),
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
