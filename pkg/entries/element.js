// keylatch/element: the keys of a person as a custom element. Its import makes the tag
// <keylatch-keys> known; on a server it does nothing.

import { define } from '../element/element.js';

define();

export { KeylatchKeys } from '../element/element.js';
export { english } from '../element/words.js';
