// The conformance script in Chromium.

import { test } from 'node:test';

import { blankPage, useBrowser } from '../browser/support/scenario.js';
import { CASE } from '../limits.js';
import { PLACES, usePages } from './support/pages.js';

useBrowser();
const pages = usePages(async (url) => (await blankPage()).goto(url));

for (const place of PLACES) {
  test(`Chromium, ${place}`, { timeout: CASE }, () => pages.conforms(place));
}
