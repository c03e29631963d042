// A box that checks a pasted key as it is typed. What is in it is visible, for
// else one could not point at a place, and is gone when the page is left.

import { checkKey } from '/keylatch/index.js';
import { byId } from './dom.js';
import { position, renderMarked } from './marked-text.js';
import { connection, profile } from './service.js';

const MAX_SHOWN = 20;
const SPEAKING_PAUSE = 600;

const KNOWN = {
  documented: 'Its form and its checksum are right. Whether it still works, only the service can say.',
  observed: 'It has the form that such keys have been seen to have. Whether it works, only the service can say.',
  unknown: 'The service does not publish what its keys look like; nothing in this one is certainly wrong.',
};

const form = byId('check-form');
const input = byId('check-text');
const result = byId('check-result');
let speaking;

/** Makes the box work. */
export function startCheckBox() {
  input.addEventListener('input', check);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => {
    input.focus();
    queueMicrotask(clear);
  });
  addEventListener('pagehide', clear);
}

function clear() {
  input.value = '';
  check();
}

function check() {
  const text = input.value;
  result.hidden = !text;
  if (!text) {
    byId('check-marked').replaceChildren();
    byId('check-problems').replaceChildren();
    input.removeAttribute('aria-invalid');
    return speak('');
  }
  const found = checkKey(connection.provider, text);
  const problems = found.ok ? [] : found.problems;
  renderMarked(byId('check-marked'), text, problems.map(({ index }) => index));
  byId('check-problems').replaceChildren(...problemItems(text, problems));
  result.classList.toggle('ok', found.ok);
  if (found.ok) input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
  byId('check-verdict').textContent = verdict(found);
  speak([verdict(found), ...problems.slice(0, 3).map(({ message }) => message)].join(' '));
}

function verdict(found) {
  if (found.ok) {
    const prefix = found.prefix ? ` (${found.prefix}…)` : '';
    return `This is a ${profile.title} key${prefix}. ${KNOWN[found.certainty]}`;
  }
  const { length } = found.problems;
  const count = length === 1 ? 'One problem.' : `${length} problems.`;
  const others = found.looksLike.filter((id) => id !== found.provider);
  return others.length ? `${count} It looks like a key of ${others.join(' or ')}.` : count;
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
