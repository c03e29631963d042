// Following a signal: one listener of ours for each, however many calls it is for,
// as Node warns of a leak when a signal has more than ten.

/** @typedef {{ ends: Set<() => void>, listener: () => void }} Followed */

/** @type {WeakMap<AbortSignal, Followed>} */
const followed = new WeakMap();

/**
 * Calls `then` when the signal aborts. What it throws when it is listened to comes
 * through: it may be of the user's own making.
 * @param {AbortSignal} signal @param {() => void} then
 * @returns {() => void} ends it
 */
export function follow(signal, then) {
  const one = followed.get(signal) ?? listen(signal);
  one.ends.add(then);
  return () => {
    one.ends.delete(then);
    if (one.ends.size > 0 || followed.get(signal) !== one) return;
    followed.delete(signal);
    signal.removeEventListener('abort', one.listener);
  };
}

/** @param {AbortSignal} signal @returns {Followed} */
function listen(signal) {
  /** @type {Set<() => void>} */
  const ends = new Set();
  const listener = () => [...ends].forEach((end) => end());
  signal.addEventListener('abort', listener);
  const one = { ends, listener };
  followed.set(signal, one);
  return one;
}
