// All in one, without a dynamic import: for service workers, which refuse one, and
// for builds of a single file.

import { provideClient } from '../client/load.js';
import * as module from '../client/module.js';

provideClient(async () => module);

export * from './facade.js';
