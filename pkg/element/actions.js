// What happens when something is to be done with keys: what is asked, what is sent, and
// where the focus goes after.

import { confirmAction, confirmMany } from './confirm-dialog.js';
import { CreateDialog } from './create-dialog.js';
import { showDetails } from './details-dialog.js';
import { labelOf } from './offer.js';
import { revealKey } from './reveal-dialog.js';
import { askRotation } from './rotate-dialog.js';

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */
/** @typedef {import('./confirm-dialog.js').Action} Action */
/** A client; that of a page may be able to do more. @typedef {import('../index.js').KeyClient & Record<'disable' | 'enable' | 'edit', (id: string) => Promise<KeyInfo>>} KeyClient */
/**
 * What the actions need of the element that they are of.
 * @typedef {object} Host
 * @property {<T>(run: (client: KeyClient) => T) => Promise<Awaited<T>>} call Runs one call of the client.
 * @property {() => Promise<void>} load Loads the list.
 * @property {(signal: AbortSignal) => Promise<KeyInfo[]>} pull All keys, or the failure.
 * @property {() => void} changed The list has changed by what was done.
 * @property {(name: string, detail: Record<string, unknown>) => void} emit
 * @property {(message: string) => void} announce
 * @property {(work: () => void, isReplaced: boolean) => void} replaceClient Runs work in which the page may set another client for the same person.
 * @property {string} baseUrl
 * @property {AbortSignal} gone Aborted when the element has left the page.
 * @property {boolean} isIn
 * @property {boolean} open Whether a dialog is open.
 */

/** What a refusal says when the key is no longer what the list shows. */
const OUTDATED = ['not_found', 'key_active', 'key_inactive', 'replacement_failed'];
/** Of many keys so many are ended at a time. */
const AT_A_TIME = 4;

export class Actions {
  /** @param {import('./element.js').Scene} scene @param {import('./list-view.js').ListView} view @param {Host} host */
  constructor(scene, view, host) {
    this.scene = scene;
    this.list = scene.list;
    this.view = view;
    this.host = host;
    this.dialog = new CreateDialog(scene);
  }

  /** @param {string} action @param {KeyInfo} key */
  act(action, key) {
    switch (action) {
      case 'details': return this.#details(key);
      case 'rotate': return this.#rotate(key);
      case 'edit': return this.#edit(key);
      default: return this.#finish(/** @type {Action} */ (action), key);
    }
  }

  /** Asks for a new key, makes it and shows it. */
  async create() {
    const { dialog, view, scene } = this;
    const made = await dialog.ask(
      async (/** @type {any} */ wish) => ({ ...await this.host.call((client) => client.create(wish)), wish }),
      (/** @type {any} */ error, /** @type {string} */ name) => this.#explain('create', error, name),
    );
    if (!made) return;
    const { key, secret, wish } = made;
    this.list.add(key);
    if (!this.list.shown().includes(key)) view.clearFilters();
    this.host.changed();
    this.host.emit('created', { key, secret });
    // The list may tell more of it than the answer to its making did.
    if (!key.createdAt) this.host.load();
    await this.#reveal({ key, secret, label: key.name || (scene.offer.asks('create', 'name') && wish.name) || scene.offer.title });
    if (view.create.hidden) view.focusRow(key.id);
    else view.create.focus();
  }

