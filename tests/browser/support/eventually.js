// Waiting for what must become true.

import { setTimeout as pause } from 'node:timers/promises';

import { STEP } from '../../limits.js';

/** Runs the assertion until it holds; fails as it does when it does not hold in time. */
export async function eventually(assertion) {
  const end = Date.now() + STEP;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(25);
    }
  }
}
