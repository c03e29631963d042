// What each row is to reach: keylatch's time divided by a peer's, microseconds more
// than a peer's, or milliseconds.
// They are printed beside what was measured, and `--check` fails where one is
// missed. They are no tests: a ratio on a busy machine is noise.

/** @typedef {{ peer: string, most: number } | { peer: string, microsecondsMore: number } | { milliseconds: number }} Target */

/** @type {Record<string, Target>} */
export const TARGETS = {
  'checkKey, a good key': { peer: 'hand-written', most: 0.6 },
  'checkKey, a typing error': { peer: 'hand-written', most: 0.9 },
  'checkKey, too short': { peer: 'hand-written', most: 3 },
  'checkKey, a wrong prefix': { peer: 'hand-written', most: 3 },
  'checkKey, a bad character': { peer: 'hand-written', most: 3 },
  'checkKeys, 100 000 keys in one text': { peer: 'a loop over hand-written', most: 0.2 },
  'checkKey on 10 MB of anything': { milliseconds: 1 },
  'generateKey, looked at': { peer: 'hand-written', most: 1.5 },
  hashKey: { peer: 'hand-written', most: 1.3 },
  verifyKey: { peer: 'hand-written', most: 0.7 },
  authHeaders: { peer: 'hand-written', most: 1.2 },
  'redact a log as Buffer, 40 services': { peer: 'one RegExp', most: 0.4 },
  'redact a log as Buffer, 40 services against 5': { peer: 'the same, 5 services', most: 1.5 },
  'redact a log as text, 40 services': { peer: 'secretlint', most: 0.1 },
  'redact a stream of 64 KB pieces': { peer: 'the whole', most: 1.2 },
  'redact one log line of 120 characters': { peer: 'one RegExp', most: 1.5 },
  'redact a hostile line for each rule': { peer: 'the same, in parts', most: 1.3 },
  'cold start: import, first checkKey': { peer: 'hand-written', most: 1.2 },
  'guard.authenticate, from the cache': { peer: 'no guard', microsecondsMore: 3 },
  'guard.authenticate, asked each time': { peer: '@unkey/api', most: 1 },
  'client.get, over loopback': { peer: 'bare fetch', most: 1.1 },
  'client.whoami, over loopback': { peer: 'bare fetch', most: 1.1 },
  'client.whoami, answered at once': { peer: 'hand-written', most: 1.8 },
  'client.get, answered at once': { peer: 'hand-written', most: 1.8 },
};

/** @param {string} row */
export const targetOf = (row) => TARGETS[row];

/** The rows that miss their targets. @param {{ name: string, target?: Target, peers: import('./measure.js').Result[] }[]} rows */
export function missed(rows) {
  return rows.filter(({ target, peers }) => target && !isReached(target, peers)).map(({ name }) => name);
}

/** @param {Target} target @param {import('./measure.js').Result[]} peers */
export function isReached(target, peers) {
  if ('milliseconds' in target) return peers[0].ns.median <= target.milliseconds * 1e6;
  const peer = peers.find(({ name }) => name === target.peer);
  if (peer?.ratio === undefined) return false;
  if ('microsecondsMore' in target) return peers[0].ns.median - peer.ns.median <= target.microsecondsMore * 1e3;
  return peer.ratio.median <= target.most;
}

/** @param {Target} target @param {import('./measure.js').Result[]} peers */
export function inWords(target, peers) {
  const verdict = isReached(target, peers) ? 'reached' : 'missed';
  return `${aim(target)}: ${verdict}`;
}

/** @param {Target} target */
function aim(target) {
  if ('milliseconds' in target) return `under ${target.milliseconds} ms`;
  if ('microsecondsMore' in target) return `at most ${target.microsecondsMore} µs over ${target.peer}`;
  return `at most ${target.most} of ${target.peer}`;
}
