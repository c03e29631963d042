// The keys by which programs act on an application: where they are looked for. They look as a
// person's own do but for their beginning, which format/services.txt has.

import { provider } from '../core/providers.js';
import { kinds } from '../find/kinds.js';

const { parts: [, ...body], certainty } = /** @type {any} */ (provider('keylatch').format);
const [shape] = kinds().find(({ provider, name }) => provider === 'keylatch' && name === 'management-key')?.shapes ?? [];

export const MANAGEMENT_KEYS = {
  id: 'management', title: 'keylatch-server', env: ['KEYLATCH_MANAGEMENT_KEY'], envBaseUrl: ['KEYLATCH_URL'],
  format: { parts: [shape.slice(0, shape.indexOf('<')), ...body], certainty },
};
