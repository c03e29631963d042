// KeyClient.fetch: any request to the service, with the key.

import { asText, failure, isError, KeylatchError } from '../core/errors.js';
import { Call } from './call.js';
import { admitted } from './origin.js';

/** @typedef {import('./connection.js').Connection} Connection */
/**
 * What a request needs of the client.
 * @typedef {{ connection(): Connection, isDisposed(): boolean, header(connection: Connection): Promise<[string, string] | undefined>,
 *   readAgain?: (used: Connection, signal?: AbortSignal) => Promise<boolean> }} Owner
 */

/**
 * @param {{ fetch?: typeof globalThis.fetch, timeout?: number }} transport
 * @param {string | URL | Request} input @param {RequestInit} init @param {Owner} owner
 */
export async function fetchWith(transport, input, init, owner) {
  const used = owner.connection();
  // A body is gone after the first try, unless it was cloned before.
  const spare = owner.readAgain && (isRequest(input) ? cloned(input) : input);
  const { response, status, outer } = await send(transport, input, init, owner);
  const isRepeated = status === 401 && spare !== undefined && !isReadOnce(init) && (await owner.readAgain?.(used, outer));
  if (!isRepeated) {
    if (isRequest(spare)) discard(spare.body);
    return response;
  }
  discard(response.body);
  return (await send(transport, spare, init, owner)).response;
}

/** Whether the body can be read once only, as of a stream or an async iterable. @param {any} init */
function isReadOnce(init) {
  try {
    const { body } = init;
    return typeof body === 'object' && body !== null && (typeof body.getReader === 'function' || typeof body.pipe === 'function' || body[Symbol.asyncIterator] != null);
  } catch {
    return true;
  }
}

/** Lets go of a body that nobody reads. It is not waited for, as it may never settle. @param {any} body */
function discard(body) {
  try {
    Promise.resolve(body?.cancel?.()).catch(() => {});
  } catch {
    // One that is locked, or of the user's own making.
  }
}

/** @param {{ fetch?: typeof globalThis.fetch, timeout?: number }} transport @param {string | URL | Request} input @param {RequestInit} init @param {Owner} owner */
async function send(transport, input, init, owner) {
  const connection = owner.connection();
  const { origin } = connection;
  const given = isRequest(input) ? input : undefined;
  const address = admitted(origin, given ? given.url : asText(input, 'input', 'it is not a URL.'));
  const outer = init.signal ?? given?.signal;
  const call = new Call({ ...transport, signal: outer });
  /** @type {[string, string] | undefined} */
  let header;
  try {
    const request = build(given ?? address, init, outer, call);
    // Asked again of the address that is really going to be used.
    admitted(origin, request.url);
    header = await owner.header(connection);
    if (header) request.headers.set(...header);
    const response = await call.dispatch(request);
    // Looked at here: it may be anything, of the user's own fetch.
    const { status, type } = response;
    if (type === 'opaqueredirect' || (status >= 300 && status < 400 && response.headers.has('location'))) {
      throw failure(/** @type {any} */ ('redirect_refused'), origin.origin);
    }
    return { response, status, outer };
  } catch (thrown) {
    if (isError(thrown)) throw thrown;
    // The client was disposed of, so its key is wiped and cannot be taken out of the message.
    if (owner.isDisposed()) throw failure('aborted');
    throw meaning(call, thrown, origin.origin, header && [...header, connection.secret?.expose() ?? '']);
  } finally {
    call.end(); // The body may take its time.
  }
}

/** @param {Call} call @param {unknown} thrown @param {string} origin @param {string[]} [sent] header, value and key */
function meaning(call, thrown, origin, sent) {
  const { failed, name, message } = call.failed(thrown);
  if (failed === 'aborted') return new KeylatchError({ code: 'aborted', details: [] }, call.reason);
  if (failed === 'timeout') return failure('timeout', origin, String(call.timeout));
  const cause = Object.assign(new Error(scrubbed(message, sent)), { name: scrubbed(name, sent) });
  return new KeylatchError({ code: 'network_error', details: [origin] }, cause);
}

/** Without the key, in each form in which it was sent. @param {string} text @param {string[]} [sent] */
function scrubbed(text, sent) {
  if (!sent) return text;
  const [, value, key] = sent;
  // Of Basic, what stands behind the scheme.
  const forms = [value, value.slice(value.indexOf(' ') + 1), key].filter(Boolean);
  return forms.reduce((text, secret) => text.split(secret).join('[redacted]'), text);
}

/** Of this realm or another. @param {any} input @returns {input is Request} */
function isRequest(input) {
  return typeof input === 'object' && input !== null && 'url' in input;
}

/**
 * The request, as the platform understands what it is given.
 * @param {string | Request} input
 * @param {RequestInit} init
 * @param {AbortSignal | undefined} outer
 * @param {Call} call
 */
function build(input, init, outer, call) {
  try {
    const signal = outer && AbortSignal.any ? AbortSignal.any([outer, call.signal]) : call.signal;
    return new Request(input, { ...init, signal, redirect: 'manual', referrerPolicy: 'no-referrer' });
  } catch (thrown) {
    throw unusable(thrown);
  }
}

/** @param {Request} request */
function cloned(request) {
  try {
    return request.clone();
  } catch (thrown) {
    throw unusable(thrown);
  }
}

/** @param {unknown} thrown */
const unusable = (thrown) => new KeylatchError({ code: 'invalid_argument', details: ['fetch', 'no request can be made of this.'] }, thrown);
