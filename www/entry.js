// The way in to a service: by password, by key, or not at all. One of the forms is seen
// at a time, and none of them when a person is in.

import { byId } from './dom.js';
import { hideKeyForm, showKeyForm, startKeyForm } from './key-form.js';
import { hideSignIn, showSignIn, signInField, startSignIn } from './sign-in.js';

/** Makes the forms work. */
export function startEntry(session) {
  startSignIn(session);
  startKeyForm(session);
}

/** Shows the way in to a service, and what led to it. */
export function showEntry(service, message) {
  if (service.entry !== 'password') hideSignIn();
  if (['password', 'none'].includes(service.entry)) hideKeyForm();
  if (service.entry === 'password') showSignIn(service, message);
  else if (service.entry !== 'none') showKeyForm(service, message);
}

export function hideEntry() {
  hideSignIn();
  hideKeyForm();
}

/** Puts the focus on what is to be filled in, or on the title above it. */
export function focusEntry(service, where) {
  const title = entryTitle(service);
  const field = { password: signInField(), none: title }[service.entry] ?? byId('connect-key');
  (where === 'title' ? title : field).focus();
}

/** The heading of what is seen. */
export const entryTitle = ({ entry }) => byId({ password: 'sign-in-title', none: 'service-title' }[entry] ?? 'connect-title');
