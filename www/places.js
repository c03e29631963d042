// What of this server is seen by whoever is signed in: the own keys, or the applications. It
// stands in the address: `#applications`, `#applications/app_…`.

import { byId } from './dom.js';

const ADDRESS = /^#applications(?:\/(app_\w+))?$/;

export class Places {
  /** Loaded when it is first wanted. */
  #view;
  /** What is shown: the id of an application, `` for all, or nothing. */
  #shown;

  constructor(session) {
    this.session = session;
  }

  /** Whether anything but the own keys is seen. */
  get isElsewhere() {
    const { state, service } = this.session;
    return state === 'signed-in' && service.isHere && ADDRESS.test(location.hash);
  }

  /** Whether one of its dialogs is open. */
  get open() {
    return this.#view?.open ?? false;
  }

  /** Brings the page in line with its address. */
  async show() {
    const { state, service } = this.session;
    const { isElsewhere } = this;
    byId('places').hidden = state !== 'signed-in' || !service.isHere;
    for (const link of byId('places').querySelectorAll('a')) {
      if ((link.hash === '#applications') === isElsewhere) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    byId('keys').hidden = isElsewhere;
    byId('apps').hidden = !isElsewhere;
    // Not before there is anything in it.
    byId('service-card').hidden = isElsewhere || byId('service-title').textContent === '';
    if (!isElsewhere) {
      if (this.#shown !== undefined) this.#view?.leave();
      this.#shown = undefined;
      return;
    }
    const [, id = ''] = ADDRESS.exec(location.hash);
    if (id === this.#shown) return;
    this.#shown = id;
    const { ApplicationsView } = await import('./applications/view.js');
    this.#view ??= new ApplicationsView(byId('apps'), () => this.session.expire());
    if (this.#shown === id) await this.#view.show(id || undefined);
  }
}
