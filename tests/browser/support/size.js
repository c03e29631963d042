// The screens that the page is looked at on.

import assert from 'node:assert/strict';

export const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };

/** Fails with everything that is wider than the screen. */
export async function assertFits(page, state) {
  const wider = await page.evaluate(() => {
    // Those within others, too.
    const roots = [document.body];
    for (const root of roots) roots.push(...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []));
    const seen = roots.flatMap((root) => [...root.querySelectorAll('*:not(svg *, .visually-hidden, thead *)')]);
    // What ends with an ellipsis is as wide as what cuts it, which is looked at too.
    const isCut = ({ parentElement: parent }) => parent && ((getComputedStyle(parent).textOverflow === 'ellipsis' && getComputedStyle(parent).overflowX !== 'visible') || isCut(parent));
    return seen.filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, thead') && !isCut(element)
      && element.getBoundingClientRect().right > innerWidth + 0.5).map(({ tagName, id, className }) => `${tagName}#${id}.${className}`);
  });
  assert.deepEqual(wider, [], state);
  const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(scrolls, false, state);
}
