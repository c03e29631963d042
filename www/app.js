// Puts the page together: a service, the way in to it, and `<keylatch-keys>` for whoever is in.

import '/keylatch/dist/element/element.js';
import { byId, setText } from './dom.js';
import { entryTitle, focusEntry, hideEntry, showEntry, startEntry } from './entry.js';
import { Places } from './places.js';
import { services, warmUp } from './service.js';
import { startServiceSwitch, switchTo } from './service-switch.js';
import { Session } from './session.js';

const keys = byId('keys');
// Nobody is in yet: the element asks for no session of its own.
keys.client = null;

const session = new Session();
const places = new Places(session);
/** For whom a lost session interrupted something. */
let interrupted;
/** Where the focus goes with the next state: the `field` to fill in, the `title` of what is new, or nowhere. */
let landing = 'field';

/** Starts the page. */
export async function start() {
  // Whoever has begun to sign in goes on with it.
  if (byId('sign-in').contains(document.activeElement)) landing = 'stay';
  session.addEventListener('change', showState);
  startEntry(session);
  keys.services = services.map(({ id }) => id);
  keys.addEventListener('keylatch-unauthorized', () => session.expire());
  keys.addEventListener('keylatch-filtered', writeFilters);
  keys.addEventListener('keylatch-service', ({ detail }) => {
    landing = 'stay';
    switchTo(detail.provider);
  });
  keys.addEventListener('keylatch-rotated', ({ detail }) => {
    // The key that this page stands on may be the one that is gone.
    if (!session.hasKey || !session.service.capabilities.oneKey) return;
    session.reconnect(detail.secret);
    keys.client = session.client;
  });
  byId('change-password').addEventListener('click', changeOwnPassword);
  byId('sign-out').addEventListener('click', signOut);
  byId('starting-retry').addEventListener('click', () => attempt(() => session.resume()));
  await startServiceSwitch(select, () => keys.open || places.open, () => places.show());
  await warmUp();
  performance.mark('at rest');
}

/** Everything turns to a service; nothing of the one before is kept. */
async function select(service) {
  const isFirst = session.service === undefined;
  if (!isFirst && landing !== 'stay') landing = 'title';
  interrupted = undefined;
  keys.provider = service.provider;
  if (isFirst) readFilters();
  else writeFilters();
  const { isHere, title } = service;
  byId('keys-title').textContent = isHere ? 'API keys' : `${title} API keys`;
  byId('starting-text').textContent = 'Loading…';
  byId('starting-retry').hidden = true;
  await attempt(() => session.select(service));
  // Below what one came for, so it comes after it.
  const { showServiceCard } = await import('./service-card.js');
  if (session.service === service) showServiceCard(service);
  places.show();
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
  byId('account').hidden = !signedIn;
  byId('main').classList.toggle('signed-out', !signedIn);
  if (signedIn) enter();
  else leave();
  places.show();
  if (state !== 'starting' && !places.isElsewhere) document.title = `${(signedIn ? byId('keys-title') : entryTitle(session.service)).textContent} · keylatch`;
}

function enter() {
  const { account: { user, id }, service, hasKey, client } = session;
  setText(byId('account-user'), user ?? id);
  byId('change-password').hidden = hasKey || !service.changesPassword;
  byId('sign-out').textContent = hasKey || !service.signsOut ? 'Disconnect' : 'Sign out';
  hideEntry();
  if (interrupted && interrupted !== id) forgetPerson();
  interrupted = undefined;
  keys.client = client;
  if (landing !== 'stay') byId('keys-title').focus();
  landing = 'field';
}

function leave() {
  const { state, service, account } = session;
  const expired = state === 'expired';
  interrupted = expired ? account?.id : undefined;
  keys.client = null;
  byId('password-dialog').close();
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

/** What one person typed and looked for is not left for the next. */
function forgetPerson() {
  keys.forget();
  writeFilters();
}

/** A refusal that says that the session has ended ends it here, too. */
async function changeOwnPassword() {
  const { changePassword } = await import('./password-dialog.js');
  const { account: { user } } = session;
  changePassword(user, (send) => session.call(send));
}

async function signOut() {
  const { service, hasKey } = session;
  setText(byId('trouble'));
  try {
    await session.signOut();
    forgetPerson();
    if (hasKey) showEntry(service, 'This page has forgotten your key. The key itself goes on working.');
    else if (!service.signsOut) showEntry(service, `This page has forgotten you. ${service.title} has no call for signing out, so its session ends by itself.`);
  } catch (error) {
    if (error.code !== 'unauthorized') setText(byId('trouble'), error.message);
  }
}

/** The filters stand in the address, so that a reload, a bookmark and a colleague see the same keys. */
function readFilters() {
  const query = new URLSearchParams(location.search);
  keys.filters = { search: query.get('search') ?? '', status: query.get('status') ?? 'all', unused: query.has('unused'), soon: query.has('soon'), sort: query.get('sort') ?? '' };
}

function writeFilters() {
  const { search, status, unused, soon, sort } = keys.filters;
  const query = new URLSearchParams({ ...search && { search }, ...status !== 'all' && { status }, ...unused && { unused: '' }, ...soon && { soon: '' }, ...sort && { sort } });
  history.replaceState(null, '', `${location.pathname}${query.size > 0 ? `?${query}` : ''}${location.hash}`);
}
