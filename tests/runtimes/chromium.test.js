// The conformance script in Chromium.

import { blankPage, useBrowser } from '../browser/support/scenario.js';
import { pagesConform } from './support/pages.js';

useBrowser();

pagesConform('Chromium', async (url) => (await blankPage()).goto(url));
