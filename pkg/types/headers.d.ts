// How a key is sent.

import type { Provider, ProviderId, ProviderSpec } from './providers.js';
import type { Credential } from './secrets.js';

/** How a key is sent. */
export type SchemeSpec =
  /** `Authorization: Bearer KEY` (RFC 6750). */
  | { type: 'bearer' }
  /** The key as user name with an empty password, or as `password` of a fixed user. */
  | { type: 'basic'; user?: string }
  /** A header of the service's own, such as `x-api-key`. */
  | { type: 'header'; name: string };

/**
 * The header that carries the key, for requests that you send yourself. It is
 * then up to you that it goes to the service alone; `KeyClient.fetch` sees to that.
 * @throws {KeylatchError} `invalid_key` for what is certainly none (a placeholder, a reference, `Bearer …`), `invalid_header`,
 * `invalid_argument` for a scheme that the service does not take.
 *
 * @example
 * ```js
 * authHeaders('lambda', 'test'); // → { Authorization: 'Bearer test' }
 * authHeaders('lambda', 'test', { scheme: 'basic' }); // → { Authorization: 'Basic dGVzdDo=' }
 * authHeaders('modelon', 'line\nbreak'); // throws invalid_header
 * ```
 */
export function authHeaders(
  provider: ProviderId | Provider | ProviderSpec,
  secret: Credential,
  options?: { scheme?: 'bearer' | 'basic' | 'header' },
): Record<string, string>;
