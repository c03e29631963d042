// Whether an answer was lost on the way. A request that may be repeated is, and the answer to a
// repeat does not tell what the request before it has done.

/** The connection did not come about, so nothing was sent. */
const UNSENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

export class Tries {
  #end;
  /** A whole answer to the last try would have ended it. */
  #isAnswered = false;
  /** Whether one of the tries may have done something that no answer told. */
  isLost = false;

  /** @param {string} end of the address of what is tried */
  constructor(end) {
    this.#end = end;
  }

  /** All tries of one call. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async of(work) {
    this.#isAnswered = false;
    this.isLost = false;
    try {
      return await work();
    } catch (error) {
      // It began well, and did not come whole.
      this.isLost ||= this.#isAnswered;
      throw error;
    }
  }

  /** @param {import('./app.js').Fetch} fetch @returns {import('./app.js').Fetch} */
  through(fetch) {
    return async (request) => {
      if (!new URL(request.url).pathname.endsWith(this.#end)) return fetch(request);
      this.isLost ||= this.#isAnswered;
      this.#isAnswered = false;
      try {
        const response = await fetch(request);
        this.#isAnswered = response.ok;
        this.isLost ||= response.status >= 500;
        return response;
      } catch (error) {
        this.isLost ||= !UNSENT.includes(/** @type {any} */ (error)?.cause?.code);
        throw error;
      }
    };
  }
}
