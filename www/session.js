// Who is signed in. Everything that talks to the service goes through `call`,
// so that a session that has ended is noticed wherever it shows.

import { cookieClient, signIn } from './service.js';

/**
 * Fires `change` when its `state` changes: `starting`, `signed-in`,
 * `signed-out` (by wish, or never signed in) or `expired` (in the middle of work).
 */
export class Session extends EventTarget {
  state = 'starting';
  account = undefined;
  #client = undefined;

  /** Takes up the session whose cookie the browser holds, if there is one. */
  async resume() {
    const client = cookieClient();
    try {
      this.#enter(client, await client.whoami());
    } catch (error) {
      if (error.code !== 'unauthorized') throw error;
      this.#become('signed-out');
    }
  }

  async signIn(user, password) {
    const client = await signIn(user, password);
    this.#enter(client, await client.whoami());
  }

  async signOut() {
    await this.call((client) => client.signOut());
    this.account = undefined;
    this.#become('signed-out');
  }

  /** Runs one call of the client. When the service no longer knows the session, that ends it here too. */
  async call(run) {
    const client = this.#client;
    try {
      return await run(client);
    } catch (error) {
      // An answer to a session before this one says nothing about this one.
      if (error.code === 'unauthorized' && client === this.#client) this.#become('expired');
      throw error;
    }
  }

  #enter(client, account) {
    this.#client = client;
    this.account = account;
    this.#become('signed-in');
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}
