// What a guard asks keylatch-server with its own credential, and what it means for the
// operator when that is refused.

import { Requests as ServerRequests } from '../../server/requests.js';

/** @typedef {import('./remote.js').Settings} Settings */

/** Of an answer, in bytes: a thousand limits are less. */
const LARGEST = 1_000_000;
const DAY = 86_400_000;

export class Requests extends ServerRequests {
  #application;
  #origin;
  #onWarning;
  /** Of which end was warned last, and when. @type {{ end: string, at: number } | undefined} */
  #warned;

  /** @param {Settings} settings */
  constructor({ application, origin, credential, timeout, onWarning = (warning) => console.warn(warning.message) }) {
    super({ origin, credential, timeout, largest: LARGEST, meaning: ({ status }) => meaning(status, application, origin.origin) });
    this.#application = application;
    this.#origin = origin.origin;
    this.#onWarning = onWarning;
  }

  /**
   * The members of the answer.
   * @param {string} path @param {object} body @param {AbortSignal} [signal]
   * @returns {Promise<Record<string, any>>}
   */
  async post(path, body, signal) {
    const { answer, members } = await this.run(signal, (call) => this.ask(call, { method: 'POST', path, granted: 200, body }));
    this.#warn(answer.header('keylatch-key-expires'));
    return members;
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

/** What a status means, and what the operator has to do about it. @param {number} status @param {string} application @param {string} origin */
function meaning(status, application, origin) {
  const [code, sentence] = told(status, `Give the guard a management key of ${application} with the scope verify`);
  return { code, details: [], sentence: `${origin} ${sentence}` };
}

/** @param {number} status @param {string} key what to do @returns {[string, string]} */
function told(status, key) {
  if (status === 401) return ['unauthorized', `did not accept the credential. ${key} that has neither ended nor been revoked.`];
  if (status === 403) return ['forbidden', `does not let the credential verify keys. ${key}.`];
  if (status === 404) return ['not_found', 'has nothing for guards there. Check baseUrl, and that the server is as new as this package.'];
  if (status === 409) return ['conflict', 'has counted later reports of this guard than this one.'];
  if (status === 429) return ['rate_limited', 'says that the guard asks too often.'];
  if (status >= 500) return ['service_error', `failed with the status ${status}.`];
  return ['invalid_request', `refused the request with the status ${status}. Check that the server is as new as this package.`];
}
