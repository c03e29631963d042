// The rows of the table: one job each, and those who can do it. Every job looks
// at its result, so that a wrong answer stops the bench and none is optimised away.

import prefixed from 'prefixed-api-key';

import * as keylatch from '../pkg/dist/node/index.js';
import { prefixedWorks, sameAnswers, sameReadings } from './agree.js';
import { coldStart } from './cold-start.js';
import { BAD, GOOD, HASHES, pick } from './inputs.js';
import { bareFetch } from './peers/bare-fetch.js';
import * as handwritten from './peers/handwritten.js';
import { HandwrittenClient } from './peers/handwritten-client.js';
import * as verifiers from './peers/verifiers.js';
import { DEMO } from './server.js';

/** As many as a leak or an import has. */
const LINES = Array.from({ length: 100_000 }, (_, i) => (i % 10 ? pick(GOOD, i) : pick(BAD, i)));
const MANY = LINES.join('\n');
const LONG = 'x'.repeat(10_000_000);

/** @typedef {{ name: string, peers: import('./measure.js').Peer[] }} Row */

/**
 * What needs no service. Throws when the peers do not agree.
 * @returns {Promise<Row[]>}
 */
export async function offlineRows() {
  sameAnswers(keylatch, handwritten);
  await prefixedWorks(prefixed, handwritten);
  const theirs = await Promise.all(GOOD.map(() => prefixed.generateAPIKey({ keyPrefix: 'kl' })));
  const subtle = globalThis.crypto.subtle;
  const encoder = new TextEncoder();

  return [
    row('checkKey, a good key', {
      keylatch: (i) => is(keylatch.checkKey('keylatch', pick(GOOD, i)).ok),
      'hand-written': (i) => is(handwritten.checkKey(pick(GOOD, i)).ok),
    }),
    row('checkKey, a typing error', {
      keylatch: (i) => is(!keylatch.checkKey('keylatch', pick(BAD, i)).ok),
      'hand-written': (i) => is(!handwritten.checkKey(pick(BAD, i)).ok),
    }),
    row('checkKey, too short', mistake(GOOD.map((key) => key.slice(0, -1)))),
    row('checkKey, a wrong prefix', mistake(GOOD.map((key) => 'sk' + key.slice(2)))),
    row('checkKey, a bad character', mistake(GOOD.map((key) => key.slice(0, 20) + '!' + key.slice(21)))),
    row('checkKeys, 100 000 keys in one text', {
      keylatch: () => is(keylatch.checkKeys('keylatch', MANY).length === LINES.length),
      'a loop over hand-written': () => is(LINES.map((line) => handwritten.checkKey(line).ok).length === LINES.length),
    }),
    row('checkKey on 10 MB of anything', {
      keylatch: () => is(!keylatch.checkKey('keylatch', LONG).ok),
    }),
    row('generateKey, looked at', {
      keylatch: () => is(keylatch.generateKey().expose().charCodeAt(43)),
      'hand-written': () => is(handwritten.generateKey().charCodeAt(43)),
    }),
    // One call of prefixed-api-key does both.
    row('generateKey + hashKey', {
      keylatch: () => {
        const secret = keylatch.generateKey();
        return is(keylatch.hashKey(secret).length === 64 && secret.expose().charCodeAt(43));
      },
      'hand-written': () => {
        const key = handwritten.generateKey();
        return is(handwritten.hashKey(key).length === 64 && key.charCodeAt(43));
      },
      'prefixed-api-key': async () => {
        const { token, longTokenHash } = await prefixed.generateAPIKey({ keyPrefix: 'kl' });
        return is(longTokenHash.length === 64 && token.charCodeAt(35));
      },
    }),
    row('hashKey', {
      keylatch: (i) => is(keylatch.hashKey(pick(GOOD, i)) === pick(HASHES, i)),
      'hand-written': (i) => is(handwritten.hashKey(pick(GOOD, i)) === pick(HASHES, i)),
      'prefixed-api-key': (i) => {
        const { longToken, longTokenHash } = pick(theirs, i);
        return is(prefixed.hashLongToken(longToken) === longTokenHash);
      },
      // What the hand-written peer would have to use outside Node.
      WebCrypto: async (i) => {
        const digest = await subtle.digest('SHA-256', encoder.encode(pick(GOOD, i)));
        return is(Buffer.from(digest).toString('hex') === pick(HASHES, i));
      },
    }),
    row('verifyKey', {
      keylatch: (i) => is(keylatch.verifyKey(pick(GOOD, i), pick(HASHES, i))),
      'hand-written': (i) => is(handwritten.verifyKey(pick(GOOD, i), pick(HASHES, i))),
      'prefixed-api-key': (i) => is(prefixed.checkAPIKey(pick(theirs, i).token, pick(theirs, i).longTokenHash)),
    }),
    row('authHeaders', {
      keylatch: (i) => is(keylatch.authHeaders('keylatch', pick(GOOD, i)).Authorization.length === 51),
      'hand-written': (i) => is(handwritten.authHeaders(pick(GOOD, i)).Authorization.length === 51),
    }),
    {
      name: 'cold start: import, first checkKey',
      peers: [coldStart('keylatch', 'checkKey'), coldStart('hand-written', 'checkKey')],
    },
    {
      name: 'cold start: import, first verifyKey',
      peers: [coldStart('keylatch', 'verifyKey'), coldStart('hand-written', 'verifyKey'), coldStart('prefixed-api-key', 'verifyKey')],
    },
  ];
}

