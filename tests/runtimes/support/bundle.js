// A bundle of the conformance script for browsers, which runs in Node as well: the
// platform that it is for has the same `fetch` and `Request`.

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { conforms, project } from './project.js';

/** The entry of every bundle. */
export const entry = project.write('bundled.js', "export { conformance } from './conformance.js';\n");

/**
 * Has the bundle made, and runs it by itself, away from the package.
 * @param {import('node:test').TestContext} t
 * @param {(directory: string) => Promise<void>} make writes `bundled.js`, and whatever it loads, into the directory
 */
export async function bundleConforms(t, make) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'keylatch-bundled-')));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  await make(directory);
  writeFileSync(join(directory, 'main.js'), `
    import { conformance } from './bundled.js';
    console.log(JSON.stringify(await conformance(JSON.parse(process.argv.at(-1)))));
  `);
  await conforms(process.execPath, ['main.js'], { cwd: directory });
}
