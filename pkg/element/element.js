// `<keylatch-keys>`: what a person does with their keys, in any page. Here is what the
// element is to its page, and what happens when something is to be done with a key; the
// parts that are seen are in the files beside this one.

import { KeyClient } from '../entries/index.js';
import { assemble } from './assembly.js';
import { cut } from './cut.js';
import { el } from './dom.js';
import { KeyList } from './key-list.js';
import { providerOf } from './offer.js';
import { styleSheet } from './style-sheet.js';

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */
/** @typedef {import('./words.js').Word} Word */
/** @typedef {import('./assembly.js').Scope} Scope */
/** @typedef {import('./assembly.js').Scene} Scene */

/** Set on an element before its class was known, such as by a framework. */
const PROPERTIES = ['client', 'fetch', 'provider', 'words', 'scopes', 'services', 'filters'];
const TICK = 20_000;
const ANNOUNCED = 6000;

/** On a server there are no elements: there the import gives a name, and the tag stays a placeholder. @type {typeof HTMLElement} */
const Base = globalThis.HTMLElement ?? class {};

export class KeylatchKeys extends Base {
  static observedAttributes = ['base-url', 'provider', 'lang'];

  /** @type {any} What the page has set: `undefined` for a client of our own, `null` for nobody. */
  #client;
  /** @type {KeyClient | undefined} */
  #own;
  /** @type {typeof fetch | undefined} */
  #fetch;
  /** @type {any} */
  #provider;
  /** @type {Record<string, Word>} */
  #words = {};
  /** @type {Scope[] | undefined} */
  #scopes;
  /** @type {string[]} */
  #services = [];
  #list = new KeyList();
  /** The service has refused: nobody is in until the page says so. */
  #isRefused = false;
  /** A rotation replaces the only key, and maybe the client that stood on it. */
  #isReplacing = false;
  /** What is to be done once there is time: draw everything, or load the keys. */
  #due = { render: true, load: true, isScheduled: false };
  /** A create that a lost session has interrupted. */
  #isInterrupted = false;
  /** Ends with its place in the page: a key that is on show then is wiped. */
  #presence = new AbortController();
  #clock = 0;
  #announcing = 0;
  /** @type {any} The parts that are seen. */
  #seen;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [styleSheet()];
  }

  connectedCallback() {
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      const value = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    if (this.#presence.signal.aborted) this.#presence = new AbortController();
    this.#clock = window.setInterval(() => this.#tick(), TICK);
    document.addEventListener('visibilitychange', this.#onVisible);
    addEventListener('pagehide', this.#onHide);
    this.#seen?.view.start();
    this.#plan({ render: !this.#seen, load: true });
  }

  disconnectedCallback() {
    clearInterval(this.#clock);
    document.removeEventListener('visibilitychange', this.#onVisible);
    removeEventListener('pagehide', this.#onHide);
    this.#seen?.loader.stop();
    this.#seen?.view.stop();
    // Who only moves it puts it back at once.
    queueMicrotask(() => { if (!this.isConnected) this.#presence.abort(); });
  }

  /** @param {string} name @param {string | null} old @param {string | null} value */
  attributeChangedCallback(name, old, value) {
    if (old === value) return;
    if (name === 'lang') return this.#plan({ render: true });
    this.#reset();
    if (name === 'provider') this.#provider = undefined;
  }

  get client() {
    return this.#client;
  }

  set client(client) {
    this.#client = client;
    this.#isRefused = false;
    if (!this.#isReplacing) this.#leave();
    // At once, so that the page can put the focus on what is seen now.
    if (this.#seen) this.#showState();
    this.#plan({ load: true });
  }

  get fetch() {
    return this.#fetch;
  }

  set fetch(fetch) {
    this.#fetch = fetch;
    this.#own = undefined;
    this.#plan({ load: true });
  }

  get provider() {
    return this.#provider ?? this.getAttribute('provider') ?? 'keylatch';
  }

  set provider(provider) {
    this.#provider = provider;
    this.#reset();
  }

  get words() {
    return this.#words;
  }

  set words(words) {
    this.#words = words ?? {};
    this.#plan({ render: true });
  }

  get scopes() {
    return this.#scopes;
  }

  set scopes(scopes) {
    this.#scopes = scopes;
    this.#plan({ render: true });
  }

  get services() {
    return this.#services;
  }

  set services(ids) {
    this.#services = ids ?? [];
    this.#plan({ render: true });
  }

  get filters() {
    return { ...this.#list.filters };
  }

  set filters(filters) {
    const given = { ...this.#list.filters, ...filters };
    const { search = '' } = given;
    const masked = cut(providerOf(this.provider), search, (text) => this.#list.shows(text));
    this.#list.filter({ ...given, search: masked ?? search });
    this.#seen?.view.show();
  }

  /** Whether one of its dialogs is open. */
  get open() {
    return this.#root.querySelector('dialog[open]') !== null;
  }

  /** Loads the keys anew. */
  refresh() {
    this.#isRefused = false;
    this.#plan({ load: true });
  }

  /** Forgets what was typed and filtered, for another person. */
  forget() {
    this.#isInterrupted = false;
    this.#list.filter({});
    this.#seen?.actions.dialog.forget();
    this.#seen?.view.show();
  }

  focus() {
    this.#seen?.view.element.focus();
  }

  /** Whether anybody is in, as far as is known. */
  get #isIn() {
    return this.#client !== null && !this.#isRefused;
  }

  /** Another service, or another address of it. */
  #reset() {
    this.#own = undefined;
    this.#isRefused = false;
    this.#isInterrupted = false;
    this.#list.filter({});
    this.#leave();
    this.#plan({ render: true, load: true });
  }

  /** Nothing of the keys is left, for whoever comes next. */
  #leave() {
    this.#seen?.loader.stop();
    this.#list.clear();
    for (const dialog of this.#root.querySelectorAll('dialog[open]:not(.reveal)')) /** @type {HTMLDialogElement} */ (dialog).close();
  }

  get #root() {
    return /** @type {ShadowRoot} */ (this.shadowRoot);
  }

  /** Several properties that are set one after the other are one change. @param {{ render?: boolean, load?: boolean }} what */
  #plan({ render = false, load = false }) {
    this.#due.render ||= render;
    this.#due.load ||= load;
    if (this.#due.isScheduled || !this.isConnected) return;
    this.#due.isScheduled = true;
    queueMicrotask(() => {
      const { render, load } = this.#due;
      this.#due = { render: false, load: false, isScheduled: false };
      if (!this.isConnected) {
        this.#due = { render, load, isScheduled: false };
        return;
      }
      try {
        if (render) this.#render();
        this.#showState();
        if (load) this.#enter();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** A service that nobody knows, or a declaration with a wrong field: for whoever writes the page. @param {any} error */
  #fail(error) {
    this.#seen?.view.stop();
    this.#seen = undefined;
    this.#due.render = true;
    this.#root.replaceChildren(el('p', { class: 'error failed', part: 'error', role: 'alert' }, error.message));
  }

  #render() {
    this.#seen?.view.stop();
    const isLoading = this.#seen?.loader.isLoading;
    this.#seen?.loader.stop();
    const seen = assemble({
      root: this.#root, language: /** @type {HTMLElement | null} */ (this.closest('[lang]'))?.lang || 'en', words: this.#words, provider: this.provider,
      scopes: this.#scopes, services: this.#services, list: this.#list, host: this.#host(), filters: () => this.filters,
    });
    const { view, check, frame } = seen;
    const text = this.#seen?.check.input.value;
    const isTyping = text !== undefined && this.#root.activeElement === this.#seen.check.input;
    this.#seen = seen;
    // All but a key that is on show.
    for (const part of this.#root.querySelectorAll('.frame, .failed, dialog:not(.reveal)')) part.remove();
    this.#root.prepend(frame);
    view.start();
    view.show();
    if (text) {
      check.input.value = text;
      check.check();
    }
    if (isTyping) check.input.focus();
    if (isLoading) this.#plan({ load: true });
  }

  #showState() {
    const { view, frame, signedOut, unlisted, scene } = this.#seen;
    const { list } = scene.offer.capabilities;
    frame.classList.toggle('signed-out', !this.#isIn);
    signedOut.hidden = this.#isIn;
    view.element.hidden = !this.#isIn || !list;
    unlisted.hidden = !this.#isIn || list;
  }

  /** Loads the keys, and goes on with what was interrupted. */
  #enter() {
    this.#seen.view.show();
    if (!this.#isIn) return;
    const isInterrupted = this.#isInterrupted;
    this.#isInterrupted = false;
    this.#load();
    if (isInterrupted) this.#seen.actions.create();
  }

  /** What the actions may do with the element. @returns {import('./actions.js').Host} */
  #host() {
    const element = this;
    return {
      call: (/** @type {any} */ run) => this.#call(run),
      load: () => this.#load(),
      pull: (signal) => this.#seen.loader.pull(signal),
      changed: () => this.#changed(),
      emit: (name, detail) => this.#emit(name, detail),
      announce: (message) => this.#announce(message),
      replaceClient: (work, isReplaced) => {
        this.#isReplacing = isReplaced;
        work();
        this.#isReplacing = false;
      },
      get baseUrl() { return element.#clientInUse().baseUrl; },
      get gone() { return element.#presence.signal; },
      get isIn() { return element.#isIn; },
      get open() { return element.open; },
    };
  }

  #clientInUse() {
    if (this.#client !== undefined) return this.#client;
    const { provider } = this.#seen.scene.offer;
    const address = this.getAttribute('base-url');
    const baseUrl = address === null && provider.baseUrl ? provider.baseUrl : new URL(address ?? '/', document.baseURI);
    return this.#own ??= new KeyClient({ provider, baseUrl, fetch: this.#fetch });
  }

  /** Runs one call of the client. When the service no longer knows who it is, nobody is in any more. @param {(client: KeyClient) => any} run */
  async #call(run) {
    const client = this.#clientInUse();
    try {
      return await run(client);
    } catch (/** @type {any} */ error) {
      // An answer to a client before this one says nothing about this one.
      if (error.code === 'unauthorized' && client === this.#clientInUse() && !this.#isRefused) this.#refuse();
      throw error;
    }
  }

  #refuse() {
    this.#isRefused = true;
    this.#isInterrupted = this.#seen.actions.dialog.isOpen;
    this.#leave();
    this.#showState();
    this.#emit('unauthorized', {});
  }

  /** @param {string} name @param {Record<string, unknown>} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`keylatch-${name}`, { detail, bubbles: true, composed: true }));
  }

  async #load() {
    if (this.#isIn) await this.#seen.loader.load();
  }

  /** The list has changed by what was done here; what is on its way does not know of it. */
  #changed() {
    this.#seen.view.show();
    if (this.#seen.loader.isLoading) this.#load();
  }

  /** Says in passing that something was done. Never call it with a key. @param {string} message */
  #announce(message) {
    const { toast } = this.#seen;
    clearTimeout(this.#announcing);
    toast.textContent = message;
    this.#announcing = window.setTimeout(() => { toast.textContent = ''; }, ANNOUNCED);
  }

  /** Time goes on: says it anew, and asks after keys whose end has passed. */
  async #tick() {
    if (document.hidden || !this.#isIn || !this.#list.isComplete) return;
    this.#seen.view.tick();
    const over = this.#list.keys.filter(({ status, expiresAt }) => status === 'active' && expiresAt && +expiresAt <= Date.now());
    for (const { id } of over) {
      try {
        this.#list.replace(await this.#call((client) => client.get(id)));
        this.#changed();
      } catch {
        return; // The next tick asks again.
      }
    }
  }

  #onVisible = () => { this.#tick(); };

  /** A page in the back/forward cache is still a page in memory. */
  #onHide = () => { this.#seen?.check.clear(); };
}

/** Makes the tag known, once, wherever there are elements. */
export function define() {
  if (globalThis.customElements && !customElements.get('keylatch-keys')) customElements.define('keylatch-keys', KeylatchKeys);
}
