// The accessibility check.

import assert from 'node:assert/strict';
import axe from 'axe-core';

/** Fails with every violation that axe finds in the page as it is. */
export async function assertAccessible(page, state) {
  // Half-way from one colour to another is no state.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  // Through the debugger, which the Content-Security-Policy does not concern.
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} at ${node.target} ${node.failureSummary}`));
  assert.deepEqual(found, [], state);
  assert.ok(passes.some(({ id }) => id === 'color-contrast'), `${state}: the contrast was not checked`);
}
