// What a request is refused with: an error for the program, and the answer for
// the client, as problem details (RFC 9457) with the challenge of RFC 6750.

import { KeylatchError } from '../core/errors.js';

/** @typedef {import('../index.js').SchemeSpec} SchemeSpec */
/**
 * @typedef {'no_credential' | 'invalid_request' | 'invalid_token' | 'address_refused' | 'insufficient_scope' | 'rate_limited' | 'quota_exceeded' | 'unavailable'} Code
 * @typedef {{ detail: string, schemes?: readonly SchemeSpec[], scopes?: readonly string[], retryAfter?: number,
 *   limit?: Exhausted, reason?: string, cause?: unknown }} Facts
 * @typedef {{ name: string, quota: number, window?: number, remaining?: number }} Exhausted a limit that leaves no room; the window in seconds
 */

/** Statuses and their phrases. @type {Record<Code, [number, string]>} */
const STATUSES = {
  no_credential: [401, 'Unauthorized'],
  invalid_request: [400, 'Bad Request'],
  invalid_token: [401, 'Unauthorized'],
  address_refused: [403, 'Forbidden'],
  insufficient_scope: [403, 'Forbidden'],
  rate_limited: [429, 'Too Many Requests'],
  quota_exceeded: [429, 'Too Many Requests'],
  unavailable: [503, 'Service Unavailable'],
};

/** The problem type of draft-ietf-httpapi-ratelimit-headers. */
const QUOTA_EXCEEDED = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

export class Refusal extends KeylatchError {
  // One kind of error for those who look at names.
  static get name() {
    return 'KeylatchError';
  }

  /** @type {number} */
  status;
  /** @type {Record<string, string>} */
  headers;
  /** @type {Record<string, unknown>} */
  problem;
  /** @type {Response | undefined} */
  #response;

  /** @param {Code} code @param {Facts} facts */
  constructor(code, { detail, schemes, scopes, retryAfter, limit, reason, cause }) {
    // To wait does not help where a quota is never filled again.
    const [status, title] = code === 'quota_exceeded' && retryAfter === undefined ? STATUSES.insufficient_scope : STATUSES[code];
    super({ code, details: [], sentence: detail, retryAfter }, cause);
    this.status = status;
    /** @type {Record<string, unknown>} */
    const problem = { type: limit && status === 429 ? QUOTA_EXCEEDED : 'about:blank', title, status, detail, code };
    /** @type {Record<string, string>} */
    const headers = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' };
    if (schemes) headers['WWW-Authenticate'] = schemes.map((scheme) => challenge(scheme, code, detail, scopes)).join(', ');
    if (scopes) problem.scope = scopes.join(' ');
    if (retryAfter !== undefined) headers['Retry-After'] = String(retryAfter);
    if (limit) {
      const { name, quota, window, remaining = 0 } = limit;
      headers['RateLimit-Policy'] = `"${name}";q=${quota}${window === undefined ? '' : `;w=${window}`}`;
      headers.RateLimit = `"${name}";r=${remaining}${retryAfter === undefined ? '' : `;t=${retryAfter}`}`;
      problem['violated-policies'] = [name];
    }
    // Not shown with the error: what is sent is the answer, and `reason` is for the log alone.
    this.headers = headers;
    this.problem = problem;
    this.reason = reason;
    for (const name of ['headers', 'problem', 'reason']) Object.defineProperty(this, name, { enumerable: false });
  }

  /** Made when it is asked for: most frameworks are answered without one. */
  get response() {
    return (this.#response ??= new Response(JSON.stringify(this.problem), { status: this.status, headers: this.headers }));
  }
}

/** What `error_description` may not have (RFC 6750, section 3). */
const NOT_QUOTED = /[^ !#-[\]-~]/g;

/**
 * A challenge, without an error where there was no credential (RFC 6750, section 3.1).
 * @param {SchemeSpec} scheme @param {Code} code @param {string} detail @param {readonly string[]} [scopes]
 */
function challenge(scheme, code, detail, scopes) {
  // Its parameters are fixed by RFC 7617, and none is for errors.
  if (scheme.type === 'basic') return 'Basic realm="API", charset="UTF-8"';
  const parameters = code === 'no_credential' ? [] : [['error', code], ['error_description', detail.replace(NOT_QUOTED, "'")]];
  if (scopes) parameters.push(['scope', scopes.join(' ')]);
  // No scheme is registered for a header of one's own, and a 401 needs a challenge (RFC 9110).
  if (scheme.type === 'header') parameters.unshift(['header', scheme.name]);
  const name = scheme.type === 'header' ? 'ApiKey' : 'Bearer';
  return [name, parameters.map(([name, value]) => `${name}="${value}"`).join(', ')].join(' ').trim();
}
