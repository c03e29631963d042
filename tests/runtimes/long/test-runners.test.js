// The conformance script in the test runners that users have, in their environments
// for Node and for a page (jsdom).

import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ALL, OFFLINE } from '../support/all.js';
import { output, project, SERVER } from '../support/project.js';

const modules = fileURLToPath(new URL('node_modules', import.meta.url));
symlinkSync(join(modules, 'vitest'), join(project.dir, 'node_modules/vitest'));
symlinkSync(join(modules, 'jsdom'), join(project.dir, 'node_modules/jsdom'));

/** A test of the runner's that must tell this. */
function write(directory, head, expected) {
  const server = expected === ALL ? JSON.stringify(SERVER) : 'undefined';
  mkdirSync(join(project.dir, directory));
  project.write(`${directory}/keylatch.test.js`, `${head}
    import { conformance } from '../conformance.js';
    test('keylatch', async () => expect(await conformance(${server})).toEqual(${JSON.stringify(expected)}), 60_000);
  `);
}

for (const environment of ['node', 'jsdom']) {
  test(`Vitest, ${environment}`, async () => {
    write(`vitest-${environment}`, "import { expect, test } from 'vitest';", ALL);
    await output(join(modules, 'node-24/bin/node'), [join(modules, 'vitest/vitest.mjs'), 'run', '--environment', environment, '--dir', `vitest-${environment}`]);
  });

  // Its jsdom has no `fetch`.
  test(`Jest, ${environment}`, async () => {
    write(`jest-${environment}`, '', environment === 'node' ? ALL : OFFLINE);
    const config = JSON.stringify({
      rootDir: project.dir, roots: [`<rootDir>/jest-${environment}`], transform: {},
      testEnvironment: environment === 'node' ? 'node' : join(modules, 'jest-environment-jsdom'),
    });
    await output(process.execPath, ['--experimental-vm-modules', join(modules, 'jest/bin/jest.js'), '--config', config], { env: { NODE_NO_WARNINGS: '1' } });
  });
}
