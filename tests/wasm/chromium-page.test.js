// The specs in a page of headless Chromium.

import { testInChromium } from './support/in-chromium.js';

await testInChromium('page');
