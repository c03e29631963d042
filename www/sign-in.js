// The sign-in form.

import { byId, setFieldError, setText } from './dom.js';

const form = byId('sign-in-form');
const user = byId('user');
const password = byId('password');
const failure = form.querySelector('[data-error]');
const button = form.querySelector('[type=submit]');

/** Shows the form and what led to it. */
export function showSignIn(message = '') {
  setText(byId('sign-in-message'), message);
  byId('sign-in').hidden = false;
  (user.value ? password : user).focus();
}

export function hideSignIn() {
  byId('sign-in').hidden = true;
  password.value = '';
}

/** Makes the form work. */
export function startSignIn(session) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.disabled || !complete()) return;
    submit(session);
  });
  for (const input of [user, password]) input.addEventListener('input', () => setFieldError(input));

  // The demo account exists only where `--demo` runs, which is loopback only.
  byId('demo-hint').hidden = !['127.0.0.1', '[::1]', 'localhost'].includes(location.hostname);
  byId('demo-fill').addEventListener('click', () => {
    user.value = 'demo@example.com';
    password.value = 'reveal-once';
    complete();
    button.focus();
  });
  addEventListener('pagehide', () => { password.value = ''; });
}

async function submit(session) {
  failure.textContent = '';
  button.disabled = true;
  try {
    await session.signIn(user.value.trim(), password.value);
  } catch (error) {
    failure.textContent = error.code === 'invalid_credentials'
      ? 'The e-mail address or the password is wrong.'
      : error.message;
    if (error.code === 'invalid_credentials') password.select();
  } finally {
    button.disabled = false;
  }
  // A disabled button loses the focus; give it to where the person goes on.
  if (failure.textContent) password.focus();
}

function complete() {
  setFieldError(user, user.value.trim() ? '' : 'Enter your e-mail address.');
  setFieldError(password, password.value ? '' : 'Enter your password.');
  const wrong = [user, password].find((input) => input.hasAttribute('aria-invalid'));
  wrong?.focus();
  return !wrong;
}
