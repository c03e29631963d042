// The kinds of keys of the catalogue, read from its lines on first use: format/services.txt
// says what stands there.

import { catalogue } from '#catalogue';

/**
 * @typedef {'secret' | 'publishable' | 'identifier'} Purpose
 * @typedef {object} Kind
 * @property {string} provider the id of the service
 * @property {string} name
 * @property {Purpose} purpose
 * @property {boolean} isTest
 * @property {boolean} needsContext whether it begins like anything, so that it is not looked for
 * @property {import('../index.js').Certainty} certainty
 * @property {string[]} shapes
 * @property {Record<string, string>} facts of the service, in its first kind
 */

/** @type {Kind[] | undefined} */
let read;

/** @returns {Kind[]} */
export function kinds() {
  return (read ??= catalogue.split('\n').map(kindOf));
}

/** @param {string} line @returns {Kind} */
function kindOf(line) {
  const [provider, name, use, certainty, shapes, facts = ''] = line.split(' | ');
  const [purpose, ...flags] = use.split(' ');
  return {
    provider,
    name,
    purpose: /** @type {Purpose} */ (purpose),
    isTest: flags.includes('test'),
    needsContext: flags.includes('context'),
    certainty: /** @type {import('../index.js').Certainty} */ (certainty),
    shapes: shapes.split(' '),
    facts: Object.fromEntries(facts.split('; ').filter(Boolean).map((fact) => fact.split(/: (.*)/))),
  };
}
