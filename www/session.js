// Who is let in, at which service. Everything that talks to the service goes
// through `call`, so that a session that has ended, or a key that is refused,
// is noticed wherever it shows.

import { hasSignedIn, rememberSignIn } from './hint.js';
import { forget } from './service.js';

/**
 * Fires `change` when its `state` changes: `starting`, `signed-in`,
 * `signed-out` (by wish, or never signed in) or `expired` (in the middle of work).
 */
export class Session extends EventTarget {
  state = 'starting';
  service = undefined;
  account = undefined;
  /** Whether it stands on a key and not on a session. */
  hasKey = false;
  #client = undefined;
  /** Counts the times that everything was left behind. */
  #turn = 0;

  constructor() {
    super();
    // A page in the back/forward cache is still a page in memory.
    addEventListener('pagehide', () => {
      if (this.service?.keepsSession === false) this.#leave('signed-out');
    });
  }

  /** Turns to another service. The client of the one before, and the key in it, are forgotten. */
  async select(service) {
    this.service = service;
    this.#leave('starting');
    await this.resume();
  }

  /** Takes up the session whose cookie the browser holds, if there is one. */
  async resume() {
    const { service } = this;
    const turn = this.#turn;
    if (!service.keepsSession || !hasSignedIn()) return this.#become('signed-out');
    try {
      await this.#enter(() => service.client(), (client) => client.whoami());
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error.code !== 'unauthorized') throw error;
      this.#become('signed-out');
    }
  }

  async signIn(user, password) {
    const { service } = this;
    // Where nobody says who it is, it is who signed in.
    const identify = (client) => service.capabilities.whoami ? client.whoami() : { id: user, user };
    await this.#enter(() => service.signIn(user, password), identify);
  }

  /** Lets in whom a key belongs to. The key stays in the memory of the WebAssembly. */
  async connect(key) {
    const { service } = this;
    // A service that cannot say whose key it is can still refuse to list for it.
    const identify = (client) => service.capabilities.whoami ? client.whoami() : client.list().next().then(() => ({ id: '' }));
    await this.#enter(() => service.client(key), identify, true);
  }

  /** Asks whether a key works. Nothing of it is kept. */
  async validate(key) {
    const client = this.service.client(key);
    try {
      return await client.validate(key);
    } finally {
      forget(client);
    }
  }

  /** What the keys are seen with. */
  get client() {
    return this.#client;
  }

  /** Goes on with another key: the one before it has just been replaced. */
  reconnect(key) {
    const old = this.#client;
    this.#client = this.service.client(key);
    forget(old);
  }

  /** The service knows no more who it is. */
  expire() {
    if (this.state === 'signed-in') this.#become('expired');
  }

  async signOut() {
    if (!this.hasKey && this.service.signsOut) await this.call((client) => client.signOut());
    this.#leave('signed-out');
  }

  /** Runs one call of the client. When the service no longer knows who it is, that ends it here too. */
  async call(run) {
    const client = this.#client;
    try {
      return await run(client);
    } catch (error) {
      // An answer to a session before this one says nothing about this one.
      if (error.code === 'unauthorized' && client === this.#client) this.expire();
      throw error;
    }
  }

  /** Lets in; a client that comes when the page has turned elsewhere is forgotten. */
  async #enter(make, identify, hasKey = false) {
    const turn = this.#turn;
    const client = await make();
    let account;
    try {
      account = await identify(client);
    } catch (error) {
      forget(client);
      throw error;
    }
    if (turn !== this.#turn || this.state === 'signed-in') return forget(client);
    forget(this.#client);
    this.#client = client;
    this.account = account;
    this.hasKey = hasKey;
    this.#become('signed-in');
  }

  #leave(state) {
    this.#turn += 1;
    forget(this.#client);
    this.#client = undefined;
    this.account = undefined;
    this.hasKey = false;
    this.#become(state);
  }

  #become(state) {
    if (this.state === state) return;
    if (this.service?.keepsSession && state !== 'starting') rememberSignIn(state === 'signed-in');
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}
