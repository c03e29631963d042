// How time is taken. The peers of a row run in rounds, one after the other, so
// that whatever else the machine does meets all of them alike; the order within
// a round is shuffled, so that none always runs behind the same neighbour.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * @typedef {{
 *   name: string,
 *   run?: (i: number) => number | Promise<number>,
 *   time?: () => Promise<number>,
 * }} Peer `run` does the job once and answers 1 when the result was right, and
 *   is called as often as fills a round; `time` does it once and answers the
 *   nanoseconds that it took.
 * @typedef {{ rounds: number, milliseconds: number, seed: number }} Settings
 * @typedef {{ median: number, min: number, max: number }} Spread
 * @typedef {{ name: string, count: number, ns: Spread, ratio?: Spread }} Result
 *   `count`: calls in a round; `ns`: of one call; `ratio`: the time of the first
 *   peer divided by the time of this one.
 */

setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');

/**
 * The peers of one row, the first being the one that the others are compared with.
 * @param {Peer[]} peers
 * @param {Settings} settings
 * @returns {Promise<Result[]>}
 */
export async function measure(peers, { rounds, milliseconds, seed }) {
  const random = generator(seed);
  const wanted = milliseconds * 1e6;
  const counts = [];
  for (const peer of peers) counts.push(await calibrate(peer, wanted));

  /** @type {number[][]} */
  const times = peers.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const index of shuffled(peers.length, random)) {
      let time;
      while ((time = await alone(peers[index], counts[index])) < wanted && peers[index].run) {
        // The machine was slower when it was calibrated: with more calls, again.
        counts[index] = filling(counts[index], time, wanted);
      }
      times[index].push(time / counts[index]);
    }
  }
  return peers.map(({ name }, index) => ({
    name,
    count: counts[index],
    ns: spread(times[index]),
    ...(index > 0 && { ratio: ratio(times[0], times[index]) }),
  }));
}

/** Runs the peer warm, and says how often it must run to fill a round of `wanted` nanoseconds. */
async function calibrate(peer, wanted) {
  if (peer.time) {
    await peer.time();
    return 1;
  }
  let count = 1;
  let time = 0;
  // Four rounds' worth at least, as the compiler comes in several stages.
  for (let spent = 0; spent < 4 * wanted || time < wanted; spent += time) {
    time = await slice(peer, count);
    if (time < wanted) count *= 2;
  }
  return filling(count, time, wanted);
}

/** With a quarter more, so that a quicker round is long enough too. */
function filling(count, time, wanted) {
  return Math.ceil((1.25 * wanted * count) / time);
}

/** Without the garbage of the neighbour, and without what its collection leaves to do. */
async function alone(peer, count) {
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  return slice(peer, count);
}

/** @param {Peer} peer @param {number} count @returns {Promise<number>} nanoseconds */
async function slice({ name, run, time }, count) {
  if (time) return time();
  const first = run(0);
  const isAsync = first instanceof Promise;
  if ((await first) !== 1) throw new Error(`${name} answered wrongly while it was measured.`);
  let right = 0;
  const start = process.hrtime.bigint();
  // Two loops, as awaiting what is no promise would charge it with a turn.
  if (isAsync) for (let i = 0; i < count; i++) right += await run(i);
  else for (let i = 0; i < count; i++) right += run(i);
  const end = process.hrtime.bigint();
  if (right !== count) throw new Error(`${name} answered wrongly ${count - right} of ${count} times while it was measured.`);
  return Number(end - start);
}

/** Of the medians, with the least and the greatest of the rounds. */
export function ratio(ours, theirs) {
  const pairs = spread(ours.map((time, round) => time / theirs[round]));
  return { ...pairs, median: spread(ours).median / spread(theirs).median };
}

/** @param {number[]} values @returns {Spread} */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed. @param {number} seed */
export function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 0 to `length` in any order. */
function shuffled(length, random) {
  const order = Array.from({ length }, (_, index) => index);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
