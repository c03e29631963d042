// The sign-in form, for services that know a person by user and password.

import { byId, setFieldError, setText } from './dom.js';
import { entryProblem, standInWords } from './entry-words.js';
import { isDemo } from './service.js';

const form = byId('sign-in-form');
const user = byId('user');
const password = byId('password');
const failure = form.querySelector('[data-error]');
const button = form.querySelector('[type=submit]');
let shown;

/** Shows the form for a service, and what led to it. */
export function showSignIn(service, message = '') {
  if (service !== shown) forgetPassword();
  shown = service;
  byId('sign-in-title').textContent = service.isHere ? 'Sign in' : `Sign in to ${service.title}`;
  setText(byId('sign-in-message'), message);
  setText(byId('sign-in-stand-in'), standInWords(service, 'password'));
  byId('sign-in').hidden = false;
}

/** The field to go on with. */
export const signInField = () => user.value ? password : user;

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

  byId('demo-hint').hidden = !isDemo;
  byId('demo-fill').addEventListener('click', () => {
    user.value = 'demo@example.com';
    password.value = 'reveal-once';
    complete();
    button.focus();
  });
  addEventListener('pagehide', () => { password.value = ''; });
}

async function submit(session) {
  const { service } = session;
  failure.textContent = '';
  button.disabled = true;
  try {
    await session.signIn(user.value.trim(), password.value);
  } catch (error) {
    if (service === session.service) {
      failure.textContent = entryProblem(service, error);
      if (error.code === 'invalid_credentials') password.select();
    }
  }
  // An answer that comes after a change of service is nobody's any more.
  if (service !== session.service) return;
  button.disabled = false;
  // A disabled button loses the focus; give it to where the person goes on.
  if (failure.textContent) password.focus();
}

/** What was typed for one service is not sent to another. */
function forgetPassword() {
  password.value = '';
  button.disabled = false;
  failure.textContent = '';
  setFieldError(user);
  setFieldError(password);
}

function complete() {
  setFieldError(user, user.value.trim() ? '' : 'Enter your e-mail address.');
  setFieldError(password, password.value ? '' : 'Enter your password.');
  const wrong = [user, password].find((input) => input.hasAttribute('aria-invalid'));
  wrong?.focus();
  return !wrong;
}
