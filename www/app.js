// Puts the parts together: which of them is seen in which state, and what
// happens when a person wants something done with a key.

import { followService, startCheckBox } from './check-box.js';
import { confirmAction } from './confirm-dialog.js';
import { askCreate, forgetCreate } from './create-dialog.js';
import { announce, byId, setText } from './dom.js';
import { entryTitle, focusEntry, hideEntry, showEntry, startEntry } from './entry.js';
import { KeysView } from './keys-view.js';
import { changePassword } from './password-dialog.js';
import { revealKey } from './reveal-dialog.js';
import { askRotation } from './rotate-dialog.js';
import { labelOf } from './service.js';
import { showServiceCard } from './service-card.js';
import { startServiceSwitch, switchTo } from './service-switch.js';
import { Session } from './session.js';

const session = new Session();
const actions = { rotate, revoke, delete: remove };
/** What a refusal says when the key is no longer what the list shows. */
const OUTDATED = ['not_found', 'key_active', 'key_inactive', 'replacement_failed'];
let view;
/** What a lost session interrupted, and for whom. */
let interrupted;
/** Where the focus goes with the next state: the `field` to fill in, the `title` of what is new, or nowhere. */
let landing = 'field';

/** Starts the page. */
export async function start() {
  view = new KeysView(session, { onAction: (action, key) => actions[action](key), onCreate: create });
  session.addEventListener('change', showState);
  startEntry(session);
  startCheckBox((id) => {
    landing = 'stay';
    switchTo(id);
  });
  byId('create').addEventListener('click', create);
  byId('change-password').addEventListener('click', changeOwnPassword);
  byId('sign-out').addEventListener('click', signOut);
  byId('starting-retry').addEventListener('click', () => attempt(() => session.resume()));
  await startServiceSwitch(select);
}

/** Everything turns to a service; nothing of the one before is kept. */
async function select(service) {
  if (session.service && landing !== 'stay') landing = 'title';
  interrupted = undefined;
  forgetCreate();
  view.resetFilters();
  view.show(service);
  showServiceCard(service);
  followService(service);
  byId('starting-text').textContent = 'Loading…';
  byId('starting-retry').hidden = true;
  await attempt(() => session.select(service));
}

async function attempt(work) {
  const retry = byId('starting-retry');
  retry.disabled = true;
  byId('starting').setAttribute('aria-busy', 'true');
  try {
    await work();
  } catch (error) {
    byId('starting').setAttribute('aria-busy', 'false');
    byId('starting-text').textContent = error.message;
    retry.hidden = false;
    retry.disabled = false;
  }
}

function showState() {
  const { state } = session;
  const signedIn = state === 'signed-in';
  byId('starting').hidden = state !== 'starting';
  byId('check').hidden = false;
  byId('account').hidden = !signedIn;
  byId('keys').hidden = !signedIn;
  byId('main').classList.toggle('signed-out', !signedIn);
  if (signedIn) enter();
  else leave();
  if (state !== 'starting') document.title = `${(signedIn ? byId('keys-title') : entryTitle(session.service)).textContent} · keylatch`;
}

function enter() {
  const { account: { user, id }, service, hasKey } = session;
  setText(byId('account-user'), user ?? id);
  byId('change-password').hidden = hasKey || !service.changesPassword;
  byId('sign-out').textContent = hasKey || !service.signsOut ? 'Disconnect' : 'Sign out';
  hideEntry();
  if (landing !== 'stay') byId('keys-title').focus();
  landing = 'field';
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
  const { state, service, account } = session;
  const expired = state === 'expired';
  interrupted = expired ? { account: account?.id } : undefined;
  for (const dialog of document.querySelectorAll('dialog[open]:not(#reveal-dialog)')) dialog.close();
  view.clear();
  if (state === 'starting') return hideEntry();
  showEntry(service, expired ? endedWords() : '');
  if (landing !== 'stay') focusEntry(service, landing);
  landing = 'field';
}

function endedWords() {
  return session.hasKey
    ? 'Your key is not accepted any more. Connect with another one to go on.'
    : 'Your session has ended. Sign in again to go on.';
}

/** A refusal that says that the session has ended ends it here, too. */
async function changeOwnPassword() {
  const { account: { user } } = session;
  await changePassword(user, (send) => session.call(send));
}

async function signOut() {
  const { service, hasKey } = session;
  try {
    await session.signOut();
    if (hasKey) showEntry(service, 'This page has forgotten your key. The key itself goes on working.');
    else if (!service.signsOut) showEntry(service, `This page has forgotten you. ${service.title} has no call for signing out, so its session ends by itself.`);
  } catch (error) {
    if (error.code !== 'unauthorized') view.complain(error, signOut);
  }
}

async function create() {
  const { service } = session;
  const made = await askCreate(service, async (wish) => ({ ...await session.call((client) => client.create(wish)), wish }));
  if (!made) {
    // What was typed is still in the form; go on with it after signing in.
    if (interrupted) interrupted.again = create;
    return;
  }
  await reveal(made);
  if (byId('create').hidden) view.focusRow(made.key.id);
  else byId('create').focus();
}

async function rotate(key) {
  const { service } = session;
  const { oneKey } = service.capabilities;
  const made = await act(key, (submit) => askRotation(service, key, submit), (client, overlap) => client.rotate(key.id, { overlap }));
  if (!made) return;
  if (oneKey) {
    // The key that this page stands on may be the one that is gone.
    session.reconnect(made.secret);
    view.remove(key.id);
  }
  await Promise.all([reveal(made), oneKey || refresh(key.id)]);
  view.focusRow(made.key.id);
}

async function revoke(key) {
  const revoked = await act(key, (submit) => confirmAction('revoke', key, submit), (client) => client.revoke(key.id));
  if (!revoked) return;
  view.replace(revoked);
  announce(`“${labelOf(key)}” is revoked.`);
  view.focusRow(key.id);
}

async function remove(key) {
  const deleted = await act(key, (submit) => confirmAction('delete', key, submit), async (client) => {
    await client.delete(key.id);
    return true;
  });
  if (!deleted) return;
  const next = view.remove(key.id);
  announce(`“${labelOf(key)}” is deleted.`);
  if (next) view.focusRow(next.id);
  else byId('create').focus();
}

/**
 * Has `ask(submit)` ask what is to be done with a key, and `work(client, wish)` do it.
 * Resolves with what came of it, or with `undefined`.
 */
async function act(key, ask, work) {
  let outdated = false;
  const done = await ask(async (wish) => {
    try {
      return await session.call((client) => work(client, wish));
    } catch (error) {
      outdated ||= OUTDATED.includes(error.code);
      throw error;
    }
  });
  if (done) return done;
  view.focusRow(key.id);
  // Not while the dialog says what went wrong: a list that is refused ends the session, and the dialog with it.
  if (outdated && session.state === 'signed-in') view.renew();
  return undefined;
}

function reveal({ key, secret, warning, wish }) {
  const { service } = session;
  view.add(key);
  // The list may tell more of it than the answer to its making did.
  if (!key.createdAt) view.load();
  const label = key.name || service.asks('create', 'name') && wish?.name || service.title;
  return revealKey(service, { label, secret, warning });
}

/** Shows what a rotation has made of the old key. */
async function refresh(id) {
  try {
    view.replace(await session.call((client) => client.get(id)));
  } catch (error) {
    view.complain(error, () => view.load());
  }
}
