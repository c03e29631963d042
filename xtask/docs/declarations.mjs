// The reference of the package as Markdown, made of its declarations by typedoc.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';

import { Application, TSConfigReader } from 'typedoc';

/** How typedoc writes: a page for each entry, in the order of the declarations, and no list of where each stands. */
const STYLE = {
  outputFileStrategy: 'modules', hidePageHeader: true, hidePageTitle: true, hideBreadcrumbs: true, useCodeBlocks: true,
  disableSources: true, sort: ['source-order'], readme: 'none',
};

/** The declarations of each entry: `[name, file]`. Two entries may share one; the first stands for both. @param {string} pkg */
function entries(pkg) {
  const { exports } = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8'));
  /** @type {Map<string, string>} */
  const byFile = new Map();
  for (const [entry, { types }] of Object.entries(exports)) {
    // Those of the modules of wasm say nothing.
    if (types && !entry.endsWith('.wasm') && !byFile.has(types)) byFile.set(types, `keylatch${entry.slice(1)}`);
  }
  return [...byFile].map(([file, name]) => [name, join(pkg, file)]);
}

/**
 * The name of each entry and its page: the Markdown, in which links lead to `NAME.md` of another page.
 * @param {string} pkg the directory of the package
 * @returns {Promise<{ name: string, file: string, markdown: string }[]>}
 */
export async function declarations(pkg) {
  const directory = mkdtempSync(join(tmpdir(), 'keylatch-typedoc-'));
  try {
    const all = entries(pkg);
    const entryPoints = all.map(([, file]) => file);
    const tsconfig = join(directory, 'tsconfig.json');
    const compilerOptions = { target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom'], types: [], strict: true, noEmit: true };
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files: entryPoints }));
    const app = await Application.bootstrapWithPlugins({
      ...STYLE, entryPoints, tsconfig, plugin: ['typedoc-plugin-markdown'], outputs: [{ name: 'markdown', path: join(directory, 'md') }],
      // The entries for frameworks name types of packages that are not here. The tests hold them to their types where they are.
      skipErrorChecking: true,
      logLevel: 'Warn',
    }, [new TSConfigReader()]);
    const project = await app.convert();
    if (!project) throw new Error('typedoc cannot read the declarations');
    await app.generateOutputs(project);
    if (app.logger.hasErrors()) throw new Error('typedoc cannot write the reference');
    // typedoc names its pages by where the declarations are, below the directory that all of them share.
    const base = entryPoints.map(dirname).reduce(shared);
    return all.map(([name, path]) => {
      const file = relative(base, path).replaceAll(sep, '/').replace('.d.ts', '.md');
      return { name, file, markdown: readFileSync(join(directory, 'md', file), 'utf8') };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The directory that two have in common. @param {string} one @param {string} other @returns {string} */
const shared = (one, other) => (`${other}${sep}`.startsWith(`${one}${sep}`) ? one : shared(dirname(one), other));
