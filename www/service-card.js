// What is known of the selected service: what it can do, how its keys look and
// travel, where programs look for them, and what only a person can do.

import { capabilityWords, certaintyWords, schemeWords } from './capability-words.js';
import { byId, dress, part } from './dom.js';

const card = byId('service-card');

await dress(document, new URL('service-card.css', import.meta.url));

export function showServiceCard(service) {
  card.hidden = false;
  const { provider } = service;
  byId('service-title').textContent = service.title;
  byId('service-where').textContent = whereWords(service);

  const { can, cannot } = capabilityWords(service);
  fillCapabilities('can', can);
  fillCapabilities('cannot', cannot);

  const [certainty, meaning] = certaintyWords(service);
  part(card, 'certainty').textContent = certainty;
  part(card, 'certainty-meaning').textContent = meaning;
  part(card, 'schemes').replaceChildren(...provider.schemes.map(schemeItem));
  fillCodes('env', [...provider.env ?? [], ...provider.envBaseUrl ?? []]);
  fillCodes('files', (provider.files ?? []).map(({ path }) => path));

  showByHand(provider, cannot);
}

/** Who answers, so that nobody takes a stand-in for the service. */
function whereWords({ isHere, title, provider }) {
  if (isHere) return 'This server speaks its API.';
  return `Its API is at ${new URL(provider.baseUrl).host}. On this page a stand-in on this server answers for it, and nothing is sent to ${title}.`;
}

function fillCapabilities(name, sentences) {
  const list = part(card, name);
  list.replaceChildren(...sentences.map((sentence) => {
    const item = byId('capability-template').content.cloneNode(true).firstElementChild;
    item.querySelector('use').setAttribute('href', name === 'can' ? '#icon-check' : '#icon-cross');
    part(item, 'word').textContent = sentence;
    return item;
  }));
  list.parentElement.hidden = sentences.length === 0;
}

function schemeItem(scheme, index) {
  const { line, note } = schemeWords(scheme);
  const item = document.createElement('li');
  item.append(index > 0 ? 'or ' : '', code(line), note ? `, ${note}` : '');
  return item;
}

function fillCodes(name, texts) {
  part(card, name).replaceChildren(...texts.length ? texts.flatMap((text, index) => index ? [', ', code(text)] : [code(text)]) : ['None known']);
}

function showByHand({ keysPage, keysHelp, title }, cannot) {
  const section = byId('by-hand');
  section.hidden = cannot.length === 0;
  const link = part(section, 'page');
  link.parentElement.hidden = !keysPage;
  if (keysPage) {
    link.href = keysPage;
    part(section, 'host').textContent = new URL(keysPage).host;
  }
  part(section, 'steps').textContent = keysHelp
    ? sentence(keysHelp)
    : keysPage ? '' : `No page is known where a person could do what the API of ${title} cannot.`;
}

/** The steps follow a colon in an error's sentence; here they begin one. */
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function code(text) {
  const element = document.createElement('code');
  element.textContent = text;
  element.translate = false;
  return element;
}
