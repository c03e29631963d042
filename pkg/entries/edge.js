// For runtimes that compile no bytes: both modules are imported compiled.

import { provideClient } from '../client/load.js';
import * as module from '../client/module.js';

provideClient(async () => module);

export * from './facade.js';
