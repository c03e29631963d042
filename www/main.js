// The way in. What most visits begin with, the sign-in form, is seen before the package is
// here, and what is sent meanwhile is sent once it is. The application comes after, so that a
// page without its package says so instead of staying empty.

import { byId } from './dom.js';
import { hasSignedIn } from './hint.js';

const form = byId('sign-in-form');
let isSent = false;

form.addEventListener('submit', wait);
if (!location.hash && !hasSignedIn()) {
  byId('starting').hidden = true;
  byId('sign-in').hidden = false;
  byId('user').focus();
}

try {
  const { start } = await import('./app.js');
  form.removeEventListener('submit', wait);
  const started = start();
  if (isSent && !byId('sign-in').hidden) form.requestSubmit();
  await started;
} catch (error) {
  byId('sign-in').hidden = true;
  byId('starting').hidden = false;
  byId('starting').setAttribute('aria-busy', 'false');
  byId('starting-text').textContent =
    `The page could not start: ${error.message} Build the package with “cargo xtask build”, then reload.`;
}

function wait(event) {
  event.preventDefault();
  isSent = true;
}
