// The way in. It imports the application late, so that a page without its
// package says so instead of staying empty.

import { byId } from './dom.js';

try {
  const { start } = await import('./app.js');
  await start();
} catch (error) {
  byId('starting').setAttribute('aria-busy', 'false');
  byId('starting-text').textContent =
    `The page could not start: ${error.message} Build the package with “cargo xtask build”, then reload.`;
}
