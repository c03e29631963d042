// Coming with a key: to see the keys of its owner, or, where a service can tell
// no more, only whether it works. The key leaves the field for the memory of
// the WebAssembly as soon as it is accepted, and is not held here otherwise.

import { maskKey } from '/keylatch/dist/index.js';
import { byId, part, setFieldError, setIcon, setText } from './dom.js';
import { entryProblem, standInWords } from './entry-words.js';
import { startForm } from './form.js';
import { isDemo, services } from './service.js';

const REASONS = {
  unknown: 'does not know this key, or no longer.',
  expired: 'says that this key has expired.',
  revoked: 'says that this key was revoked.',
};

const section = byId('connect');
const form = byId('connect-form');
const input = byId('connect-key');
const result = byId('connect-result');
const button = form.querySelector('[type=submit]');
let shown;
let sent;

/** Makes the form work. */
export function startKeyForm(session) {
  sent = startForm(form, { valid: complete, send: () => submit(session), explain: (error) => refuse(session.service, error) });
  input.addEventListener('input', () => {
    setFieldError(input);
    showResult();
  });
  addEventListener('pagehide', clear);
}

/** Shows the form for a service, and what led to it. */
export function showKeyForm(service, message = '') {
  if (service !== shown) clear();
  shown = service;
  const { title, entry } = service;
  const asks = entry === 'validate';
  byId('connect-title').textContent = asks ? `Does a ${title} key work?` : `Connect to ${title}`;
  byId('connect-lead').textContent = asks
    ? `This is all that its API can tell of a key. Making, listing and ending keys is done by hand.`
    : 'Your key opens the list of your keys. It stays in the memory of this page until you leave it.';
  button.textContent = asks ? `Ask ${title}` : 'Connect';
  setText(byId('connect-message'), message);
  setText(byId('connect-stand-in'), standInWords(service, 'key'));
  showDemoHint(service);
  section.hidden = false;
}

export function hideKeyForm() {
  section.hidden = true;
  clear();
}

function showDemoHint(service) {
  const source = services.find(({ entry, capabilities }) => entry === 'password' && capabilities.create);
  byId('connect-demo').hidden = !isDemo || !source || source === service;
  if (!source) return;
  const link = part(section, 'source');
  link.href = `#${source.id}`;
  link.textContent = `Make one at ${source.title}`;
}

async function submit(session) {
  const { service } = session;
  showResult();
  if (service.entry === 'validate') await ask(session, service);
  else await session.connect(input.value.trim());
}

async function ask(session, service) {
  const key = input.value.trim();
  const { valid, reason } = await session.validate(key);
  if (service !== session.service) return;
  if (valid) input.value = '';
  else input.select();
  input.focus();
  showResult(valid, valid
    ? `Valid: ${service.title} accepts ${maskKey(key)}.`
    : `Not accepted: ${service.title} ${REASONS[reason]}`);
}

/** A sentence, unless it stands at the field. */
function refuse(service, error) {
  input.focus();
  input.select();
  const isField = ['unauthorized', 'invalid_key', 'invalid_header'].includes(error.code);
  if (!isField) return entryProblem(service, error);
  setFieldError(input, error.code === 'unauthorized' ? `${service.title} does not accept this key.` : error.message);
  return undefined;
}

function showResult(valid, sentence = '') {
  result.hidden = !sentence;
  part(result, 'word').textContent = sentence;
  result.classList.toggle('active', valid === true);
  setIcon(result.querySelector('svg'), valid ? 'check' : 'cross');
}

function complete() {
  setFieldError(input, input.value.trim() ? '' : 'Paste a key.');
  if (input.value.trim()) return true;
  input.focus();
  return false;
}

function clear() {
  input.value = '';
  sent?.clear();
  setFieldError(input);
  showResult();
}
