// The results for a person, within 100 columns.

import { inWords } from './targets.js';

/**
 * @typedef {{ node: string, platform: string, cores: number, processor: string,
 *   rounds: number, milliseconds: number, seed: number, sizes: import('./find-rows.js').Sizes,
 *   rows: { name: string, target?: import('./targets.js').Target, peers: import('./measure.js').Result[] }[] }} Report
 */

/** @param {Report} report */
export function table({ node, platform, cores, processor, rounds, milliseconds, seed, sizes, rows }) {
  const lines = [
    `node ${node}, ${platform}, ${cores} × ${processor}`,
    `Each number: median (least – greatest) of ${rounds} rounds, in shuffled order (seed ${seed}).`,
    `A round takes ${milliseconds} ms or more; a cold start is one by itself.`,
    `What is redacted: a log of ${megabytes(sizes.log)} MB, as text ${megabytes(sizes.text)}; a hostile line of ${megabytes(sizes.hostile)}.`,
    '',
    line('', 'nanoseconds per call', "keylatch's ÷ the peer's"),
  ];
  for (const { name, target, peers } of rows) {
    lines.push(target ? `${name} (${inWords(target, peers)})` : name);
    for (const peer of peers) {
      lines.push(line(peer.name, spread(peer.ns, grouped), peer.ratio ? spread(peer.ratio, factor) : ''));
    }
  }
  return lines.join('\n');
}

const megabytes = (bytes) => bytes / 1e6;
// A long name takes the room of its numbers, as far as they leave it any.
const line = (name, ns, ratio) => `  ${name.padEnd(17)} ${ns.padStart(57 - Math.max(17, name.length))}${ratio.padStart(28)}`.trimEnd();
const spread = ({ median, min, max }, show) => `${show(median)} (${show(min)} – ${show(max)})`;
const grouped = (number) => number.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ' ');
const factor = (number) => (number < 10 ? number.toFixed(2) : number.toFixed(1));
