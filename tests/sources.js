// Lets a test import the sources of the package: what the build puts in the place
// of the names that begin with `#` is where the build has made it. Import this
// first, and the sources by `await import()`.

import { register } from 'node:module';

register('./sources-hooks.js', import.meta.url);
