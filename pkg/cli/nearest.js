// What somebody probably meant who mistyped a word.

/** More typing errors than these make another word. */
const ERRORS = 2;

/**
 * The known word that is nearest, if one is near.
 * @param {string} word @param {string[]} known
 */
export function nearest(word, known) {
  const [best] = known.map((name) => ({ name, errors: distance(word, name) })).sort((a, b) => a.errors - b.errors);
  return best && best.errors <= Math.min(ERRORS, word.length) ? best.name : undefined;
}

/** The letters that are to be put in, taken out or changed. @param {string} a @param {string} b */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
