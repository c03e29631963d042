// The least that gets an answer: no time limit, no check of the address, no
// second try, the service's own names.

import { authHeaders } from './handwritten.js';

/** @param {{ baseUrl: string, key: string, fetch?: typeof fetch }} options */
export function bareFetch({ baseUrl, key, fetch = globalThis.fetch }) {
  const headers = authHeaders(key);
  const read = async (path) => {
    const response = await fetch(baseUrl + path, { headers });
    if (!response.ok) throw new Error(`${path}: status ${response.status}`);
    return response.json();
  };
  return { whoami: () => read('/v1/account'), get: (id) => read(`/v1/keys/${id}`) };
}
