// The specs in a module worker of headless Chromium.

import { testInChromium } from './support/in-chromium.js';

await testInChromium('worker');
