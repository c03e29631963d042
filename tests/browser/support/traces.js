// Where a key could have been left.

import assert from 'node:assert/strict';

/** Everything in which a page could have kept a text. */
export async function traces(page) {
  return page.evaluate(async () => JSON.stringify({
    html: document.documentElement.getHTML({ shadowRoots: [...document.querySelectorAll('keylatch-keys')].map(({ shadowRoot }) => shadowRoot) }),
    fields: [document, ...[...document.querySelectorAll('keylatch-keys')].map(({ shadowRoot }) => shadowRoot)]
      .flatMap((root) => [...root.querySelectorAll('input, textarea, select')].map(({ value }) => value)),
    selection: String(getSelection()),
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    cookie: document.cookie,
    history: history.state,
    name: window.name,
    url: location.href,
    referrer: document.referrer,
    title: document.title,
    resources: performance.getEntries().map(({ name }) => name),
  }));
}

export function assertNoTrace(text, secret, when) {
  assert.ok(text.length > 1000, 'there was something to search');
  assert.equal(text.includes(secret), false, `${when}: the key`);
  // The last four characters are what the table shows.
  assert.equal(text.includes(secret.slice(8, -6)), false, `${when}: its random part`);
}

/** For `isInMemory`: lets the page's tests look where its scripts cannot. Runs in the page. */
export function exposeMemory() {
  window.wasmMemories = [];
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, given) {
      const instance = new target(...given);
      if (instance.exports.memory) window.wasmMemories.push(instance.exports.memory);
      return instance;
    },
  });
}

/** Whether the memory of a WebAssembly holds a text. */
export async function isInMemory(page, text) {
  return page.evaluate((text) => window.wasmMemories.some(({ buffer }) => {
    // Latin-1 is one character for each byte; a key is ASCII.
    const bytes = new Uint8Array(buffer);
    let held = '';
    for (let at = 0; at < bytes.length; at += 0x8000) held += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return held.includes(text);
  }), text);
}
