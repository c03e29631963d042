/**
 * keylatch/catalogue: the key formats of many services. Its import makes them known to
 * `checkKey`, `identifyKey`, `authHeaders` and `providers`; what takes more than the format,
 * such as creating keys, these services do not have here.
 *
 * @module
 */
import type { Certainty, KeyPurpose } from './index.js';

/** A kind of key that a service issues. */
export interface KeyKind {
  /** Id of the service. */
  provider: string;
  /** What the service calls such a key. */
  name: string;
  /** What it is for. */
  purpose: KeyPurpose;
  /** How sure its look is. */
  certainty: Certainty;
  /** Whether it is of test mode. */
  test: boolean;
  /** Whether it begins like anything: it is checked, and neither identified nor looked for in a text. */
  needsContext: boolean;
  /** What it looks like, such as `ghp_<b62:30><crc32-b62:6@4>`. */
  shapes: readonly string[];
}

/**
 * The kinds of keys of a service, or of all.
 *
 * @example
 * ```js
 * import { authHeaders, checkKey, identifyKey } from 'keylatch';
 * import { exampleKey, keyKinds } from 'keylatch/catalogue';
 *
 * keyKinds('stripe').filter(({ purpose }) => purpose === 'publishable').map(({ name }) => name); // → [ 'publishable-live', 'publishable-test' ]
 * const key = exampleKey('github', 'personal-access-token-classic');
 * checkKey('github', key); // → { ok: true, provider: 'github', …, kind: 'personal-access-token-classic', purpose: 'secret' }
 * identifyKey(key)[0].provider; // → 'github'
 * checkKey('github', `curl -H "Authorization: Bearer ${key}" https://api.github.com`).fixed === key; // → true
 * authHeaders('anthropic', 'a key'); // → { 'x-api-key': 'a key' }
 * checkKey('aws', 'AKIAQ3EGRIT3VZ2M7XKN').purpose; // → 'identifier'
 * ```
 *
 * @throws {KeylatchError} `invalid_argument` when there is no such service.
 */
export function keyKinds(id?: string): KeyKind[];

/**
 * A key of a kind that is nobody's, made by the format: the same one each time. Without a name it is of the first kind.
 *
 * @throws {KeylatchError} `invalid_argument` when there is no such kind.
 */
export function exampleKey(id: string, name?: string): string;
