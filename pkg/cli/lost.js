// A new key that could not be put where it was to go.

import { warn, say } from './print.js';
import { showLost } from './sink.js';

/**
 * It is nobody's: so it is ended, or shown where that is not possible.
 * @param {any} options @param {{ end: (id: string) => Promise<unknown>, ended: string }} how
 * @param {{ text: string, key: any }} made @param {unknown} thrown
 */
export async function takeBack(options, { end, ended }, made, thrown) {
  try {
    await end(made.key.id);
  } catch {
    return keepLost(options, made, thrown);
  }
  say(`The new key ${made.key.id} was ${ended} again, because nobody could get it.`);
  throw thrown;
}

/**
 * What its owner did not want to see is better than a key that nobody has.
 * @param {any} options @param {{ text: string, key: any } | undefined} made @param {any} why
 */
export async function keepLost(options, made, why) {
  if (!made) throw why;
  const { message } = why.code === 'not_stored' ? (why.cause ?? why) : why;
  const lost = { code: 'not_stored', message: `The new key could not be put where it was to go, nor ended, so it is shown, and only now. ${message}` };
  process.exitCode = Number(process.exitCode) || 1;
  if (!options.json) warn([lost]);
  await showLost(options, made.key, made.text, lost);
}
