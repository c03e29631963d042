// Waiting for what must become true.

import { setTimeout as pause } from 'node:timers/promises';

/** Runs the assertion until it holds; fails as it does when it does not hold in time. */
export async function eventually(assertion, patience = 5000) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(25);
    }
  }
}
