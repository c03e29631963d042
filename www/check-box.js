// A box that checks a pasted key as it is typed. What is in it is visible, for
// else one could not point at a place, and is gone when the page is left.

import { checkKey, identifyKey, maskKey } from '/keylatch/dist/index.js';
import { byId } from './dom.js';
import { position, renderMarked } from './marked-text.js';
import { services } from './service.js';

const MAX_SHOWN = 20;
const SPEAKING_PAUSE = 600;


const form = byId('check-form');
const input = byId('check-text');
const result = byId('check-result');
let service;
let speaking;
/** The key that was meant, if the text holds one. */
let fixed;

/** Makes the box work. `switchTo(id)` is called with the service that a key seems to belong to. */
export function startCheckBox(switchTo) {
  byId('check-others').addEventListener('click', ({ target }) => {
    const { id, repair } = target.dataset;
    if (repair) return use(fixed);
    if (!id) return;
    input.focus();
    switchTo(id);
  });
  input.addEventListener('input', check);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => {
    input.focus();
    queueMicrotask(clear);
  });
  addEventListener('pagehide', clear);
}

/** Checks for this service from now on, what is in the box already too. */
export function followService(chosen) {
  service = chosen;
  byId('check-service').textContent = service.title;
  input.placeholder = exampleOf(service);
  check();
}

/** The beginning of its keys, where it is always the same. */
function exampleOf({ provider: { format } }) {
  const start = [format?.parts[0]].flat()[0];
  return typeof start === 'string' ? `${start}…` : '';
}

/** Puts the key in the place of what was pasted. */
function use(key) {
  input.value = key;
  input.focus();
  check();
}

function clear() {
  input.value = '';
  check();
}

function check() {
  const text = input.value;
  result.hidden = !text;
  fixed = undefined;
  if (!text) {
    byId('check-marked').replaceChildren();
    byId('check-problems').replaceChildren();
    byId('check-others').replaceChildren();
    input.removeAttribute('aria-invalid');
    return speak('');
  }
  const found = checkKey(service.provider, text);
  fixed = found.fixed;
  const problems = found.ok ? [] : found.problems;
  renderMarked(byId('check-marked'), text, problems.map(({ index }) => index));
  byId('check-problems').replaceChildren(...problemItems(text, problems));
  result.classList.toggle('ok', found.ok);
  if (found.ok) input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
  const others = othersOf(found, text);
  byId('check-verdict').textContent = verdict(found);
  byId('check-others').replaceChildren(...repairWords(), ...othersWords(others));
  speak([verdict(found), ...others.map(({ title }) => `It looks like a key of ${title}.`), ...problems.slice(0, 3).map(({ message }) => message)].join(' '));
}

function verdict(found) {
  if (!found.ok) return found.problems.length === 1 ? 'One problem.' : `${found.problems.length} problems.`;
  const { title, provider: { format } } = service;
  const prefix = found.prefix ? ` (${found.prefix}…)` : '';
  const hasChecksum = format?.parts.some((part) => typeof part === 'object' && 'checksum' in part);
  // No more than is known.
  return {
    documented: `This is a ${title} key${prefix}. Its form${hasChecksum ? ' and its checksum are' : ' is'} right. Whether it still works, only the service can say.`,
    observed: `This may be a ${title} key: it has the form that such keys have been seen to have. Whether it works, only the service can say.`,
    unknown: `This may be a ${title} key: nothing in it is certainly wrong, and what such keys look like is not published.`,
  }[found.certainty];
}

/** The other services whose keys have this form. */
function othersOf(found, text) {
  // A service whose format nobody knows takes any text; a known form says more.
  const ids = !found.ok ? found.looksLike
    : found.certainty !== 'unknown' ? []
    : identifyKey(text).filter(({ certainty }) => certainty !== 'unknown').map(({ provider }) => provider);
  return services.filter(({ id }) => ids.includes(id) && id !== service.id);
}

function repairWords() {
  if (fixed === undefined) return [];
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'link';
  button.dataset.repair = 'fixed';
  button.textContent = `Use ${maskKey(fixed)}`;
  return ['There is one key in it. ', button, ' '];
}

function othersWords(others) {
  return others.flatMap(({ id, title }) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'link';
    button.dataset.id = id;
    button.textContent = `Switch to ${title}`;
    return [`It looks like a key of ${title}. `, button, ' '];
  });
}

function problemItems(text, problems) {
  const items = problems.slice(0, MAX_SHOWN).map(({ code, message, index }) => {
    const item = document.createElement('li');
    item.dataset.code = code;
    const place = document.createElement('span');
    place.className = 'place';
    place.textContent = index < text.length ? `Character ${position(text, index)}` : 'At the end';
    item.append(place, ' ', message);
    return item;
  });
  if (problems.length > MAX_SHOWN) {
    const rest = document.createElement('li');
    rest.textContent = `… and ${problems.length - MAX_SHOWN} more.`;
    items.push(rest);
  }
  return items;
}

/** To screen readers, once the typing pauses. */
function speak(sentence) {
  clearTimeout(speaking);
  speaking = setTimeout(() => { byId('check-summary').textContent = sentence; }, sentence ? SPEAKING_PAUSE : 0);
}
