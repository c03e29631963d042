// A service as the page sees it. Nothing here, nor elsewhere in the page, knows a service
// by its name: what is offered follows from the provider's data, so that a declared
// service finds its place as the built-in ones do.

import { Offer } from '/keylatch/dist/element/element-parts.js';
import { KeyClient, providers } from '/keylatch/dist/index.js';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

export class Service extends Offer {
  /** Whether it is this server itself. One with an address of its own is answered for by a facade here. */
  get isHere() {
    return this.provider.baseUrl === undefined;
  }

  /** How a person gets to the keys: with a `password` or a `key`; or only to ask whether a key works: `validate`. */
  get entry() {
    const { list, signIn, validate } = this.capabilities;
    if (list) return signIn && this.asks('signIn', 'user') ? 'password' : 'key';
    return validate ? 'validate' : 'none';
  }

  /** Whether a session is taken up after a reload: only where the page could end it, too. */
  get keepsSession() {
    return this.entry === 'password' && this.capabilities.whoami && this.signsOut;
  }

  /** Whether the account is this server's own, with a password that can be changed. */
  get changesPassword() {
    return this.isHere && this.entry === 'password';
  }

  get signsOut() {
    return this.provider.endpoints.signOut !== undefined;
  }

  /** A client with a key; without one it stands on the session cookie of the browser. */
  client(credential) {
    return new KeyClient({ provider: this.provider, baseUrl: location.origin, credential });
  }

  /** Signs in; the browser then holds the session cookie. */
  signIn(user, password) {
    return KeyClient.signIn({ provider: this.provider, baseUrl: location.origin, user, password });
  }
}

/** Every service that the package knows. */
export const services = providers().map((provider) => new Service(provider));

/** Loads the part of the package that talks to services, so that it is there before it is needed. Nothing is sent. */
export async function warmUp() {
  const nowhere = async () => { throw new TypeError('This call is only for what it loads.'); };
  const client = new KeyClient({ provider: 'keylatch', baseUrl: location.origin, fetch: nowhere, retries: 0 });
  await client.whoami().catch(() => {});
}

/** The demo account exists only where `--demo` runs, which is loopback only. */
export const isDemo = ['127.0.0.1', '[::1]', 'localhost'].includes(location.hostname);

/** Wipes what the client holds from memory. */
export const forget = (client) => client?.[dispose]();
