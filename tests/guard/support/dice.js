// Chance that is the same in every run.

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What is drawn from those numbers. */
export function dice(seed) {
  const random = randomOf(seed);
  const below = (count) => Math.floor(random() * count);
  return { below, one: (list) => list[below(list.length)], chance: (share) => random() < share };
}
