// The screens that the page is looked at on.

import assert from 'node:assert/strict';

export const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };

/** So often the page is looked at before what is too wide counts: a look may fall between two steps of what comes late, such as the card of a service. */
const LOOKS = 40;

/** Fails with everything that stays wider than the screen. */
export async function assertFits(page, state) {
  for (let look = 1; ; look += 1) {
    try {
      return await fits(page, state);
    } catch (error) {
      if (look === LOOKS) throw error;
      await page.waitForTimeout(50);
    }
  }
}

async function fits(page, state) {
  const wider = await page.evaluate(() => {
    // Those within others, too.
    const roots = [document.body];
    for (const root of roots) roots.push(...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []));
    const seen = roots.flatMap((root) => [...root.querySelectorAll('*:not(svg *, .visually-hidden, thead *)')]);
    // What ends with an ellipsis is as wide as what cuts it, which is looked at too.
    const isCut = ({ parentElement: parent }) => parent && ((getComputedStyle(parent).textOverflow === 'ellipsis' && getComputedStyle(parent).overflowX !== 'visible') || isCut(parent));
    return seen.filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, thead') && !isCut(element)
      && element.getBoundingClientRect().right > innerWidth + 0.5).map((element) => {
      const { left, right } = element.getBoundingClientRect();
      const { localName, id, className, textContent, parentElement } = element;
      return `${parentElement?.localName}.${parentElement?.className} > ${localName}#${id}.${className}, ${left} to ${right}: ${textContent.trim().slice(0, 60)}`;
    });
  });
  assert.deepEqual(wider, [], state);
  const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(scrolls, false, state);
}
