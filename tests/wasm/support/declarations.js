// What the declarations of the default entry say, as one text.

/**
 * @param {(name: string) => Promise<string>} read reads a file of the package
 * @returns {Promise<string>} the files that index.d.ts exports, one after another
 */
export async function declarationsOf(read) {
  const parts = [...(await read('index.d.ts')).matchAll(/^export \* from '\.\/(types\/\w+)\.js';$/gm)];
  if (parts.length === 0) throw new Error('index.d.ts exports no other file');
  return (await Promise.all(parts.map(([, part]) => read(`${part}.d.ts`)))).join('\n');
}
