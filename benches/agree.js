// Before any time is taken: all peers give the same answers to the same
// questions. A peer that is fast because it is wrong does not get into the table.

import assert from 'node:assert/strict';

import { BAD, GOOD, HASHES } from './inputs.js';

/** Texts with one mistake that keylatch and the hand-written peer both know. */
const MISTAKES = [
  ['sk_live_' + GOOD[0].slice(8), ['wrong_prefix', 0]],
  [GOOD[0].slice(0, 20) + '!' + GOOD[0].slice(21), ['bad_character', 20]],
  [GOOD[1].slice(0, -1), ['wrong_length', 43]],
  [GOOD[1] + 'x', ['wrong_length', 44]],
  ...BAD.map((text) => [text, ['wrong_checksum', 38]]),
];

/**
 * What keylatch and the hand-written peer must say alike.
 * @param {any} keylatch the module
 * @param {any} handwritten the module
 */
export function sameAnswers(keylatch, handwritten) {
  for (const key of [...GOOD, handwritten.generateKey(), keylatch.generateKey().expose()]) {
    const ours = keylatch.checkKey('keylatch', key);
    assert.ok(ours.ok, `keylatch refuses the good key ${key}`);
    assert.deepEqual(handwritten.checkKey(key), { ok: true, prefix: ours.prefix }, key);
    assert.deepEqual(handwritten.authHeaders(key), keylatch.authHeaders('keylatch', key));
    assert.equal(handwritten.hashKey(key), keylatch.hashKey(key), key);
  }
  for (const [text, expected] of MISTAKES) {
    for (const check of [keylatch.checkKey('keylatch', text), handwritten.checkKey(text)]) {
      assert.ok(!check.ok, `nothing was found wrong with ${text}`);
      assert.deepEqual(check.problems.map(({ code, index }) => [code, index]), [expected], text);
      assert.ok(check.problems.every(({ message }) => message.length > 10), text);
    }
  }
  for (const { verifyKey } of [keylatch, handwritten]) {
    GOOD.forEach((key, i) => {
      assert.equal(verifyKey(key, HASHES[i]), true, key);
      assert.equal(verifyKey(BAD[i], HASHES[i]), false, BAD[i]);
    });
    assert.throws(() => verifyKey(GOOD[0], 'not a hash'), 'a hash that is none');
  }
}

/**
 * That `prefixed-api-key` does what its rows say. Its keys are its own, so only
 * the hash can be compared.
 * @param {any} prefixed the module
 * @param {any} handwritten the module
 */
export async function prefixedWorks(prefixed, handwritten) {
  const { token, longToken, longTokenHash } = await prefixed.generateAPIKey({ keyPrefix: 'kl' });
  assert.equal(prefixed.hashLongToken(longToken), handwritten.hashKey(longToken));
  assert.equal(longTokenHash, handwritten.hashKey(longToken));
  assert.equal(prefixed.checkAPIKey(token, longTokenHash), true);
  assert.equal(prefixed.checkAPIKey(token + 'x', longTokenHash), false);
}

/**
 * That the clients read the same from the same service.
 * @param {Record<string, { whoami(): Promise<any>, get(id: string): Promise<any> }>} clients
 * @param {string} id of a key
 */
export async function sameReadings(clients, id) {
  const [[, first], ...others] = Object.entries(clients);
  const [account, key] = [await first.whoami(), await first.get(id)];
  assert.equal(account.user, 'demo@example.com');
  assert.equal(key.id, id);
  for (const [name, client] of others) {
    const theirs = [await client.whoami(), await client.get(id)];
    // Bare `fetch` gives what the service sent, under the service's names.
    if (name === 'bare fetch') {
      assert.deepEqual([theirs[0].user, theirs[1].id, theirs[1].status], [account.user, key.id, key.status], name);
    } else {
      assert.deepEqual(theirs, [account, key], name);
    }
  }
}