  /** @param {KeyInfo} key */
  async #rotate(key) {
    const { scene, view } = this;
    const { oneKey } = scene.offer.capabilities;
    const made = await this.#doTo(key, 'rotate', (submit) => askRotation(scene, key, submit), (client, overlap) => client.rotate(key.id, { overlap }));
    if (!made) return;
    if (oneKey) this.list.remove(key.id);
    this.list.add(made.key);
    // The key that the client of the page stands on may be the one that is gone.
    this.host.replaceClient(() => this.host.emit('rotated', { key: made.key, replaced: key.id, secret: made.secret }), oneKey);
    if (!oneKey) this.#look(key.id);
    this.host.changed();
    await this.#reveal({ ...made, label: made.key.name || scene.offer.title });
    view.focusRow(made.key.id);
  }

  /** The page asks what is to be another. @param {KeyInfo} key */
  async #edit(key) {
    try {
      const changed = await this.host.call((client) => client.edit(key.id));
      if (changed) {
        this.list.replace(changed);
        this.host.changed();
        this.host.emit('changed', { key: changed });
      }
    } catch (/** @type {any} */ error) {
      if (error.code !== 'unauthorized') this.view.complain(this.scene.speech.problem(error), () => this.host.load());
    }
    if (this.host.isIn) this.view.focusRow(key.id);
  }

  /** What is asked about and then done. @param {Action} action @param {KeyInfo} key */
  async #finish(action, key) {
    const { scene, view } = this;
    const done = await this.#doTo(key, action, (submit) => confirmAction(scene, action, key, submit), (client) => this.#doOne(client, action, key));
    if (!done) return;
    const shown = this.list.shown();
    const at = shown.findIndex(({ id }) => id === key.id);
    done();
    this.host.changed();
    this.host.announce(scene.speech.say(`${action}.done`, { name: labelOf(key) }));
    const next = action === 'delete' ? shown[at + 1] ?? shown[at - 1] : key;
    if (next) view.focusRow(next.id);
    else (view.create.hidden ? view.emptyAction : view.create).focus();
  }

  /** Does it to one key. Resolves with how the list is to be brought in line. @param {KeyClient} client @param {Action} action @param {KeyInfo} key */
  async #doOne(client, action, key) {
    if (action !== 'delete') {
      const changed = await client[action](key.id);
      return () => {
        this.list.replace(changed);
        this.host.emit(action === 'revoke' ? 'revoked' : 'changed', { key: changed });
      };
    }
    await client.delete(key.id);
    return () => {
      this.list.remove(key.id);
      this.host.emit('deleted', { key });
    };
  }

  /** Revokes or deletes what is selected. */
  async endMany() {
    const { scene, view } = this;
    const { speech, offer } = scene;
    const action = /** @type {'revoke' | 'delete'} */ (offer.ending);
    const keys = this.list.keys.filter(({ id }) => this.list.selected.has(id));
    let ended = 0;
    /** @type {any} */
    let failure;
    const waiting = [...keys];
    const work = async (/** @type {(done: number) => void} */ tell) => {
      for (let key; (key = waiting.shift());) {
        try {
          const one = key;
          (await this.host.call((client) => this.#doOne(client, action, one)))();
          tell(ended += 1);
        } catch (/** @type {any} */ error) {
          this.host.emit('error', { action, error });
          if (error.code === 'unauthorized') throw error;
          failure ??= error;
        }
      }
    };
    const agreed = await confirmMany(scene, action, keys, async (tell) => {
      waiting.splice(0, Infinity, ...keys);
      failure = undefined;
      await Promise.all(Array.from({ length: AT_A_TIME }, () => work(tell)));
      if (ended === 0 && failure) throw failure;
      return true;
    });
    if (!agreed) return;
    this.host.changed();
    this.host.announce(speech.say(action === 'revoke' ? 'many.revoked' : 'many.deleted', { count: ended }));
    if (failure) view.complain(speech.say('many.failed', { count: keys.length - ended, reason: speech.problem(failure) }));
    view.element.focus();
  }

  /** @param {KeyInfo} key */
  async #details(key) {
    const { scene, view } = this;
    const action = await showDetails(scene, key, (id) => {
      const other = this.list.get(id);
      if (other) this.#details(other);
    });
    if (action) this.act(action, key);
    else if (!this.host.open) view.focusRow(key.id);
  }

  /**
   * Has `ask(submit)` ask what is to be done with a key, and `work(client, wish)` do it.
   * Resolves with what came of it, or with `undefined`.
   * @param {KeyInfo} key @param {string} action @param {(submit: (wish?: any) => Promise<any>) => Promise<any>} ask @param {(client: KeyClient, wish: any) => Promise<any>} work
   */
  async #doTo(key, action, ask, work) {
    let isOutdated = false;
    const done = await ask(async (wish) => {
      try {
        return await this.host.call((client) => work(client, wish));
      } catch (/** @type {any} */ error) {
        isOutdated ||= OUTDATED.includes(error.code);
        this.host.emit('error', { action, error });
        throw error;
      }
    });
    if (done) return done;
    if (!this.host.isIn) return undefined;
    this.view.focusRow(key.id);
    // Not while the dialog says what went wrong: a list that is refused ends it, too.
    if (isOutdated) await this.host.load();
    return undefined;
  }

  /** What became of a create without an answer. Frightens nobody before it has looked. @param {string} action @param {any} error @param {string} name */
  async #explain(action, error, name) {
    this.host.emit('error', { action, error });
    if (error.code !== 'outcome_unknown') return undefined;
    const { scene: { speech, offer }, view } = this;
    const known = new Set(this.list.keys.map(({ id }) => id));
    try {
      const keys = await this.host.pull(new AbortController().signal);
      this.list.fill(keys, true);
      view.show();
      const unseen = keys.some((key) => !known.has(key.id) && key.name === name);
      return speech.say(unseen ? 'create.unseen' : 'create.nothingMade', { name });
    } catch {
      return speech.say('create.unreachable', { service: offer.title });
    }
  }

  /** @param {{ key: KeyInfo, secret: any, label: string, warning?: any }} made */
  async #reveal({ key, secret, label, warning }) {
    // Nobody is there to see it: the list shows that it was made.
    if (this.host.gone.aborted) return;
    const isStored = await revealKey(this.scene, { key, secret, label, warning, baseUrl: this.host.baseUrl, gone: this.host.gone });
    if (isStored) this.host.emit('stored', { key });
  }

  /** Asks anew what has become of a key. @param {string} id */
  async #look(id) {
    try {
      this.list.replace(await this.host.call((client) => client.get(id)));
      this.host.changed();
    } catch (/** @type {any} */ error) {
      if (error.code !== 'unauthorized') this.view.complain(this.scene.speech.problem(error), () => this.host.load());
    }
  }
}
