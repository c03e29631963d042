// keylatch-server as a guard asks it: about a key when nothing fresh is known of it, and
// from then on by reports of what was used. Loaded when the first key has to be asked for.

import { moment } from '../answers.js';
import { addressIn } from '../address.js';
import { readAnswer } from './answer.js';
import { Limits } from './limits.js';
import { Reports } from './reports.js';
import { Requests } from './requests.js';

/**
 * @typedef {object} Settings
 * @property {string} application
 * @property {import('../../client/origin.js').Origin} origin
 * @property {any} credential a Secret, or a function that gives one
 * @property {((warning: import('../../guard.js').Warning) => void) | undefined} onWarning
 * @property {number} timeout in milliseconds
 * @property {boolean} shares whether a request may wait for another one's work
 * @property {number} keeps for how many seconds an answer may be in use
 * @property {boolean} isLenient whether a quota that cannot be asked for lets the request in
 */

export class Remote {
  #application;
  #requests;
  #reports;
  #limits;

  /** @param {Settings} settings */
  constructor(settings) {
    this.#application = settings.application;
    this.#requests = new Requests(settings);
    this.#reports = new Reports(this.#requests, settings);
    this.#limits = new Limits(this.#reports, settings);
  }

  /** @param {import('../table.js').Asked} asked @param {AbortSignal} signal @returns {Promise<import('../table.js').Found>} */
  async ask({ key, address }, signal) {
    const began = moment();
    const mark = this.#reports.mark();
    // Because a guard asks, nothing is spent, and of the address is noted only that it was the last.
    const body = { key, guard: this.#reports.guard, ip: addressIn(address)?.text, application: this.#application };
    const [answer] = await Promise.all([this.#requests.post('/v1/verify', body, signal), this.#reports.carry(began.steady)]);
    return readAnswer(answer, (told) => this.#limits.told(told, began, this.#reports.isQuietSince(mark)));
  }

  close() {
    return this.#reports.close();
  }
}
