// Puts the parts together: which of them is seen in which state, and what
// happens when a person wants something done with a key.

import { startCheckBox } from './check-box.js';
import { confirmAction } from './confirm-dialog.js';
import { askCreate, forgetCreate } from './create-dialog.js';
import { announce, byId, setText } from './dom.js';
import { KeysView } from './keys-view.js';
import { revealKey } from './reveal-dialog.js';
import { askRotation } from './rotate-dialog.js';
import { profile } from './service.js';
import { Session } from './session.js';
import { hideSignIn, showSignIn, startSignIn } from './sign-in.js';

const session = new Session();
const actions = { rotate, revoke, delete: remove };
let view;
/** What a lost session interrupted, and for whom. */
let interrupted;

/** Starts the page. */
export async function start() {
  setText(byId('service'), profile.title === 'keylatch' ? '' : profile.title);
  view = new KeysView(session, { onAction: (action, key) => actions[action](key), onCreate: create });
  session.addEventListener('change', showState);
  startSignIn(session);
  startCheckBox();
  byId('create').addEventListener('click', create);
  byId('sign-out').addEventListener('click', signOut);
  byId('starting-retry').addEventListener('click', resume);
  await resume();
}

async function resume() {
  const retry = byId('starting-retry');
  retry.disabled = true;
  try {
    await session.resume();
  } catch (error) {
    byId('starting').setAttribute('aria-busy', 'false');
    byId('starting-text').textContent = error.message;
    retry.hidden = false;
    retry.disabled = false;
  }
}

function showState() {
  const signedIn = session.state === 'signed-in';
  byId('starting').hidden = true;
  byId('check').hidden = false;
  byId('account').hidden = !signedIn;
  byId('keys').hidden = !signedIn;
  byId('main').classList.toggle('signed-out', !signedIn);
  document.title = signedIn ? 'API keys · keylatch' : 'Sign in · keylatch';
  if (signedIn) enter();
  else leave();
}

function enter() {
  const { user, id } = session.account;
  setText(byId('account-user'), user ?? id);
  hideSignIn();
  byId('keys-title').focus();
  const same = interrupted?.account === id;
  if (!same) {
    forgetCreate();
    view.resetFilters();
  }
  view.load();
  if (same) interrupted.again?.();
  interrupted = undefined;
}

function leave() {
  const expired = session.state === 'expired';
  interrupted = expired ? { account: session.account?.id } : undefined;
  for (const dialog of document.querySelectorAll('dialog[open]:not(#reveal-dialog)')) dialog.close();
  view.clear();
  showSignIn(expired ? 'Your session has ended. Sign in again to go on.' : '');
}

async function signOut() {
  try {
    await session.signOut();
  } catch (error) {
    if (error.code !== 'unauthorized') view.complain(error, signOut);
  }
}

async function create() {
  const made = await askCreate((wish) => session.call((client) => client.create(wish)));
  if (!made) {
    // What was typed is still in the form; go on with it after signing in.
    if (interrupted) interrupted.again = create;
    return;
  }
  await reveal(made);
  byId('create').focus();
}

async function rotate(key) {
  const made = await askRotation(key, (overlap) => session.call((client) => client.rotate(key.id, { overlap })));
  if (!made) return view.focusRow(key.id);
  await Promise.all([reveal(made), refresh(key.id)]);
  view.focusRow(made.key.id);
}

async function revoke(key) {
  const revoked = await confirmAction('revoke', key, () => session.call((client) => client.revoke(key.id)));
  if (revoked) {
    view.replace(revoked);
    announce(`“${key.name}” is revoked.`);
  }
  view.focusRow(key.id);
}

async function remove(key) {
  const deleted = await confirmAction('delete', key, async () => {
    await session.call((client) => client.delete(key.id));
    return true;
  });
  if (!deleted) return view.focusRow(key.id);
  const next = view.remove(key.id);
  announce(`“${key.name}” is deleted.`);
  if (next) view.focusRow(next.id);
  else byId('create').focus();
}

function reveal(made) {
  view.add(made.key);
  return revealKey(made);
}

/** Shows what a rotation has made of the old key. */
async function refresh(id) {
  try {
    view.replace(await session.call((client) => client.get(id)));
  } catch (error) {
    view.complain(error, () => view.load());
  }
}
