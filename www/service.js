// A service as the page sees it. Nothing here, nor elsewhere in the page, knows
// a service by its name: what is offered follows from the provider's data, so
// that a declared service finds its place as the built-in ones do.

import { KeyClient, providers } from '/keylatch/dist/index.js';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

export class Service {
  /** @param {import('/keylatch/dist/index.js').Provider} provider */
  constructor(provider) {
    this.provider = provider;
    this.id = provider.id;
    this.title = provider.title;
    this.capabilities = provider.capabilities;
  }

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

  /** Whether its keys are anything but active while they are listed. */
  get hasStates() {
    return this.capabilities.revoke || this.capabilities.expiry;
  }

  /** Whether it tells this of a key: a member of `KeyInfo`. */
  tells(member) {
    return this.provider.fields[member] !== '';
  }

  /** Whether the request of an operation has a place for this: `{name}`, … */
  asks(operation, variable) {
    return JSON.stringify(this.provider.endpoints[operation] ?? '').includes(`{${variable}}`);
  }

  /** The environment variable that programs read the key from. */
  get variable() {
    return this.provider.env?.[0] ?? `${this.id.toUpperCase().replaceAll('-', '_')}_API_KEY`;
  }

  /** What can be done with a key as it is. */
  actionsOn({ status }) {
    const { rotate, revoke, delete: remove } = this.capabilities;
    const active = status === 'active';
    const ended = isEnded({ status });
    return Object.entries({ rotate: rotate && !ended, revoke: revoke && !ended, delete: remove && !(revoke && active) })
      .flatMap(([action, offered]) => offered ? [action] : []);
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

/** The demo account exists only where `--demo` runs, which is loopback only. */
export const isDemo = ['127.0.0.1', '[::1]', 'localhost'].includes(location.hostname);

/** Wipes what the client holds from memory. */
export const forget = (client) => client?.[dispose]();

/** Whether a key is known to work no more. One in an unknown state may as well be active. */
export const isEnded = ({ status }) => status === 'expired' || status === 'revoked';

/** What a key is called where a person must know it again. */
export const labelOf = ({ name, masked, id }) => name || masked || id;