/**
 * A call to the real service. Throws when the clients do not read the same.
 * @param {string} baseUrl of a server with the demo account
 * @returns {Promise<Row[]>}
 */
export async function lifecycleRows(baseUrl) {
  const session = await keylatch.KeyClient.signIn({ provider: 'keylatch', baseUrl, ...DEMO });
  const { key, secret } = await session.create({ name: 'bench', scopes: ['keys:read'] });
  const credential = secret.reveal();

  const { id } = key;
  const overLoopback = clients(baseUrl, credential);
  // The first use of a key is written down, and then no more for a minute.
  await overLoopback['bare fetch'].whoami();
  await sameReadings(overLoopback, id);
  // The service's own answers, given at once: what is left is the client's time.
  const account = answering(await overLoopback['bare fetch'].whoami());
  const info = answering(await overLoopback['bare fetch'].get(id));
  const get = async (client) => is((await client.get(id)).id === id);
  const platform = globalThis.fetch;

  return [
    lifecycleRow('client.get, over loopback', platform, overLoopback, get),
    lifecycleRow('client.whoami, over loopback', platform, overLoopback, whoami),
    lifecycleRow('client.whoami, answered at once', account, clients(baseUrl, credential, account), whoami),
    lifecycleRow('client.get, answered at once', info, clients(baseUrl, credential, info), get),
  ];
}

/**
 * Whose key a request carries. Throws when one of those who are asked does not know.
 * @returns {Promise<Row[]>}
 */
export async function guardRows() {
  const betterAuth = await verifiers.betterAuthKeys();
  const asked = { keylatch: verifiers.keylatch(0), '@unkey/api': verifiers.unkey(), 'better-auth': betterAuth };
  const known = {
    keylatch: verifiers.keylatch(3600),
    'no guard': verifiers.nobody(),
    'Unkey, LRU': verifiers.withLru(asked['@unkey/api']),
    'better-auth, LRU': verifiers.withLru(betterAuth),
  };
  for (const all of [asked, known]) await verifiers.sameOwners(all);
  const verifying = (name, all) => row(name, Object.fromEntries(
    Object.entries(all).map(([peer, { request, verify }]) => [peer, async () => is(await verify(request))]),
  ));
  return [verifying('guard.authenticate, from the cache', known), verifying('guard.authenticate, asked each time', asked)];
}

async function whoami(client) {
  return is((await client.whoami()).user === DEMO.user);
}

/** @param {typeof globalThis.fetch} [fetch] of the peers; keylatch takes the platform's at each call, as in most programs */
function clients(baseUrl, credential, fetch) {
  return {
    keylatch: new keylatch.KeyClient({ provider: 'keylatch', baseUrl, credential }),
    'hand-written': new HandwrittenClient({ baseUrl, key: credential, fetch }),
    'bare fetch': bareFetch({ baseUrl, key: credential, fetch }),
  };
}

/** What stands for the platform's fetch where the answer is known. @param {object} answer @returns {typeof globalThis.fetch} */
function answering(answer) {
  const body = JSON.stringify(answer);
  const headers = { 'content-type': 'application/json', 'x-request-id': 'bench' };
  return async (input, init) => {
    new Request(input, init); // As fetch itself begins.
    return new Response(body, { headers });
  };
}

/** @param {string} name @param {typeof globalThis.fetch} fetch the platform's, during this row */
function lifecycleRow(name, fetch, clients, call) {
  const asked = (client) => () => {
    globalThis.fetch = fetch;
    return call(client);
  };
  return row(name, Object.fromEntries(Object.entries(clients).map(([peer, client]) => [peer, asked(client)])));
}

/** A mistake that both find. @param {string[]} texts */
function mistake(texts) {
  const flat = texts.map((text) => Buffer.from(text).toString('latin1'));
  return {
    keylatch: (i) => is(!keylatch.checkKey('keylatch', pick(flat, i)).ok),
    'hand-written': (i) => is(!handwritten.checkKey(pick(flat, i)).ok),
  };
}

/** @param {string} name @param {Record<string, (i: number) => number | Promise<number>>} jobs @returns {Row} */
function row(name, jobs) {
  return { name, peers: Object.entries(jobs).map(([name, run]) => ({ name, run })) };
}

/** @param {unknown} right */
function is(right) {
  return right ? 1 : 0;
}
