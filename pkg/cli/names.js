// The names of commands, of which some have several words.

import { GROUPS } from './app-commands.js';
import { COMMANDS } from './commands.js';

/**
 * The words that can stand behind those of a group, `''` for the first ones: each with what it
 * is for, and whether more words follow.
 * @param {string} group @returns {[string, string, boolean][]}
 */
export function wordsAfter(group) {
  const head = group && `${group} `;
  /** @type {[string, string, boolean][]} */
  const all = [
    ...Object.entries(COMMANDS).map(([name, { summary }]) => /** @type {[string, string, boolean]} */ ([name, summary, false])),
    ...Object.entries(GROUPS).map(([name, summary]) => /** @type {[string, string, boolean]} */ ([name, summary, true])),
  ];
  return all.filter(([name]) => name.startsWith(head) && !name.slice(head.length).includes(' ')).map(([name, ...more]) => [name.slice(head.length), ...more]);
}

/**
 * How many of the words are the name of a command, or of a group of them.
 * @param {string[]} words
 */
export function nameIn(words) {
  let length = 0;
  while (length < words.length && [COMMANDS, GROUPS].some((names) => Object.hasOwn(names, words.slice(0, length + 1).join(' ')))) length += 1;
  return words.slice(0, length).join(' ');
}

/** Every group, the first words among them. */
export const groups = () => ['', ...Object.keys(GROUPS)];
