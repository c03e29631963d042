// What a guard asks keylatch-server with its own credential, and what it means for the
// operator when that is refused.

import { Requests as ServerRequests } from '../../server/requests.js';

/** @typedef {import('./remote.js').Settings} Settings */

/** Of an answer, in bytes: a thousand limits are less. */
const LARGEST = 1_000_000;
const DAY = 86_400_000;

export class Requests {
  #application;
  #origin;
  #requests;
  #onWarning;
  /** Of which end was warned last, and when. @type {{ end: string, at: number } | undefined} */
  #warned;

  /** @param {Settings} settings */
  constructor({ application, origin, credential, timeout, onWarning = (warning) => console.warn(warning.message) }) {
    this.#application = application;
    this.#origin = origin.origin;
    this.#onWarning = onWarning;
    this.#requests = new ServerRequests({ origin, credential, timeout, largest: LARGEST, meaning: ({ status }) => this.#meaning(status) });
  }

  /**
   * The members of the answer.
   * @param {string} path @param {object} body @param {AbortSignal} [signal]
   * @returns {Promise<Record<string, any>>}
   */
  async post(path, body, signal) {
    const { answer, members } = await this.#requests.run(signal, (call) => this.#requests.ask(call, { method: 'POST', path, granted: 200, body }));
    this.#warn(answer.headers['keylatch-key-expires']);
    return members;
  }

  /** What the operator has to do. @param {number} status */
  #meaning(status) {
    const [code, sentence] = meaning(status, this.#application);
    return { code, details: [], sentence: `${this.#origin} ${sentence}` };
  }

  /** Of the guard's own credential, once a day. @param {string | undefined} end which the server tells for the last thirty days */
  #warn(end) {
    const now = Date.now();
    if (end === undefined || (this.#warned?.end === end && now - this.#warned.at < DAY)) return;
    const expiresAt = new Date(end);
    if (Number.isNaN(expiresAt.getTime())) return;
    this.#warned = { end, at: now };
    const message = `The management key with which the guard asks ${this.#origin} ends at ${end}. Make a new one for ${this.#application} before.`;
    try {
      this.#onWarning({ code: 'credential_expires', message, expiresAt });
    } catch {
      // The log's fault is no reason to refuse a request.
    }
  }
}

/** What a status means, and what is to be done about it. @param {number} status @param {string} application @returns {[string, string]} */
function meaning(status, application) {
  const key = `Give the guard a management key of ${application} with the scope verify`;
  if (status === 401) return ['unauthorized', `did not accept the credential. ${key} that has neither ended nor been revoked.`];
  if (status === 403) return ['forbidden', `does not let the credential verify keys. ${key}.`];
  if (status === 404) return ['not_found', 'has nothing for guards there. Check baseUrl, and that the server is as new as this package.'];
  if (status === 409) return ['conflict', 'has counted later reports of this guard than this one.'];
  if (status === 429) return ['rate_limited', 'says that the guard asks too often.'];
  if (status >= 500) return ['service_error', `failed with the status ${status}.`];
  return ['invalid_request', `refused the request with the status ${status}. Check that the server is as new as this package.`];
}
