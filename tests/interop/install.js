// Installs the clouds' Python clients before the tests run, because the runner's
// time limit is for tests and not for a slow network.

import { environment } from './python.js';

try {
  await environment();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
