// The sign-in form, for services that know a person by user and password.

import { byId, setFieldError, setText } from './dom.js';
import { entryProblem, standInWords } from './entry-words.js';
import { startForm } from './form.js';
import { isDemo } from './service.js';

const form = byId('sign-in-form');
const user = byId('user');
const password = byId('password');
let shown;
let sent;

/** Shows the form for a service, and what led to it. */
export function showSignIn(service, message = '') {
  // What was typed before the page knew of any service is for this one.
  if (shown && service !== shown) forgetPassword();
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
  sent = startForm(form, {
    valid: complete,
    send: () => session.signIn(user.value.trim(), password.value),
    explain(error) {
      password.focus();
      if (error.code === 'invalid_credentials') password.select();
      return entryProblem(session.service, error);
    },
  });
  for (const input of [user, password]) input.addEventListener('input', () => setFieldError(input));

  byId('demo-hint').hidden = !isDemo;
  byId('demo-fill').addEventListener('click', () => {
    user.value = 'demo@example.com';
    password.value = 'reveal-once';
    complete();
    form.querySelector('[type=submit]').focus();
  });
  addEventListener('pagehide', () => { password.value = ''; });
}

/** What was typed for one service is not sent to another, and an answer from it is nobody's any more. */
function forgetPassword() {
  password.value = '';
  sent.clear();
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
