// Services as plain frozen data, as a user sees them.

import { descriptions } from '#data';

import { freeze } from '../client/plain.js';
import { BUILT_IN, catalogue, declaredProvider, know, serviceOf } from './services.js';

/** @typedef {import('../index.js').Provider} Provider */

/** @type {Map<string, Provider>} */
const known = new Map();

/** @param {string} id @returns {Provider} */
export function provider(id) {
  const found = known.get(id);
  if (found) return found;
  // Refuses what is no id of a built-in service.
  const { id: own, isBuiltIn, data: described } = serviceOf(typeof id === 'string' ? id : undefined);
  if (!isBuiltIn) return described;
  const data = freeze(Object.defineProperty(/** @type {any[]} */ (descriptions).find((one) => one.id === own), BUILT_IN, { value: own }));
  known.set(own, data);
  know(data);
  return data;
}

/** @returns {Provider[]} */
export const providers = () => [.../** @type {any[]} */ (descriptions).map(({ id }) => id), ...(catalogue?.ids() ?? [])].map(provider);

/** @param {unknown} spec @returns {Provider} */
export const defineProvider = (spec) => declaredProvider(spec);

/** The whole of a service that is given by id, as data, or as a declaration. @param {unknown} given @returns {Provider} */
export function providerOf(given) {
  const service = serviceOf(given);
  return service.isBuiltIn ? provider(service.id) : service.data;
}
