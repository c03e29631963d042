// Whether a text is, or holds, a key where none belongs.

import { provider as builtin } from '../core/providers.js';
import { resembled } from './check.js';

/** @param {string} id of a built-in service */
export const isDocumented = (id) => builtin(id).certainty === 'documented';

/** Whether a text is, or holds, a key of a service whose format is known. @param {string} text */
export const holdsKey = (text) => [text, ...(text.match(/[\w-]{16,}/g) ?? [])].some((word) => resembled(word).some(isDocumented));
