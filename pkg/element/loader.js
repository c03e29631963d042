// Loads the keys, page by page. What comes first is shown first, and what has come stays
// when the rest fails.

/** @typedef {import('./offer.js').KeyInfo} KeyInfo */
/** @typedef {import('../index.js').KeyClient} KeyClient */

const FIRST_PAGE = 50;
const PAGE = 500;

export class Loader {
  /** What is on its way. @type {AbortController | undefined} */
  #loading;

  /**
   * @param {import('./element.js').Scene} scene @param {import('./list-view.js').ListView} view
   * @param {{ call: <T>(run: (client: KeyClient) => T) => Promise<Awaited<T>>, emit: (name: string, detail: Record<string, unknown>) => void }} host
   */
  constructor(scene, view, host) {
    this.scene = scene;
    this.list = scene.list;
    this.view = view;
    this.host = host;
  }

  get isLoading() {
    return this.#loading !== undefined;
  }

  stop() {
    this.#loading?.abort();
    this.#loading = undefined;
  }

  /** Loads the list anew; what was known stays until that is here. */
  async load() {
    const { list, view } = this;
    this.stop();
    if (!this.scene.offer.capabilities.list) return;
    const loading = new AbortController();
    this.#loading = loading;
    view.setBusy(true);
    const isFirst = !list.isComplete;
    /** @type {KeyInfo[]} */
    let some = [];
    try {
      const keys = await this.pull(loading.signal, (keys) => {
        some = keys;
        if (!isFirst || (keys.length !== FIRST_PAGE && keys.length % PAGE > 0)) return;
        list.fill([...keys], false);
        view.show();
      });
      list.fill(keys, true);
      this.#end(loading);
      this.host.emit('loaded', { count: keys.length });
    } catch (/** @type {any} */ error) {
      if (loading.signal.aborted) return;
      if (isFirst && some.length > 0) list.fill(some, false);
      this.#end(loading, error, isFirst ? some.length : 0);
    }
  }

  /** All keys, or the failure. @param {AbortSignal} signal @param {(keys: KeyInfo[]) => void} [tell] Called with those that have come. */
  async pull(signal, tell = () => {}) {
    /** @type {KeyInfo[]} */
    const keys = [];
    const entries = await this.host.call((client) => client.list({ signal }));
    for (;;) {
      const { done, value } = await this.host.call(() => entries.next());
      if (signal.aborted) throw signal.reason;
      if (done) return keys;
      keys.push(value);
      tell(keys);
    }
  }

  /** @param {AbortController} loading @param {any} [error] @param {number} [some] How many keys came before it. */
  #end(loading, error, some = 0) {
    if (this.#loading !== loading) return;
    this.#loading = undefined;
    const { view, scene: { speech } } = this;
    if (!error) view.complain('');
    else if (error.code !== 'unauthorized') {
      view.complain([some > 0 ? speech.say('list.partial', { count: some }) : '', speech.problem(error)].filter(Boolean).join(' '), () => this.load());
      this.host.emit('error', { action: 'list', error });
    }
    view.setBusy(false);
  }
}
