// The one moment in which a new key is seen. The text lives in this function and in the
// dialog that it makes; closing that or leaving the page wipes both.

import { button, el, icon, setText, showModal, timeElement } from './dom.js';
import { scopesOf } from './details-dialog.js';
import { envLines, snippets } from './snippets.js';

/** @typedef {import('./element.js').Scene} Scene */
/** @typedef {import('./offer.js').KeyInfo} KeyInfo */

/**
 * Shows the key until the person says that it is stored. Resolves when it is gone again:
 * with `true`, or with `false` when the page was left before.
 * @param {Scene} scene
 * @param {{ key: KeyInfo, secret: import('../index.js').RevealOnce, label: string, baseUrl: string, gone: AbortSignal, warning?: any }} given
 *   `label` is what the key is called, `gone` ends with the element, `warning` is what did not go as wished.
 * @returns {Promise<boolean>}
 */
export function revealKey(scene, { key, secret, label, baseUrl, gone, warning }) {
  const { speech, offer, root } = scene;
  const say = (/** @type {string} */ name, /** @type {any} */ values = {}) => speech.say(name, values);
  let text = secret.reveal();
  let isKept = false;
  const listeners = new AbortController();
  const on = (/** @type {any} */ target, /** @type {string} */ type, /** @type {(event: any) => void} */ listener) => target.addEventListener(type, listener, { signal: listeners.signal });

  // A field and not a text, because every browser can select a field in a shadow tree.
  const shown = el('textarea', { class: 'secret', part: 'secret', readonly: true, rows: 1, 'aria-label': say('reveal.key'), translate: 'no', dir: 'ltr', autocomplete: 'off', spellcheck: 'false' });
  const status = el('p', { class: 'reveal-status', role: 'status' });
  const warns = el('p', { class: 'note warn', role: 'alert' });
  const copy = button({ class: 'primary', part: 'button primary', 'data-copy': true, 'data-first': true }, icon('copy'), say('reveal.copy'));
  const save = button({ part: 'button', 'data-download': true }, icon('download'), say('reveal.download'));
  const done = button({ part: 'button', 'data-done': true }, say('reveal.done'));
  const use = useOf(scene, snippets(offer, baseUrl, text));
  const again = say(offer.provider.fields?.wholeKey ? 'reveal.againListed' : 'reveal.again', { service: offer.title });
  const dialog = el('dialog', { class: 'reveal', part: 'dialog reveal', 'aria-labelledby': 'reveal-title', 'aria-describedby': 'reveal-text', closedby: 'none' },
    el('h2', { id: 'reveal-title' }, say('reveal.title')),
    el('p', { id: 'reveal-text' }, ...speech.sayParts('reveal.text', { name: el('strong', {}, el('bdi', { 'data-name': true }, label)), again })),
    warns, shown, el('div', { class: 'actions' }, copy, save), status, factsOf(scene, key), use.element, el('div', { class: 'buttons' }, done));
  setText(warns, warning && speech.problem(warning));
  shown.value = text;
  root.append(dialog);
  showModal(dialog);
  fit(shown);

  return new Promise((resolve) => {
    on(copy, 'click', () => put(text, shown));
    on(use.copy, 'click', () => put(use.chosen().text, use.lines, use.chosen().holdsKey));
    // By the keyboard or the menu of the browser.
    on(shown, 'copy', () => { if (shown.selectionEnd - shown.selectionStart === text.length) keep(say('reveal.copied')); });
    on(save, 'click', () => {
      download(`${offer.id}.env`, envLines(offer, baseUrl, text));
      keep(say('reveal.downloaded'));
    });
    on(done, 'click', () => finish(true));

    // `closedby="none"` keeps Escape out where it is known; these do elsewhere,
    // and whatever closes it all the same finds it open again.
    on(dialog, 'keydown', (event) => { if (event.key === 'Escape') event.preventDefault(); });
    on(dialog, 'cancel', (event) => event.preventDefault());
    on(dialog, 'close', () => { if (dialog.isConnected) showModal(dialog); });

    on(window, 'beforeunload', (event) => { if (!isKept) event.preventDefault(); });
    // A page in the back/forward cache is still a page in memory.
    on(window, 'pagehide', () => finish(false));
    on(gone, 'abort', () => finish(false));

    /** @param {string} lines @param {any} element @param {boolean} [holdsKey] */
    async function put(lines, element, holdsKey = true) {
      try {
        await navigator.clipboard.writeText(lines);
        keep(say('reveal.copied'), holdsKey);
      } catch {
        // The clipboard may answer after the dialog is gone.
        if (!text) return;
        element.focus();
        element.select();
        status.textContent = say('reveal.refused');
      }
    }

    /** @param {boolean} isStored */
    function finish(isStored) {
      listeners.abort();
      text = '';
      shown.value = '';
      use.clear();
      dialog.close();
      dialog.replaceChildren();
      dialog.remove();
      resolve(isStored);
    }
  });

  /** @param {string} message @param {boolean} [holdsKey] */
  function keep(message, holdsKey = true) {
    if (!text) return;
    isKept ||= holdsKey;
    status.textContent = message;
  }
}

/** When it ends and what it may do. @param {Scene} scene @param {KeyInfo} key */
function factsOf(scene, key) {
  const { speech, offer } = scene;
  const { expiry, scopes } = offer.capabilities;
  const end = key.expiresAt ? [speech.day(key.expiresAt), ' ', el('span', { class: 'exact' }, timeElement(speech, key.expiresAt))] : speech.say('reveal.never');
  const row = (/** @type {string} */ term, /** @type {any} */ value) => el('div', {}, el('dt', {}, speech.say(term)), el('dd', {}, value));
  return el('dl', { class: 'facts', hidden: !expiry && !scopes }, expiry ? row('reveal.expires', end) : undefined, scopes ? row('reveal.scopes', scopesOf(scene, key)) : undefined);
}

/** Lines for a program, chosen by its language. @param {Scene} scene @param {ReturnType<typeof snippets>} all */
function useOf({ speech }, all) {
  const language = el('select', { id: 'language', autocomplete: 'off' }, all.map(({ id }) => el('option', { value: id }, speech.say(`snippet.${id}`))));
  const lines = el('textarea', { class: 'lines', part: 'snippet', readonly: true, translate: 'no', dir: 'ltr', 'aria-label': speech.say('reveal.use'), autocomplete: 'off', spellcheck: 'false' });
  const copy = button({ part: 'button', 'data-copy-lines': true }, icon('copy'), speech.say('reveal.copySnippet'));
  const chosen = () => all[language.selectedIndex];
  const show = () => {
    lines.value = chosen().text;
    lines.rows = chosen().text.split('\n').length;
  };
  language.value = (all[1] ?? all[0]).id;
  language.addEventListener('change', show);
  show();
  return {
    element: el('div', { class: 'use' }, el('div', { class: 'use-head' }, el('h3', {}, speech.say('reveal.use')), el('label', { for: 'language', class: 'visually-hidden' }, speech.say('reveal.language')), language, copy), lines),
    copy, lines, chosen,
    clear() {
      lines.value = '';
      all.length = 0;
    },
  };
}

/** As high as the key needs. @param {any} field */
function fit(field) {
  field.style.blockSize = 'auto';
  field.style.blockSize = `${field.scrollHeight + 2}px`;
}

/** Browsers take the dot off a file called ".env", so it gets a first name. @param {string} name @param {string} text */
function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  el('a', { href: url, download: name }).click();
  // Not at once: some browsers read the blob only after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
