// What the tests leave for a person: pictures and figures, in target/.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TARGET = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../../target', import.meta.url));

/** Keeps a picture of the page in target/screenshots/. */
export async function picture(page, name) {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  await page.screenshot({ path: join(TARGET, 'screenshots', `${name}.png`) });
}

/** Keeps what was measured in target/figures/, and says it. */
export async function figure(name, values) {
  await mkdir(join(TARGET, 'figures'), { recursive: true });
  await writeFile(join(TARGET, 'figures', `${name}.json`), `${JSON.stringify(values, null, 2)}\n`);
  process.stderr.write(`${name}: ${JSON.stringify(values)}\n`);
}
