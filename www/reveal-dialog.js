// The one moment in which a new key is seen. The text lives in this function
// and in one element; closing the dialog or leaving the page wipes both.

import { byId, part, setText } from './dom.js';

const dialog = byId('reveal-dialog');
const shown = byId('reveal-key');
const status = part(dialog, 'status');
const stored = part(dialog, 'stored');
const done = part(dialog, 'done');

/**
 * Shows the key until the person says that it is saved. Resolves when it is gone again.
 * `label` is what it is called, `warning` what did not go as wished.
 */
export function revealKey(service, { label, secret, warning }) {
  let text = secret.reveal();
  let saved = false;
  const listeners = new AbortController();
  const on = (target, type, listener) => target.addEventListener(type, listener, { signal: listeners.signal });

  part(dialog, 'name').textContent = label;
  byId('reveal-again').textContent = againWords(service);
  setText(part(dialog, 'warning'), warning?.message);
  shown.textContent = text;
  update();
  dialog.showModal();

  return new Promise((resolve) => {
    on(part(dialog, 'copy'), 'click', async () => {
      try {
        await navigator.clipboard.writeText(text);
        keep('Copied to the clipboard.');
      } catch {
        select();
        status.textContent = 'The browser refused the clipboard. The key is selected: press Ctrl+C, or ⌘C on a Mac.';
      }
    });
    on(document, 'copy', () => { if (String(getSelection()).includes(text)) keep('Copied to the clipboard.'); });
    on(part(dialog, 'download'), 'click', () => {
      download(service, text);
      keep('Downloaded. Keep the file out of version control.');
    });
    on(stored, 'change', update);
    on(done, 'click', finish);

    // `closedby="none"` keeps Escape out where it is known; these do elsewhere,
    // and whatever closes it all the same finds it open again.
    on(dialog, 'keydown', (event) => { if (event.key === 'Escape') event.preventDefault(); });
    on(dialog, 'cancel', (event) => event.preventDefault());
    on(dialog, 'close', () => dialog.showModal());

    on(window, 'beforeunload', (event) => { if (!isSaved()) event.preventDefault(); });
    // A page in the back/forward cache is still a page in memory.
    on(window, 'pagehide', finish);

    function finish() {
      listeners.abort();
      text = '';
      shown.textContent = '';
      status.textContent = '';
      part(dialog, 'name').textContent = '';
      stored.checked = false;
      getSelection().removeAllRanges();
      dialog.close();
      resolve();
    }
  });

  function keep(message) {
    // The clipboard may answer after the dialog is gone.
    if (!text) return;
    saved = true;
    status.textContent = message;
    update();
  }

  function isSaved() {
    return saved || stored.checked;
  }

  function update() {
    done.disabled = !isSaved();
    byId('reveal-why').hidden = isSaved();
  }
}

function select() {
  getSelection().selectAllChildren(shown);
}

/** What is to be said of seeing it again, which not every service rules out. */
function againWords(service) {
  if (!service.tells('wholeKey')) return 'Store it somewhere safe now: nobody can show it again.';
  return `Store it somewhere safe now: this page does not show it again. ${service.title} itself lists whole keys to whoever is signed in, so guard the account like the key.`;
}

function download({ id, variable }, text) {
  const url = URL.createObjectURL(new Blob([`${variable}=${text}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  // Browsers take the dot off a file called ".env", so it gets a first name.
  link.download = `${id}.env`;
  link.click();
  // Not at once: some browsers read the blob only after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
