// A new key for an owner: the key, to show once, and the row, to store.

import { freeze, plain } from '../client/plain.js';
import { failure } from '../core/errors.js';
import { optionsOf } from '../core/options.js';
import { generateKey, hashKey } from '../keys/issue.js';
import { endOf } from './lifetime.js';
import { scopesOf } from './options.js';

const OPTIONS = ['format', 'owner', 'scopes', 'metadata', 'expiresIn'];

/** Bytes of a row's metadata, as JSON. */
const MOST_METADATA = 4096;

/** As keylatch-server's ids are. @type {import('../index.js').KeyFormat} */
const ID = freeze({ parts: ['key_', { alphabet: 'base62', length: 20 }], certainty: 'documented' });

/** @param {unknown} options @returns {{ key: import('../core/secret.js').Secret, row: import('../guard.js').KeyRow<any> }} */
export function issueKey(options) {
  const given = optionsOf(options, OPTIONS);
  const { owner } = given;
  if (typeof owner !== 'string' || owner === '') {
    throw failure('invalid_argument', 'owner', 'expected the id of your customer, a string that is not empty.');
  }
  const scopes = [...new Set(scopesOf(given.scopes))];
  const metadata = metadataOf(given.metadata);
  const now = Date.now();
  const end = endOf(given.expiresIn, now);
  // One that is given and is none is refused, as everywhere.
  const key = 'format' in given ? generateKey(given.format) : generateKey();
  const [prefix, lastFour = ''] = key.mask().split('…');
  return {
    key,
    row: {
      id: generateKey(ID).expose(),
      hash: hashKey(key),
      prefix,
      lastFour,
      owner,
      scopes,
      metadata,
      createdAt: new Date(now),
      expiresAt: end === null ? null : new Date(end),
      revokedAt: null,
      disabled: false,
    },
  };
}

/** @param {unknown} given */
function metadataOf(given) {
  if (given === undefined) return {};
  const metadata = plain(given, 'metadata');
  if (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata)) {
    throw failure('invalid_argument', 'metadata', 'expected an object.');
  }
  const { length } = new TextEncoder().encode(JSON.stringify(metadata));
  if (length > MOST_METADATA) throw failure('invalid_argument', 'metadata', `it has ${length} bytes as JSON; at most ${MOST_METADATA} are kept with a key.`);
  return metadata;
}
