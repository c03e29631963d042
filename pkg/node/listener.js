// The address on this computer to which the browser comes back after a login. Only the
// request with the state of this login counts.

import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

import { failure } from '../core/errors.js';

/**
 * Listens on the first of the ports that is free; 127.0.0.1 only, so that no
 * other computer can hand in a code (RFC 8252, section 8.3).
 * @param {number[]} ports
 */
export async function listen(ports) {
  for (const port of ports) {
    const server = createServer();
    try {
      await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(undefined));
      });
      return new Listener(server, /** @type {import('node:net').AddressInfo} */ (server.address()).port);
    } catch (thrown) {
      if (!['EADDRINUSE', 'EACCES'].includes(/** @type {any} */ (thrown).code)) throw thrown;
    }
  }
  const why = `other programs listen on each of the ports that the browser may come back to (${ports.join(', ')}). End one of them, or use a key`;
  throw Object.assign(failure('service_error', 'The login by browser', `${why}.`), { reason: 'ports_taken' });
}

export class Listener {
  #server;

  /** @param {import('node:http').Server} server @param {number} port */
  constructor(server, port) {
    this.#server = server;
    this.port = port;
    this.redirect = `http://127.0.0.1:${port}/callback`;
  }

  /**
   * Hands the query of the first callback with this state to `take`, and shows the person the
   * result. Any page can send the browser here, so a request with another state is answered
   * with a page and changes nothing.
   * @template T
   * @param {string} state
   * @param {(query: Record<string, string>) => Promise<T>} take
   * @returns {Promise<T>}
   */
  callback(state, take) {
    return new Promise((resolve, reject) => {
      let taken = false;
      this.#server.on('request', (request, response) => {
        // By hand, because `URL` throws on some of what can be asked for, such as `//`.
        const [path, query] = (request.url ?? '').split(/\?(.*)/s);
        // By name too: another page could have its own name lead here.
        const isHere = request.headers.host === new URL(this.redirect).host;
        if (request.method !== 'GET' || path !== '/callback' || !isHere) {
          return void answer(response, 404, 'Nothing here', 'This address is only for the end of a login.');
        }
        const given = Object.fromEntries(new URLSearchParams(query));
        if (!isSame(given.state, state)) {
          return void answer(response, 400, 'Not the login that is waited for', 'This page does not belong to the login that was begun in the terminal, which goes on waiting. Open the address that stands there.');
        }
        if (taken) return void answer(response, 409, 'Already done', 'This login was already finished. You can close this page.');
        taken = true;
        take(given).then(
          (result) => {
            answer(response, 200, 'You are logged in', 'You can close this page and return to the terminal.');
            resolve(result);
          },
          (error) => {
            answer(response, 400, 'The login failed', 'Return to the terminal: it says why.');
            reject(error);
          },
        );
      });
    });
  }

  close() {
    this.#server.close();
    // Browsers keep connections open; those that are answering may finish.
    this.#server.closeIdleConnections();
    setTimeout(() => this.#server.closeAllConnections(), 500).unref();
  }
}

/** In a time that tells nothing. @param {string | undefined} given @param {string} expected */
function isSame(given, expected) {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {string} title @param {string} text */
function answer(response, status, title, text) {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}</style>
<main><h1>${title}</h1><p>${text}</p></main></html>`);
}
