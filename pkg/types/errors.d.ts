// What went wrong: one error, and the codes that programs decide by.

/** A stable word for what went wrong. The sentence may change, this does not. */
export type ErrorCode =
  /** An argument cannot be used. The message names it and says what is expected. */
  | 'invalid_argument'
  /** A declaration of a service has a wrong field. The message names it. */
  | 'invalid_provider'
  /** No built-in service has this id. */
  | 'unknown_provider'
  /** The key is certainly not one of this service. Nothing was sent. */
  | 'invalid_key'
  /** The key may not stand in an HTTP header. Nothing was sent. */
  | 'invalid_header'
  /** The key was handed out or wiped before. */
  | 'already_revealed'
  /** Plain http to another computer, without `allowInsecure`. Nothing was sent. */
  | 'insecure_url'
  /** The address is not of the service that the key is for. Nothing was sent. */
  | 'origin_mismatch'
  /** The service answered with a redirect, which a key does not follow. */
  | 'redirect_refused'
  /** No answer within `timeout`. */
  | 'timeout'
  /** Your `signal` ended the call. Its reason is the `cause`. */
  | 'aborted'
  /** The service could not be reached, or the connection broke. */
  | 'network_error'
  /** The answer is not what the API of the service promises. */
  | 'bad_response'
  /** 401: the key or session is not accepted. */
  | 'unauthorized'
  /** The user or the password is not accepted. */
  | 'invalid_credentials'
  /** 402 or 403: the key is good, but may not do this. */
  | 'forbidden'
  /** 404 or 410: no such key, or not yours. */
  | 'not_found'
  /** An active key cannot be deleted. Revoke it first. */
  | 'key_active'
  /** Only an active key can be rotated. */
  | 'key_inactive'
  /** 409: the request contradicts the state of the service. */
  | 'conflict'
  /** Another 4xx: the service found the request faulty. Of `keylatch/guard`: two keys, or a malformed header. */
  | 'invalid_request'
  /** 429: too many requests. `retryAfter` says for how long to wait. */
  | 'rate_limited'
  /** 5xx: the service failed. */
  | 'service_error'
  /** The API of the service cannot do this. The message says where a person can. */
  | 'unsupported'
  /** The answer to create or rotate was lost, and so was the clean-up: a key that nobody has seen may be alive. */
  | 'outcome_unknown'
  /** No source had a key. The message names each and why. Of `keylatch/guard`: the request carries none. */
  | 'no_credential'
  /** Of `keylatch/guard`: the key that a request carries is not valid. */
  | 'invalid_token'
  /** Of `keylatch/guard`: the key is good, but lacks a scope. */
  | 'insufficient_scope'
  /** Of `keylatch/guard`: the key is good, but not from this address. */
  | 'address_refused'
  /** Of `keylatch/guard`: a quota of the key or of its owner is used up. */
  | 'quota_exceeded'
  /** Of `keylatch/guard`: the table of keys, or the server, could not be asked. */
  | 'unavailable'
  /** Your `store` failed, so the new key was revoked, and the old one still works. */
  | 'store_failed'
  /** A warning of `rotate`: the new key is good, but the old one could not be revoked. */
  | 'old_key_alive'
  /** A warning of `rotate`: your `store` failed, and the new key is the only one there is. */
  | 'not_stored'
  /** The only key was deleted, and no new one could be made. */
  | 'replacement_failed'
  /** A file of keys could not be read or written. The message says which and why. */
  | 'file_failed'
  /** The random source of the system failed, so no key was made. */
  | 'no_entropy'
  /** The WebAssembly could not be started or loaded. The message says what to do; the next call tries again. */
  | 'not_started'
  /** A fault in keylatch itself. */
  | 'internal';

/** What the service itself said about a refusal. */
export interface ServiceMessage {
  /** The service's own code, as text; a number is written as one. */
  code?: string;
  /** The service's sentence. */
  message?: string;
  /** What the service suggests to do (Lambda Cloud does). */
  suggestion?: string;
}

/**
 * Every error that keylatch throws or rejects with. Never contains a key. Its
 * `message` is for the person: what is wrong, where, and what to do.
 *
 * @example
 * ```js
 * try {
 *   await client.create({ name: '' });
 * } catch (error) {
 *   if (!(error instanceof KeylatchError)) throw error;
 *   error.code; // → 'invalid_argument'
 *   error.message; // → 'name: use 1 to 100 characters; it has 0.'
 * }
 * ```
 */
export class KeylatchError extends Error {
  private constructor();
  /** What it is printed as. */
  readonly name: 'KeylatchError';
  /** What to decide by. */
  readonly code: ErrorCode;
  /** HTTP status of the answer, if there was one. */
  readonly status?: number;
  /** The service's id of the request, for its support. */
  readonly requestId?: string;
  /** Seconds to wait before another try. */
  readonly retryAfter?: number;
  /** What the service said. */
  readonly service?: ServiceMessage;
  /** The platform's own error, freed of keys; for `aborted` the signal's reason. */
  readonly cause?: unknown;
  /** Everything that was tried, for `no_credential` (`keylatch/node`). */
  readonly tried?: readonly { readonly reason: string; readonly message: string }[];
}
